/* An allocator only frees what it is given while it may keep no more: so what it keeps is taken out
 * and given back then. See slim.h. */
#include "mod_smsinteractivo/wait/slim.h"

#include <apr_allocator.h>
#include <mpm_common.h>
#include <stdbool.h>
#include <string.h>
#include <util_filter.h>

enum { BLOCKS = 8, LEAST = 1 /* 0 would be all */ };

/* The core drops the empty rest of what it has read, and with it the 8 kB it was read into, when it
 * is next asked for input. What a client has sent already stays where it is. */
static void input_settle(conn_rec *c, apr_pool_t *pool)
{
    apr_bucket_brigade *ahead = apr_brigade_create(pool, c->bucket_alloc);
    (void)ap_get_brigade(c->input_filters, ahead, AP_MODE_SPECULATIVE, APR_NONBLOCK_READ,
                         1); /* an error is met again by whoever reads */
    apr_brigade_destroy(ahead);
}

/* Nothing was kept any more: a block used before begins with what it was used for, one mapped anew
 * with zeros. */
static bool is_new(const apr_memnode_t *block)
{
    static const char zeros[64];
    return memcmp(block->first_avail, zeros, sizeof zeros) == 0;
}

void slim_down(conn_rec *c, apr_pool_t *pool)
{
    apr_allocator_t *allocator = apr_pool_allocator_get(c->pool);
    apr_memnode_t *taken = NULL;
    input_settle(c, pool);
    for (int i = 0; i < BLOCKS; i++) {
        apr_memnode_t *block = apr_allocator_alloc(allocator, 1); /* 8 kB: there is none smaller */
        if (!block)
            break;
        block->next = taken;
        taken = block;
        if (is_new(block))
            break;
    }
    if (!taken)
        return;
    apr_allocator_max_free_set(allocator, LEAST);
    apr_allocator_free(allocator, taken);
    apr_allocator_max_free_set(allocator, ap_max_mem_free);
}
