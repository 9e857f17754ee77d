/* A whole link under a stream of mutated PDUs, cut at any octet: it may hang up and bind again, but
 * never die, leak or stop serving. `link_mutate COUNT [SEED]`, under ASan and UBSan. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include "test/fuzz/pdu_seeds.h"
#include "test/unit/peer.h"

enum { AT_ONCE = 64 };

/* The peer keeps notes of a test's length only. */
static void notes_forget(struct peer *p)
{
    for (unsigned i = 0; i < p->deliver_count && i < PEER_NOTES; i++)
        link_answer(p->link, p->tokens[i], 0);
    for (unsigned i = 0; p->accepted > 1 && i + 1 < p->accepted; i++)
        peer_close(p, i);
    if (p->accepted > PEER_CONNECTIONS / 2) {
        p->connections[0] = p->connections[p->accepted - 1];
        p->accepted = 1;
    }
    p->pdu_count = p->deliver_count = p->event_count = 0;
    p->submitted_count = p->in_doubt_count = p->unsent_count = 0;
    p->log[0] = '\0';
}

/* A connection may end while this waits for the next. */
static bool wait_bound(struct peer *p)
{
    for (int i = 0; i < 10000 && (link_state(p->link) != LINK_UP || !p->open); i++)
        peer_run(p, 1);
    return link_state(p->link) == LINK_UP;
}

static void send_some(struct peer *p, unsigned long first, uint64_t *random)
{
    uint8_t pdu[SEED_ROOM];
    struct bufferevent *bev = p->connections[p->accepted - 1];
    for (unsigned i = 0; i < AT_ONCE && bev; i++) {
        size_t length = pdu_seed((unsigned)(first + i), pdu);
        pdu_mutate(pdu, &length, random);
        size_t cut = *random % (length + 1);
        bufferevent_write(bev, pdu, cut);
        if (*random % 4 == 0)
            event_base_loop(p->base, EVLOOP_NONBLOCK);
        bev = p->connections[p->accepted - 1]; /* the link may have hung up */
        if (bev)
            bufferevent_write(bev, pdu + cut, length - cut);
        peer_submit(p, first + i);
    }
    event_base_loop(p->base, EVLOOP_NONBLOCK);
}

int main(int argc, char **argv)
{
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    uint64_t random = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    struct peer *p = peer_new();
    struct link_conf conf = peer_conf(p);
    struct link_stats stats;
    struct rusage use;
    if (count == 0 || random == 0) {
        fprintf(stderr, "usage: link_mutate COUNT [SEED]; both at least 1\n");
        return 2;
    }
    conf.backoff_max_ms = 1;
    peer_link(p, &conf);
    for (unsigned long sent = 0; sent < count; sent += AT_ONCE) {
        if (!wait_bound(p)) {
            fprintf(stderr, "the link no longer binds after %lu PDUs\n", sent);
            return 1;
        }
        send_some(p, sent, &random);
        notes_forget(p);
    }
    bool bound = wait_bound(p);
    link_stats(p->link, &stats);
    getrusage(RUSAGE_SELF, &use);
    printf("%lu mutated PDUs to a link: %llu binds, %llu refused as garbage, %ld kB; still %s\n",
           count, (unsigned long long)stats.binds, (unsigned long long)stats.garbage, use.ru_maxrss,
           bound ? "bound" : "NOT BOUND");
    peer_free(p);
    return !bound;
}
