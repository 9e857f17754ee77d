/* Messages received and not yet answered: tokens for the caller, sequence numbers for the SMSC. */
#ifndef SMPP_LINK_INBOX_H
#define SMPP_LINK_INBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inbox_slot {
    uint64_t token; /* 0: free */
    uint32_t sequence;
    uint32_t command;
    uint32_t connection; /* which of the link's connections it came by */
    uint32_t next_free;
};

struct inbox {
    struct inbox_slot *slots;
    uint32_t limit, used, first_free;
    uint64_t count; /* tokens ever given */
};

/* Room for limit messages (at most 65,536). 0 or -ENOMEM. */
int inbox_init(struct inbox *in, uint32_t limit);
void inbox_free(struct inbox *in);

bool inbox_is_full(const struct inbox *in);

/* Notes a received message; the inbox must not be full. Returns its token, never 0 and never given
 * before. */
uint64_t inbox_put(struct inbox *in, uint32_t connection, uint32_t command, uint32_t sequence);

/* Takes a message out by its token. False if the token was taken before or its
 * connection is gone. */
bool inbox_take(struct inbox *in, uint64_t token, struct inbox_slot *out);

/* Forgets every message of a connection that is gone: its tokens are worth nothing from now on. */
void inbox_forget(struct inbox *in, uint32_t connection);

#endif
