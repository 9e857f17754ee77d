/* See tally.h. */
#include "mod_smsinteractivo/backend/tally.h"
#include "mod_smsinteractivo/settings.h"

#include <http_log.h>
#include <http_main.h>
#include <stdatomic.h>
#include <sys/mman.h>

APLOG_USE_MODULE(smsinteractivo);

static struct shared {
    _Atomic uint64_t count[TALLY_COUNT];
    atomic_bool daemon_down, store_down;
    apr_time_t since;
} * shared;

static const char *const names[] = {
#define X(member, name, help) name,
    TALLIES(X)
#undef X
};

static const char *const helps[] = {
#define X(member, name, help) help,
    TALLIES(X)
#undef X
};

static apr_status_t tally_end(void *unused)
{
    (void)unused; /* httpd's shape */
    munmap(shared, sizeof *shared);
    shared = NULL;
    return APR_SUCCESS;
}

apr_status_t tally_begin(apr_pool_t *pool)
{
    void *memory =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return APR_FROM_OS_ERROR(apr_get_os_error());
    shared = memory;
    shared->since = apr_time_now();
    apr_pool_cleanup_register(pool, NULL, tally_end, apr_pool_cleanup_null);
    return APR_SUCCESS;
}

void tally_add(enum tally tally)
{
    tally_many(tally, 1);
}

void tally_many(enum tally tally, unsigned count)
{
    atomic_fetch_add_explicit(&shared->count[tally], count, memory_order_relaxed);
}

uint64_t tally_read(enum tally tally)
{
    return shared->count[tally];
}

double tally_seconds(void)
{
    apr_time_t passed = apr_time_now() - shared->since;
    return passed > 0 ? (double)passed / APR_USEC_PER_SEC : 1;
}

const char *tally_name(enum tally tally)
{
    return names[tally];
}

const char *tally_help(enum tally tally)
{
    return helps[tally];
}

void tally_daemon(bool up, int error)
{
    if (!up)
        tally_add(TALLY_DAEMON_FAILED);
    if (shared->daemon_down == !up || atomic_exchange(&shared->daemon_down, !up) == !up)
        return;
    if (up)
        ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, ap_server_conf, "SI0102: smppd is there again");
    else
        ap_log_error(APLOG_MARK, APLOG_ERR, error, ap_server_conf,
                     "SI0101: smppd cannot be reached, visitors cannot send; socket=%s",
                     deployment_of(ap_server_conf)->daemon);
}

void tally_store(bool up)
{
    if (!up)
        tally_add(TALLY_STORE_FAILED);
    if (shared->store_down == !up || atomic_exchange(&shared->store_down, !up) == !up)
        return;
    if (up)
        ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, ap_server_conf,
                     "SI0104: memcached is there again");
    else
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, ap_server_conf,
                     "SI0103: memcached does not answer, visitors wait; servers=%s",
                     deployment_of(ap_server_conf)->store);
}

bool tally_daemon_is_up(void)
{
    return !shared->daemon_down;
}

bool tally_store_is_up(void)
{
    return !shared->store_down;
}
