// The handsets: what each mobile holds, in bounded memory however many there are.
#ifndef SMSC_HANDSET_H
#define SMSC_HANDSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "test/smsc/parts.h"
#include "test/smsc/receipt.h"

enum {
    HANDSET_MESSAGES = 200, // the last ones are kept
    HANDSET_GROUPS = 16,    // messages waiting for parts
    HANDSET_HELD = 200,     // messages waiting for a handset that is off
    HANDSETS_OCTETS = 256 * 1024 * 1024,
};

struct smsc;

struct message {
    TAILQ_ENTRY(message) link;
    uint64_t serial, wall_ms;
    bool mine;     // written on this handset
    char peer[21]; // the other side: short code
    unsigned parts, missing, acked;
    uint32_t status; // of an answer: 0, or the refusal it got
    const char *coding;
    char text[]; // UTF-8
};

// A message that waits until the handset is switched on or its validity ends.
struct held {
    TAILQ_ENTRY(held) link;
    uint64_t serial;
    struct accepted_copy *copy;
};

struct handset {
    struct handset *chain;
    TAILQ_ENTRY(handset) recent;
    char number[21];  // 8095551234
    char address[21]; // as an ESME last wrote it
    uint8_t ton, npi;
    bool off, not_claro, no_receipts;
    unsigned count, groups_count, held_count;
    TAILQ_HEAD(message_list, message) messages;
    struct parts_list groups;
    TAILQ_HEAD(held_list, held) held;
};

struct handsets {
    struct handset **table;
    size_t slots, count, most, octets;
    uint64_t serial, evicted;
    TAILQ_HEAD(handset_list, handset) recent; // the longest untouched first
};

int handsets_open(struct handsets *handsets, size_t most);
void handsets_close(struct handsets *handsets);

// "+1 809...", "1809...", "809..." name one handset: the 10 digits (or whatever was given, cut to
// 20 characters) into room of 21. False where nothing is left.
bool number_clean(const char *address, char *room);

// NULL where there is none (or, for _need, without memory). _need may evict the longest untouched.
struct handset *handset_find(struct handsets *handsets, const char *number);
struct handset *handset_need(struct handsets *handsets, const char *number);
void handset_forget(struct handsets *handsets, struct handset *handset);

// Adds a message to the thread, dropping the oldest beyond HANDSET_MESSAGES; its serial, 0 without
// memory.
uint64_t handset_keep(struct handsets *handsets, struct handset *handset, bool mine,
                      const char *peer, const char *text, unsigned parts, unsigned missing,
                      const char *coding);
void handset_answer_acked(struct handsets *handsets, const char *number, uint64_t serial,
                          uint32_t status);

// arrive.c: the status a submit to this address gets, and what happens to an accepted one.
uint32_t handset_judge(struct smsc *smsc, const char *address);
void handset_arrive(struct smsc *smsc, const struct accepted *accepted);
// Switching on lets in what waited.
void handset_switch(struct smsc *smsc, struct handset *handset, bool off);

#endif
