// Responses to submit_sm on their way through the faults: dropped, late, twice, out of order.
#include <stdlib.h>
#include <string.h>

#include "test/smsc/session.h"
#include "test/smsc/smsc.h"

struct answer {
    struct answer *next;
    unsigned session;
    size_t length;
    uint8_t pdu[];
};

static struct answer *answer_keep(const struct session *s, const uint8_t *pdu, size_t length)
{
    struct answer *answer = malloc(sizeof *answer + length);

    if (!answer)
        return NULL;
    answer->next = NULL;
    answer->session = s->id;
    answer->length = length;
    memcpy(answer->pdu, pdu, length);
    return answer;
}

static void answer_due(void *with, void *what)
{
    struct answer *answer = what;
    struct session *s = session_find(with, answer->session);

    if (s)
        session_write(s, answer->pdu, answer->length);
    free(answer);
}

static void shuffled_flush(struct session *s)
{
    while (s->shuffled_count) {
        struct answer **at = &s->shuffled, *answer;
        for (uint64_t skip = fault_random() % s->shuffled_count; skip; skip--)
            at = &(*at)->next;
        answer = *at;
        *at = answer->next;
        s->shuffled_count--;
        session_write(s, answer->pdu, answer->length);
        free(answer);
    }
}

static void shuffled_due(void *with, void *what)
{
    struct session *s = session_find(with, (unsigned)(uintptr_t)what);

    if (s)
        shuffled_flush(s);
}

static void answer_shuffle(struct session *s, struct answer *answer)
{
    enum { LONGEST_US = 50000 }; // a bag that does not fill must not wait for ever

    answer->next = s->shuffled;
    s->shuffled = answer;
    if (++s->shuffled_count == 1)
        later_add(&s->smsc->later, LONGEST_US, shuffled_due, (void *)(uintptr_t)s->id, NULL);
    if (s->shuffled_count >= s->smsc->fault.response_shuffle)
        shuffled_flush(s);
}

static void answer_once(struct session *s, const uint8_t *pdu, size_t length)
{
    struct fault *fault = &s->smsc->fault;
    bool late = fault->response_delay_ms || fault->response_jitter_ms;
    struct answer *answer = NULL;

    if (late || fault->response_shuffle > 1)
        answer = answer_keep(s, pdu, length);
    if (!answer) {
        session_write(s, pdu, length);
    } else if (late) {
        uint64_t jitter = (uint64_t)fault->response_jitter_ms * 1000;
        uint64_t delay = (uint64_t)fault->response_delay_ms * 1000;
        delay += jitter ? fault_random() % jitter : 0;
        later_add(&s->smsc->later, delay, answer_due, answer, free);
    } else {
        answer_shuffle(s, answer);
    }
}

void answer_send(struct session *s, const uint8_t *pdu, size_t length)
{
    struct fault *fault = &s->smsc->fault;

    if (fault_hits(fault->response_drop_percent) || fault_take(&fault->response_drop_next)) {
        s->smsc->stats.responses_dropped++;
        return;
    }
    answer_once(s, pdu, length);
    if (fault_take(&fault->response_twice_next))
        answer_once(s, pdu, length);
}

void answer_forget(struct session *s)
{
    while (s->shuffled) {
        struct answer *next = s->shuffled->next;
        free(s->shuffled);
        s->shuffled = next;
    }
}
