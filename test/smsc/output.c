// The way out: PDUs merged into one write, writes split at any octet, and a peer that does not
// read.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>

#include "test/smsc/session.h"
#include "test/smsc/smsc.h"

enum { OUTPUT_MOST = 1024 * 1024, OUTPUT_LOW = 128 * 1024 };

static void gathered_flush(struct session *s)
{
    s->gathered_pdus = 0;
    bufferevent_write_buffer(s->bev, s->gathered);
}

static void gathered_due(void *with, void *what)
{
    struct session *s = session_find(with, (unsigned)(uintptr_t)what);

    if (s && s->gathered_pdus)
        gathered_flush(s);
}

void session_write(struct session *s, const void *octets, size_t length)
{
    struct fault *fault = &s->smsc->fault;

    if (s->closed || s->muted || fault->mute_all)
        return;
    if (fault->merge > 1) {
        evbuffer_add(s->gathered, octets, length);
        if (++s->gathered_pdus == 1)
            later_add(&s->smsc->later, (uint64_t)fault->merge_ms * 1000, gathered_due,
                      (void *)(uintptr_t)s->id, NULL);
        if (s->gathered_pdus >= fault->merge)
            gathered_flush(s);
    } else {
        if (s->gathered_pdus)
            gathered_flush(s);
        bufferevent_write(s->bev, octets, length);
    }
    if (evbuffer_get_length(bufferevent_get_output(s->bev)) > OUTPUT_MOST && !s->choked) {
        s->choked = true;
        bufferevent_setwatermark(s->bev, EV_WRITE, OUTPUT_LOW, 0);
        bufferevent_disable(s->bev, EV_READ);
    }
}

bool session_has_room(const struct session *s)
{
    return !s->choked && !s->muted;
}

void session_written(struct session *s)
{
    if (s->choked) {
        s->choked = false;
        bufferevent_setwatermark(s->bev, EV_WRITE, 0, 0);
        session_apply_faults(s);
    }
    if (s->leaving && s->gathered_pdus == 0 &&
        evbuffer_get_length(bufferevent_get_output(s->bev)) == 0)
        session_end(s, s->leaving_how);
}

// libevent writes at most `split` octets a turn of the loop; with a gap, a rate limit's tick is it.
static void split_apply(struct session *s)
{
    struct fault *fault = &s->smsc->fault;
    struct timeval gap = {(time_t)(fault->split_gap_ms / 1000),
                          (suseconds_t)(fault->split_gap_ms % 1000 * 1000)};
    struct ev_token_bucket_cfg *limit = NULL;

    bufferevent_set_max_single_write(s->bev, fault->split ? (size_t)fault->split : 256 * 1024);
    if (fault->split && fault->split_gap_ms)
        limit = ev_token_bucket_cfg_new(EV_RATE_LIMIT_MAX, EV_RATE_LIMIT_MAX, (size_t)fault->split,
                                        (size_t)fault->split, &gap);
    bufferevent_set_rate_limit(s->bev, limit);
    if (s->limit)
        ev_token_bucket_cfg_free(s->limit);
    s->limit = limit;
}

void session_apply_faults(struct session *s)
{
    if (s->muted || s->closed)
        return;
    split_apply(s);
    if (s->smsc->fault.merge <= 1 && s->gathered_pdus)
        gathered_flush(s);
    bufferevent_enable(s->bev, EV_WRITE);
    if (s->smsc->fault.stop_reading || s->choked)
        bufferevent_disable(s->bev, EV_READ);
    else
        bufferevent_enable(s->bev, EV_READ);
}
