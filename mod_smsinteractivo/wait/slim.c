/* An allocator only frees what it is given while it may keep no more: so what it keeps is taken out
 * and given back then. See slim.h. */
#include "mod_smsinteractivo/wait/slim.h"

#include <apr_allocator.h>
#include <mpm_common.h>

enum { BLOCKS = 8, LEAST = 1 /* 0 would be all */ };

void slim_down(apr_pool_t *pool)
{
    apr_allocator_t *allocator = apr_pool_allocator_get(pool);
    apr_memnode_t *taken = NULL;
    for (int i = 0; i < BLOCKS; i++) {
        apr_memnode_t *block = apr_allocator_alloc(allocator, 1); /* 8 kB: there is none smaller */
        if (!block)
            break;
        block->next = taken;
        taken = block;
    }
    if (!taken)
        return;
    apr_allocator_max_free_set(allocator, LEAST);
    apr_allocator_free(allocator, taken);
    apr_allocator_max_free_set(allocator, ap_max_mem_free);
}
