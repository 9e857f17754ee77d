/* One mobile's routes, a pool of codes, and visitors who ask for one. */
#ifndef TEST_UNIT_ROUTE_FIXTURE_H
#define TEST_UNIT_ROUTE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "smpp/storer/route.h"

enum { POOL_MAX = 32 };
static const int64_t second = 1000, minute = 60000, hour = 3600000;
static char codes[POOL_MAX][ROUTE_CODE_ROOM];
static struct routes routes;
static int serial;

static inline int fresh_mobile(void **state)
{
    (void)state;
    for (int i = 0; i < POOL_MAX; i++)
        (void)snprintf(codes[i], sizeof codes[i], "%d", 2000 + i);
    routes.count = 0;
    return 0;
}

/* What a visitor asks for among the first `pool` codes. */
static inline struct route_wish wish_of(const char *session, unsigned pool, int64_t now)
{
    static char conversation[ROUTE_ID_ROOM];
    (void)snprintf(conversation, sizeof conversation, "%016x", ++serial);
    return (struct route_wish){
        .codes = (const char(*)[ROUTE_CODE_ROOM])codes,
        .count = pool,
        .up = pool,
        .carried = pool,
        .session = session,
        .conversation = conversation,
        .name = session,
        .now = now,
        .idle = 5 * minute,
        .memory = 24 * hour,
    };
}

static inline int claim(const char *session, unsigned pool, int64_t now, struct route **taken,
                        bool *fresh, int64_t *retry_at)
{
    struct route_wish wish = wish_of(session, pool, now);
    return route_claim(&routes, &wish, taken, fresh, retry_at);
}

static inline struct route *taken_by(const char *session, unsigned pool, int64_t now)
{
    struct route *taken;
    bool fresh;
    int64_t retry_at;
    assert_int_equal(claim(session, pool, now, &taken, &fresh, &retry_at), 0);
    return taken;
}

static inline enum route_verdict judge(const char *code, int64_t now)
{
    struct route *route;
    return route_judge(&routes, code, now, 2 * second, &route);
}

#endif
