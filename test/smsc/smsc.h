// The SMSC as one value: what its parts share. One thread, one event loop.
#ifndef SMSC_SMSC_H
#define SMSC_SMSC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "test/smsc/deliver.h"
#include "test/smsc/fault.h"
#include "test/smsc/handset.h"
#include "test/smsc/journal.h"
#include "test/smsc/later.h"
#include "test/smsc/load.h"
#include "test/smsc/session.h"

struct options {
    const char *smpp, *smpps, *http; // host:port; port 0 is any
    const char *certificate, *key;
    const char *system_id, *password; // NULL: any
    const char *ports_file;
    bool verbose;
    unsigned long handsets, journal;
};

struct stats {
    uint64_t connections, binds, binds_refused, submits, submits_ok, submits_refused, throttled;
    uint64_t pdus, pdus_bad, responses_dropped, receipts, receipts_skipped, answers;
    uint64_t delivers_sent, delivers_acked, delivers_refused, delivers_retried, delivers_late;
    uint64_t enquire_links, unbinds;
};

struct listener; // listen.c

struct smsc {
    struct event_base *base;
    struct options options;
    struct fault fault;
    struct stats stats;
    struct later later;
    struct listener *listeners[2]; // plain and TLS
    struct session_list sessions;
    unsigned session_serial;
    struct deliver_queue queue;
    struct handsets handsets;
    struct journal journal;
    struct load load;
    uint64_t message_serial;                   // the last message id given out
    uint64_t throttle_filled, throttle_tokens; // microseconds; millionths of a submit
};

#endif
