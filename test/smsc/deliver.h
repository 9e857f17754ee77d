// Answers and receipts on their way to the ESMEs: kept until acknowledged, in memory only.
#ifndef SMSC_DELIVER_H
#define SMSC_DELIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "test/smsc/pdu.h"
#include "test/smsc/session.h"

enum delivery_kind { DELIVER_ANSWER, DELIVER_RECEIPT, DELIVER_LOAD };
enum { DELIVER_MOST = 1000000, DELIVER_ACCOUNTS = 64 };

struct delivery {
    TAILQ_ENTRY(delivery) link;
    enum delivery_kind kind;
    unsigned account; // whose it is; 0 is anybody's
    uint32_t sequence;
    unsigned tries, session;
    bool copy;      // a wanted duplicate: forgotten once sent
    unsigned epoch; // of the queue it came into
    uint64_t serial;
    uint64_t first_sent, sent;
    uint64_t answer; // the handset's message, 0 for none
    char number[21];
    size_t length;
    uint8_t pdu[];
};

// Account 0 is anybody's; the others are the system_ids that receipts were promised to.
struct deliver_queue {
    struct delivery_list ready[DELIVER_ACCOUNTS];
    char system_id[DELIVER_ACCOUNTS][16];
    unsigned accounts;
    uint64_t serial;
    unsigned pending; // ready, sent or waiting for another try
    unsigned waiting;
    bool pumping;
    unsigned epoch; // counts how often everything was forgotten
};

struct smsc;

// Needs `later`; it looks for overdue responses from then on.
void deliver_open(struct smsc *smsc);
void deliver_close(struct smsc *smsc);
// Drops whatever is ready, sent or waiting.
void deliver_forget(struct smsc *smsc);
void deliveries_free(struct delivery_list *list);

// Queues one message as deliver_sm (or data_sm). `number` and `answer` tell the handset when it was
// acknowledged. `system_id` NULL: any receiver. -ENOSPC: the queue is full; -ENOMEM; -EMSGSIZE.
int deliver_add(struct smsc *smsc, enum delivery_kind kind, const char *system_id,
                const struct pdu_message *message, const char *number, uint64_t answer);
// Sends what windows allow, one to each receiver in turn.
void deliver_pump(struct smsc *smsc);
// An ESME answered deliver_sm `sequence` with `status`.
void deliver_acked(struct session *session, uint32_t sequence, uint32_t status);
// Takes back what this session had not acknowledged, in order, to the front.
void deliver_requeue(struct smsc *smsc, struct session *session);

#endif
