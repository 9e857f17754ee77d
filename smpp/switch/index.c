/* Chained buckets over hooks; see index.h. */
#include "smpp/switch/index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BUCKETS = 64 };

static uint64_t word_mix(uint64_t hash, const unsigned char *octets, size_t len)
{
    uint64_t word = 0;
    memcpy(&word, octets, len);
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29; /* bucket_of folds by 32 */
}

uint64_t index_hash(uint64_t seed, const void *octets, size_t len)
{
    const unsigned char *at = octets;
    uint64_t hash = (seed ? seed : 0xcbf29ce484222325u) + len;
    for (; len >= sizeof hash; at += sizeof hash, len -= sizeof hash)
        hash = word_mix(hash, at, sizeof hash);
    return len ? word_mix(hash, at, len) : hash;
}

uint64_t index_hash_id(uint64_t id)
{
    return id + (id >> 15); /* milliseconds stand from bit 18 on: eight places to each */
}

uint64_t index_hash_text(uint64_t seed, const char *text)
{
    return index_hash(seed, text, strlen(text) + 1);
}

static size_t bucket_of(const struct index *index, uint64_t hash)
{
    return (hash ^ hash >> 32) & (index->buckets - 1);
}

static uint16_t kind_of(uint64_t hash)
{
    return (uint16_t)(1u << (hash >> 60));
}

static void bucket_put(struct index *index, struct index_hook *hook)
{
    size_t at = bucket_of(index, hook->hash);
    hook->next = index->bucket[at];
    index->bucket[at] = hook;
    index->kinds[at] |= kind_of(hook->hash);
    index->count++;
}

static int index_grow(struct index *index)
{
    struct index wide = {.buckets = index->buckets ? index->buckets * 2 : FIRST_BUCKETS};
    wide.bucket = calloc(wide.buckets, sizeof *wide.bucket + sizeof *wide.kinds);
    if (!wide.bucket)
        return -ENOMEM;
    wide.kinds = (uint16_t *)(void *)(wide.bucket + wide.buckets);
    for (unsigned i = 0; i < index->buckets; i++)
        for (struct index_hook *hook = index->bucket[i], *next; hook; hook = next) {
            next = hook->next;
            bucket_put(&wide, hook);
        }
    free(index->bucket);
    *index = wide;
    return 0;
}

int index_begin(struct index *index)
{
    return index->buckets ? 0 : index_grow(index);
}

int index_put(struct index *index, struct index_hook *hook, uint64_t hash)
{
    if (index->count >= index->buckets && index_grow(index) < 0 && !index->buckets)
        return -ENOMEM;
    hook->hash = hash;
    bucket_put(index, hook);
    return 0;
}

void index_drop(struct index *index, struct index_hook *hook)
{
    if (!index->buckets)
        return;
    size_t bucket = bucket_of(index, hook->hash);
    uint16_t kinds = 0;
    for (struct index_hook **at = &index->bucket[bucket]; *at;) {
        if (*at == hook) {
            *at = hook->next;
            index->count--;
            continue;
        }
        kinds |= kind_of((*at)->hash);
        at = &(*at)->next;
    }
    index->kinds[bucket] = kinds;
}

void index_near(const struct index *index, uint64_t hash)
{
    size_t at = index->buckets ? bucket_of(index, hash) : 0;
    __builtin_prefetch(&index->bucket[at]); /* harmless where there is none */
    __builtin_prefetch(&index->kinds[at]);
}

static struct index_hook *from(struct index_hook *hook, uint64_t hash)
{
    while (hook && hook->hash != hash)
        hook = hook->next;
    return hook;
}

struct index_hook *index_first(const struct index *index, uint64_t hash)
{
    size_t at = index->buckets ? bucket_of(index, hash) : 0;
    return index->buckets && index->kinds[at] & kind_of(hash) ? from(index->bucket[at], hash)
                                                              : NULL;
}

struct index_hook *index_next(const struct index_hook *hook)
{
    return from(hook->next, hook->hash);
}

void index_free(struct index *index)
{
    free(index->bucket);
    *index = (struct index){0};
}
