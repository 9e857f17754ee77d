/*
 * A hash index over things that carry their own hook, so that finding costs no allocation per
 * thing. It grows with what it holds; the owner bounds how much that is.
 */
#ifndef SMPP_SWITCH_INDEX_H
#define SMPP_SWITCH_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct index_hook {
    struct index_hook *next;
    uint64_t hash;
};

struct index {
    struct index_hook **bucket;
    /* Of each bucket, which of sixteen kinds of hashes stand in it: most of what is looked for is
     * not there, and this tells so without a look at what is, which lies anywhere. */
    uint16_t *kinds;
    unsigned buckets; /* a power of two; 0 before the first thing */
    unsigned count;
};

/* Over octets, eight at a time; `seed` is 0 or the hash of what stands before. */
uint64_t index_hash(uint64_t seed, const void *octets, size_t len);
uint64_t index_hash_text(uint64_t seed, const char *text);
/* Over an id of spool_id_next: ids of one moment stand side by side, and who is looked for is most
 * often one of the newest, in what the processor has at hand. */
uint64_t index_hash_id(uint64_t id);

/* 0 or -ENOMEM. After a 0 index_put does not fail. */
int index_begin(struct index *index);
/* 0 or -ENOMEM (only where the index is empty; a growing that fails leaves it as it is). */
int index_put(struct index *index, struct index_hook *hook, uint64_t hash);
void index_drop(struct index *index, struct index_hook *hook);

/* Something is about to be put under this hash: has the processor fetch its place meanwhile, for a
 * large index is mostly out of its reach. */
void index_near(const struct index *index, uint64_t hash);

/* The first thing of this hash, and the next one after it; several may share a hash: compare. */
struct index_hook *index_first(const struct index *index, uint64_t hash);
struct index_hook *index_next(const struct index_hook *hook);

void index_free(struct index *index);

/* The thing a hook belongs to. */
#define index_thing(hook, type, member) ((type *)(void *)((char *)(hook)-offsetof(type, member)))

#endif
