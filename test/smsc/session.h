// One connection of an ESME: framing, bind state, and the bytes on their way out.
#ifndef SMSC_SESSION_H
#define SMSC_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "test/smsc/pdu.h"

struct bufferevent;
struct delivery;
struct ev_token_bucket_cfg;
struct evbuffer;
struct smsc;

TAILQ_HEAD(session_list, session);
TAILQ_HEAD(delivery_list, delivery);

enum session_end { END_FIN, END_RESET, END_HALF, END_SILENT };

struct session {
    TAILQ_ENTRY(session) link;
    struct smsc *smsc;
    struct bufferevent *bev;
    unsigned id;
    char peer[64];
    char system_id[16];
    bool tls;
    bool bound, receives, transmits;
    bool muted;   // reads, does nothing
    bool choked;  // reads no more until its peer has read our bytes
    bool leaving; // closes once its output is out, in the way below
    enum session_end leaving_how;
    bool closed; // to be freed by the loop
    uint32_t sequence;
    struct evbuffer *gathered; // PDUs that wait to be merged
    unsigned gathered_pdus;
    struct delivery_list outstanding; // deliver_sm without a response, oldest first
    unsigned outstanding_count;
    struct answer *shuffled; // responses kept back, answer.c
    unsigned shuffled_count;
    struct ev_token_bucket_cfg *limit;
    uint64_t submits, delivers;
};

// Takes over a connected bufferevent; NULL without memory, and then it is freed.
struct session *session_open(struct smsc *smsc, struct bufferevent *bev, const char *peer,
                             bool tls);
struct session *session_find(struct smsc *smsc, unsigned id);
// FIN or RESET: gone; what it had not acknowledged is queued again. HALF: we send no more but read.
// SILENT: the descriptor stays, nothing is read or written.
void session_end(struct session *session, enum session_end how);
// Ends it by FIN or RESET once everything written has left.
void session_leave(struct session *session, enum session_end how);
// Frees every session; nothing is queued again.
void sessions_close(struct smsc *smsc);
uint32_t session_sequence(struct session *session); // 1..0x7FFFFFFF (SMPP 3.4, 5.1.4)

// output.c: sends octets of one PDU (or garbage) as the faults merge and split them.
void session_write(struct session *session, const void *octets, size_t length);
// Applies faults that work on the connection itself, after they changed.
void session_apply_faults(struct session *session);
void session_written(struct session *session); // the bufferevent drained
bool session_has_room(const struct session *session);

// command.c: does what one whole PDU asks.
void command_proceed(struct session *session, const struct pdu_header *header, const uint8_t *pdu);
// A header-only PDU: a response without body, enquire_link, unbind, generic_nack.
void command_send(struct session *session, uint32_t command, uint32_t status, uint32_t sequence);

// bind.c, submit.c: SMPP 3.4, 4.1 and 4.4, 4.7.
void bind_proceed(struct session *session, const struct pdu_header *header, const uint8_t *pdu);
void submit_proceed(struct session *session, const struct pdu_header *header, const uint8_t *pdu);

// answer.c: sends a submit_sm_resp as the faults drop, delay, repeat and shuffle it.
void answer_send(struct session *session, const uint8_t *pdu, size_t length);
void answer_forget(struct session *session); // frees what is kept back

#endif
