/* See census.h. A child's place is kept by its pid: after it died the next child may take it. */
#include "mod_smsinteractivo/monitor/census.h"

#include <apr_errno.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CHILDREN = 4096 }; /* pages that nobody touches cost nothing */

struct place {
    _Atomic pid_t child;
    atomic_int held;
};

static struct place *places, *own;

static apr_status_t census_end(void *unused)
{
    (void)unused; /* httpd's shape */
    munmap(places, CHILDREN * sizeof *places);
    places = own = NULL;
    return APR_SUCCESS;
}

apr_status_t census_begin(apr_pool_t *pool)
{
    void *memory = mmap(NULL, CHILDREN * sizeof *places, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return APR_FROM_OS_ERROR(apr_get_os_error());
    places = memory;
    apr_pool_cleanup_register(pool, NULL, census_end, apr_pool_cleanup_null);
    return APR_SUCCESS;
}

static bool is_alive(pid_t child)
{
    return child > 0 && (kill(child, 0) == 0 || errno == EPERM);
}

void census_join(void)
{
    for (int i = 0; places && i < CHILDREN; i++) {
        pid_t before = places[i].child;
        if (is_alive(before) ||
            !atomic_compare_exchange_strong(&places[i].child, &before, getpid()))
            continue;
        own = &places[i];
        own->held = 0;
        return;
    }
}

void census_move(int by)
{
    if (own)
        own->held += by;
}

int64_t census_now(void)
{
    int64_t sum = 0;
    for (int i = 0; places && i < CHILDREN && places[i].child; i++)
        if (is_alive(places[i].child))
            sum += places[i].held;
    return sum;
}
