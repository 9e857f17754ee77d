// The last submits as they came, octet for octet, for tests that ask what was really sent.
#ifndef SMSC_JOURNAL_H
#define SMSC_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

struct evbuffer;
struct fault;
struct session;

struct journal_entry {
    uint64_t serial, wall_ms, message; // message 0: none was given
    unsigned session;
    uint32_t status; // what was answered
    char system_id[16];
    size_t length, room;
    uint8_t *pdu;
};

struct journal {
    struct journal_entry *ring;
    size_t most; // entries
    uint64_t serial;
    size_t octets; // held by all entries
};

int journal_open(struct journal *journal, size_t most);
void journal_close(struct journal *journal);
void journal_add(struct journal *journal, const struct session *session, uint32_t status,
                 uint64_t message, const uint8_t *pdu, size_t length);
// The entries after `since` as a JSON array, at most `limit`, oldest first.
void journal_write(const struct journal *journal, const struct fault *fault, uint64_t since,
                   size_t limit, struct evbuffer *json);

#endif
