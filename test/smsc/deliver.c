// Kept, sent within a window, tried again: what an SMSC owes an answer until it is acknowledged.
#include "test/smsc/deliver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/smsc/smsc.h"
#include "test/smsc/status.h"

enum { SWEEP_US = 50000 };

void deliveries_free(struct delivery_list *list)
{
    struct delivery *d;

    while ((d = TAILQ_FIRST(list))) {
        TAILQ_REMOVE(list, d, link);
        free(d);
    }
}

void deliver_close(struct smsc *smsc)
{
    for (unsigned i = 0; i < DELIVER_ACCOUNTS; i++)
        deliveries_free(&smsc->queue.ready[i]);
}

void deliver_forget(struct smsc *smsc)
{
    struct session *s;

    TAILQ_FOREACH(s, &smsc->sessions, link)
    {
        deliveries_free(&s->outstanding);
        s->outstanding_count = 0;
    }
    deliver_close(smsc);
    smsc->queue.pending = 0;
    smsc->queue.epoch++;
}

// Past the last account everybody shares account 0.
static unsigned account_of(struct deliver_queue *q, const char *system_id)
{
    if (!system_id || !*system_id)
        return 0;
    for (unsigned i = 1; i < q->accounts; i++)
        if (!strcmp(q->system_id[i], system_id))
            return i;
    if (q->accounts == DELIVER_ACCOUNTS)
        return 0;
    snprintf(q->system_id[q->accounts], sizeof q->system_id[0], "%s", system_id);
    return q->accounts++;
}

int deliver_add(struct smsc *smsc, enum delivery_kind kind, const char *system_id,
                const struct pdu_message *message, const char *number, uint64_t answer)
{
    struct deliver_queue *q = &smsc->queue;
    size_t most = 512 + message->length;
    struct delivery *d;

    if (q->pending >= DELIVER_MOST)
        return -ENOSPC;
    for (unsigned i = 0; i < message->tlvs; i++)
        most += 4u + message->tlv[i].length;
    d = malloc(sizeof *d + most);
    if (!d)
        return -ENOMEM;
    memset(d, 0, sizeof *d);
    d->kind = kind;
    d->epoch = q->epoch;
    d->account = account_of(q, system_id);
    d->serial = ++q->serial;
    d->answer = answer;
    snprintf(d->number, sizeof d->number, "%s", number);
    bool data = kind == DELIVER_ANSWER && smsc->fault.deliver_data_sm;
    d->length = pdu_message_put(d->pdu, most, data ? DATA_SM : DELIVER_SM, 0, message);
    if (!d->length) {
        free(d);
        return -EMSGSIZE;
    }
    TAILQ_INSERT_TAIL(&q->ready[d->account], d, link);
    q->pending++;
    return 0;
}

static void delivery_done(struct smsc *smsc, struct delivery *d)
{
    smsc->queue.pending--;
    free(d);
}

static void delivery_again(void *with, void *what)
{
    struct smsc *smsc = with;
    struct delivery *d = what;

    smsc->queue.waiting--;
    if (d->epoch != smsc->queue.epoch) {
        free(d);
        return;
    }
    TAILQ_INSERT_HEAD(&smsc->queue.ready[d->account], d, link);
    deliver_pump(smsc);
}

static void delivery_retry(struct smsc *smsc, struct delivery *d)
{
    smsc->stats.delivers_retried++;
    smsc->queue.waiting++;
    later_add(&smsc->later, (uint64_t)smsc->fault.deliver_retry_ms * 1000, delivery_again, d, free);
}

static struct delivery *outstanding_take(struct session *s, uint32_t sequence)
{
    struct delivery *d;

    TAILQ_FOREACH(d, &s->outstanding, link)
    if (d->sequence == sequence) {
        TAILQ_REMOVE(&s->outstanding, d, link);
        s->outstanding_count--;
        return d;
    }
    return NULL;
}

static void delivery_overdue(struct smsc *smsc, struct session *s, struct delivery *d)
{
    TAILQ_REMOVE(&s->outstanding, d, link);
    s->outstanding_count--;
    smsc->stats.delivers_late++;
    if (d->copy) {
        delivery_done(smsc, d);
        return;
    }
    smsc->stats.delivers_retried++;
    TAILQ_INSERT_HEAD(&smsc->queue.ready[d->account], d, link);
}

// Outstanding deliveries are in the order they were sent: only the first need be looked at.
static void overdue_sweep(void *with, void *what)
{
    struct smsc *smsc = with;
    uint64_t timeout = (uint64_t)smsc->fault.deliver_timeout_ms * 1000, now = now_us();
    struct delivery *d;
    struct session *s;

    (void)what;
    TAILQ_FOREACH(s, &smsc->sessions, link)
    while ((d = TAILQ_FIRST(&s->outstanding)) && now - d->sent >= timeout)
        delivery_overdue(smsc, s, d);
    deliver_pump(smsc);
    later_add(&smsc->later, SWEEP_US, overdue_sweep, NULL, NULL);
}

void deliver_open(struct smsc *smsc)
{
    smsc->queue = (struct deliver_queue){.accounts = 1};
    for (unsigned i = 0; i < DELIVER_ACCOUNTS; i++)
        TAILQ_INIT(&smsc->queue.ready[i]);
    later_add(&smsc->later, SWEEP_US, overdue_sweep, NULL, NULL);
}

static void delivery_send(struct session *s, struct delivery *d)
{
    d->sequence = session_sequence(s);
    d->session = s->id;
    d->sent = now_us();
    if (d->tries++ == 0)
        d->first_sent = d->sent;
    pdu_sequence_set(d->pdu, d->sequence);
    TAILQ_INSERT_TAIL(&s->outstanding, d, link);
    s->outstanding_count++;
    s->delivers++;
    s->smsc->stats.delivers_sent++;
    session_write(s, d->pdu, d->length);
}

static void delivery_duplicate(struct session *s, const struct delivery *d)
{
    struct delivery *copy = malloc(sizeof *copy + d->length);

    if (!copy)
        return;
    memcpy(copy, d, sizeof *copy + d->length);
    copy->copy = true;
    s->smsc->queue.pending++;
    delivery_send(s, copy);
}

static struct delivery *ready_take(struct deliver_queue *q, const struct session *s)
{
    struct delivery *own = NULL, *any = TAILQ_FIRST(&q->ready[0]);

    for (unsigned i = 1; i < q->accounts && !own; i++)
        if (!strcmp(q->system_id[i], s->system_id))
            own = TAILQ_FIRST(&q->ready[i]);
    // The older first, so that neither answers nor receipts starve.
    if (!own || (any && any->serial < own->serial))
        own = any;
    if (own)
        TAILQ_REMOVE(&q->ready[own->account], own, link);
    return own;
}

// One delivery for this session; whether there was one it could take.
static bool session_feed(struct session *s)
{
    struct fault *fault = &s->smsc->fault;
    struct delivery *d;

    if (!s->receives || s->closed || s->outstanding_count >= fault->window || !session_has_room(s))
        return false;
    d = ready_take(&s->smsc->queue, s);
    if (!d)
        return false;
    delivery_send(s, d);
    if (d->kind != DELIVER_RECEIPT &&
        (fault_hits(fault->deliver_twice_percent) || fault_take(&fault->deliver_twice_next)))
        delivery_duplicate(s, d);
    return true;
}

void deliver_pump(struct smsc *smsc)
{
    unsigned idle = 0, count = 0;
    struct session *s;

    if (smsc->fault.hold_delivers || smsc->queue.pumping)
        return;
    smsc->queue.pumping = true; // writing may end a session, which would pump again
    TAILQ_FOREACH(s, &smsc->sessions, link)
    count++;
    // Who was served goes to the end: round robin without a cursor.
    while (idle < count && (s = TAILQ_FIRST(&smsc->sessions))) {
        idle = session_feed(s) ? 0 : idle + 1;
        TAILQ_REMOVE(&smsc->sessions, s, link);
        TAILQ_INSERT_TAIL(&smsc->sessions, s, link);
    }
    smsc->queue.pumping = false;
}

static void delivery_settled(struct smsc *smsc, struct delivery *d, uint32_t status)
{
    if (status == ESME_ROK)
        smsc->stats.delivers_acked++;
    else
        smsc->stats.delivers_refused++;
    if (d->kind == DELIVER_LOAD)
        load_acked(smsc, d, status);
    if (d->answer)
        handset_answer_acked(&smsc->handsets, d->number, d->answer, status);
    delivery_done(smsc, d);
}

void deliver_acked(struct session *s, uint32_t sequence, uint32_t status)
{
    struct smsc *smsc = s->smsc;
    struct delivery *d;

    if (fault_take(&smsc->fault.deliver_deaf_next))
        return;
    d = outstanding_take(s, sequence);
    if (!d)
        return; // after its time-out: it is on its way again already
    if (d->copy)
        delivery_done(smsc, d);
    else if (status_is_temporary(status))
        delivery_retry(smsc, d);
    else
        delivery_settled(smsc, d, status);
}

void deliver_requeue(struct smsc *smsc, struct session *s)
{
    struct delivery *d;

    while ((d = TAILQ_LAST(&s->outstanding, delivery_list))) {
        TAILQ_REMOVE(&s->outstanding, d, link);
        if (d->copy) {
            delivery_done(smsc, d);
            continue;
        }
        smsc->stats.delivers_retried++;
        TAILQ_INSERT_HEAD(&smsc->queue.ready[d->account], d, link);
    }
    s->outstanding_count = 0;
    deliver_pump(smsc);
}
