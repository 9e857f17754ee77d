/* Atomic counters, and histograms with 16 buckets for each power of two. */
#include "smpp/logbook/counters.h"

#include <stdatomic.h>
#include <stdio.h>

enum {
    STEPS = 16,   /* of each power of two: hence the 6 % */
    OCTAVES = 28, /* 16 us * 2^27 is half an hour */
    BUCKETS = STEPS * OCTAVES,
};

struct counter_text {
    const char *name, *help;
};

#define TEXT_(symbol, name, help) {name, help},
static const struct counter_text counter_texts[] = {COUNTERS(TEXT_) GAUGES(TEXT_)};
static const struct counter_text histogram_texts[] = {HISTOGRAMS(TEXT_)};

static _Atomic uint64_t counts[COUNTERS_COUNT];

static struct {
    _Atomic uint64_t count, max, bucket[BUCKETS];
} histograms[HISTOGRAMS_COUNT];

void counter_add(enum counter counter, uint64_t by)
{
    atomic_fetch_add_explicit(&counts[counter], by, memory_order_relaxed);
}

void counter_set(enum counter counter, uint64_t value)
{
    atomic_store_explicit(&counts[counter], value, memory_order_relaxed);
}

uint64_t counter_get(enum counter counter)
{
    return atomic_load_explicit(&counts[counter], memory_order_relaxed);
}

/* 0..31 have a bucket each; from there on 16 for each power of two. */
static unsigned bucket_of(uint64_t us)
{
    if (us < STEPS)
        return (unsigned)us;
    unsigned top = 63u - (unsigned)__builtin_clzll(us); /* at least 4 */
    unsigned bucket = (top - 3) * STEPS + (unsigned)((us >> (top - 4)) & (STEPS - 1));
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

/* The largest value that falls into a bucket. */
static uint64_t bucket_end(unsigned bucket)
{
    if (bucket < STEPS)
        return bucket;
    unsigned top = bucket / STEPS + 3;
    uint64_t step = bucket % STEPS;
    return ((STEPS + step + 1) << (top - 4)) - 1;
}

void histogram_add_many(enum histogram histogram, uint64_t us, uint64_t many)
{
    atomic_fetch_add_explicit(&histograms[histogram].bucket[bucket_of(us)], many,
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&histograms[histogram].count, many, memory_order_relaxed);
    uint64_t max = atomic_load_explicit(&histograms[histogram].max, memory_order_relaxed);
    while (us > max &&
           !atomic_compare_exchange_weak_explicit(&histograms[histogram].max, &max, us,
                                                  memory_order_relaxed, memory_order_relaxed))
        ;
}

void histogram_add(enum histogram histogram, uint64_t us)
{
    histogram_add_many(histogram, us, 1);
}

uint64_t histogram_at(enum histogram histogram, unsigned permille)
{
    uint64_t count = atomic_load_explicit(&histograms[histogram].count, memory_order_relaxed);
    uint64_t wanted = (count * permille + 999) / 1000;
    uint64_t seen = 0;
    for (unsigned i = 0; count && i < BUCKETS; i++) {
        seen += atomic_load_explicit(&histograms[histogram].bucket[i], memory_order_relaxed);
        if (seen >= wanted)
            return bucket_end(i);
    }
    return count ? bucket_end(BUCKETS - 1) : 0;
}

static void histogram_tell(enum histogram h, counters_tell *tell, void *ctx)
{
    const struct counter_text *text = &histogram_texts[h];
    const struct {
        const char *suffix;
        uint64_t value;
    } figures[] = {
        {"count", atomic_load_explicit(&histograms[h].count, memory_order_relaxed)},
        {"p50", histogram_at(h, 500)},
        {"p99", histogram_at(h, 990)},
        {"max", atomic_load_explicit(&histograms[h].max, memory_order_relaxed)},
    };
    for (unsigned i = 0; i < sizeof figures / sizeof *figures; i++) {
        char name[48];
        snprintf(name, sizeof name, "%s-%s", text->name, figures[i].suffix);
        tell(ctx, name, text->help, figures[i].value);
    }
}

void counters_each(counters_tell *tell, void *ctx)
{
    for (unsigned i = 0; i < COUNTERS_COUNT; i++)
        tell(ctx, counter_texts[i].name, counter_texts[i].help, counter_get((enum counter)i));
    for (unsigned i = 0; i < HISTOGRAMS_COUNT; i++)
        histogram_tell((enum histogram)i, tell, ctx);
}
