/* The storer's place taken by a test: what is put waits until it is done in one batch, over a
 * memcached played by hand. */
#ifndef TEST_UNIT_ONE_BATCH_H
#define TEST_UNIT_ONE_BATCH_H

#include "smpp/storer/batch.h"
#include "test/unit/memory.h"

static struct alive alive;
static struct storer_job *first, **last;

int storer_put(struct storer *storer, struct storer_job *job)
{
    (void)storer;
    job->next = NULL;
    *last = job;
    last = &job->next;
    return 0;
}

static void batch_do(void)
{
    struct swaps swaps = {.count = 0};
    struct reading reading;
    struct storer_job *jobs = first;
    first = NULL;
    last = &first;
    batch_work(jobs, batch_read(jobs, &reading, &alive, false, NULL), true, &swaps, NULL);
    reading_free(&reading);
}

static int empty(void **state)
{
    (void)state;
    memory_empty();
    memory_meanwhile = NULL;
    first = NULL;
    last = &first;
    alive_start(&alive, 1, "first");
    return alive_set(&alive, NULL, "1");
}

#endif
