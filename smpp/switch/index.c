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

uint64_t index_hash_text(uint64_t seed, const char *text)
{
    return index_hash(seed, text, strlen(text) + 1);
}

static struct index_hook **bucket_of(const struct index *index, uint64_t hash)
{
    return &index->bucket[(hash ^ hash >> 32) & (index->buckets - 1)];
}

static int index_grow(struct index *index)
{
    struct index wide = {.buckets = index->buckets ? index->buckets * 2 : FIRST_BUCKETS};
    wide.bucket = calloc(wide.buckets, sizeof *wide.bucket);
    if (!wide.bucket)
        return -ENOMEM;
    for (unsigned i = 0; i < index->buckets; i++)
        for (struct index_hook *hook = index->bucket[i], *next; hook; hook = next) {
            next = hook->next;
            struct index_hook **bucket = bucket_of(&wide, hook->hash);
            hook->next = *bucket;
            *bucket = hook;
        }
    wide.count = index->count;
    free(index->bucket);
    *index = wide;
    return 0;
}

int index_put(struct index *index, struct index_hook *hook, uint64_t hash)
{
    if (index->count >= index->buckets && index_grow(index) < 0 && !index->buckets)
        return -ENOMEM;
    struct index_hook **bucket = bucket_of(index, hash);
    *hook = (struct index_hook){.next = *bucket, .hash = hash};
    *bucket = hook;
    index->count++;
    return 0;
}

void index_drop(struct index *index, struct index_hook *hook)
{
    if (!index->buckets)
        return;
    for (struct index_hook **at = bucket_of(index, hook->hash); *at; at = &(*at)->next)
        if (*at == hook) {
            *at = hook->next;
            index->count--;
            return;
        }
}

static struct index_hook *from(struct index_hook *hook, uint64_t hash)
{
    while (hook && hook->hash != hash)
        hook = hook->next;
    return hook;
}

struct index_hook *index_first(const struct index *index, uint64_t hash)
{
    return index->buckets ? from(*bucket_of(index, hash), hash) : NULL;
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
