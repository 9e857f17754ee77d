/* A key without an end stands in memcached; where it is missing, so is everything. See lost.h. */
#include "mod_smsinteractivo/talk/lost.h"
#include "mod_smsinteractivo/backend/backend.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { REFILL_SECONDS = 5 };

static const char key[] = "lost";
static atomic_bool noted;

void lost_begin(struct visit *visit)
{
    if (noted || atomic_exchange(&noted, true))
        return;
    if (backend_note(store_add(visit->backend->store, key, "0", 1, 0)) == -EAGAIN)
        noted = false;
}

bool lost_is_recent(struct visit *visit)
{
    char value[24];
    long long now = (long long)apr_time_sec(apr_time_now()); /* a held request is older */
    int e = backend_note(store_get(visit->backend->store, key, value, sizeof value, NULL, NULL));
    if (e == 0)
        return now - strtoll(value, NULL, 10) < REFILL_SECONDS;
    if (e != -ENOENT)
        return true;
    int len = snprintf(value, sizeof value, "%lld", now);
    (void)backend_note(
        store_add(visit->backend->store, key, value, (size_t)len, 0)); /* or another did */
    return true;
}
