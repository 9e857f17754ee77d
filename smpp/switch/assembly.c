/* Parts by their number until the whole can be read; see assembly.h. */
#include "smpp/switch/assembly.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct held {
    uint64_t reply;
    int64_t since;
    bool told;
    unsigned data_coding;
    struct udh udh;
    size_t length;
    unsigned char octets[];
};

struct assembly {
    struct index_hook hook;
    TAILQ_ENTRY(assembly) due;
    char *pair; /* mobile SP code */
    unsigned ref, total, here;
    bool wide, elsewhere;
    int64_t deadline;
    void *about;
    struct held *part[];
};

void assemblies_start(struct assemblies *all)
{
    *all = (struct assemblies){0};
    TAILQ_INIT(&all->due);
}

static void assembly_take(struct assemblies *all, struct assembly *assembly)
{
    TAILQ_REMOVE(&all->due, assembly, due);
    index_drop(&all->index, &assembly->hook);
}

void assemblies_end(struct assemblies *all, void (*drop)(void *about))
{
    struct assembly *assembly;
    while ((assembly = TAILQ_FIRST(&all->due))) {
        assembly_take(all, assembly);
        drop(assembly->about);
        assembly_free(assembly);
    }
    index_free(&all->index);
}

/* Two messages differ in any of these; 8-bit and 16-bit references are two kinds. */
static uint64_t hash_of(const char *pair, const struct assembly_part *part)
{
    unsigned numbers[] = {part->ref, part->total, part->wide};
    return index_hash(index_hash_text(0, pair), numbers, sizeof numbers);
}

static struct assembly *assembly_find(const struct assemblies *all, const char *pair,
                                      const struct assembly_part *part)
{
    struct index_hook *hook = index_first(&all->index, hash_of(pair, part));
    for (; hook; hook = index_next(hook)) {
        struct assembly *assembly = index_thing(hook, struct assembly, hook);
        if (assembly->ref == part->ref && assembly->total == part->total &&
            assembly->wide == part->wide && strcmp(assembly->pair, pair) == 0)
            return assembly;
    }
    return NULL;
}

static struct assembly *assembly_new(struct assemblies *all, const char *pair,
                                     const struct assembly_part *part, int64_t deadline)
{
    struct assembly *assembly = calloc(1, sizeof *assembly + part->total * sizeof(struct held *));
    if (!assembly || !(assembly->pair = strdup(pair)) ||
        index_put(&all->index, &assembly->hook, hash_of(pair, part)) < 0) {
        if (assembly)
            assembly_free(assembly);
        return NULL;
    }
    assembly->ref = part->ref;
    assembly->total = part->total;
    assembly->wide = part->wide;
    assembly->deadline = deadline;
    TAILQ_INSERT_TAIL(&all->due, assembly, due);
    return assembly;
}

static bool held_is(const struct held *held, const struct assembly_part *part)
{
    return held->length == part->length && memcmp(held->octets, part->octets, part->length) == 0;
}

int assembly_add(struct assemblies *all, const struct assembly_part *part, int64_t now,
                 int64_t wait, struct assembly **at)
{
    char pair[64];
    (void)snprintf(pair, sizeof pair, "%s %s", part->mobile,
                   part->code); /* 21 + 16 octets at most */
    struct assembly *assembly = *at = assembly_find(all, pair, part);
    const struct held *there = assembly ? assembly->part[part->seq - 1] : NULL;
    if (there && held_is(there, part))
        return ASSEMBLY_REPEATED;
    if (there) {
        assembly_take(all, assembly);
        return ASSEMBLY_ANOTHER;
    }
    if (!assembly && all->index.count >= ASSEMBLY_MAX)
        return -ENOSPC;
    struct held *held = calloc(1, sizeof *held + part->length);
    if (held && !assembly)
        assembly = *at = assembly_new(all, pair, part, now + wait);
    if (!held || !assembly) {
        free(held);
        return -ENOMEM;
    }
    *held = (struct held){
        .reply = part->reply,
        .since = now,
        .data_coding = part->data_coding,
        .udh = part->udh,
        .length = part->length,
    };
    memcpy(held->octets, part->octets, part->length);
    assembly->part[part->seq - 1] = held;
    assembly->elsewhere |= part->elsewhere;
    if (++assembly->here < assembly->total)
        return ASSEMBLY_WAITS;
    assembly_take(all, assembly);
    return ASSEMBLY_COMPLETE;
}

/* The part number `nth` of an assembly, as it was added. */
static void held_tell(const struct assembly *assembly, unsigned nth, assembly_tell *tell, void *ctx)
{
    const struct held *held = assembly->part[nth];
    const char *code = strchr(assembly->pair, ' ') + 1;
    char mobile[64];
    (void)snprintf(mobile, sizeof mobile, "%.*s", (int)(code - 1 - assembly->pair), assembly->pair);
    struct assembly_part part = {
        .mobile = mobile,
        .code = code,
        .ref = assembly->ref,
        .total = assembly->total,
        .seq = nth + 1,
        .wide = assembly->wide,
        .reply = held->reply,
        .data_coding = held->data_coding,
        .udh = held->udh,
        .octets = held->octets,
        .length = held->length,
    };
    tell(ctx, &part);
}

void assemblies_waiting(struct assemblies *all, int64_t since, assembly_tell *tell, void *ctx)
{
    struct assembly *assembly;
    TAILQ_FOREACH(assembly, &all->due, due)
    {
        for (unsigned i = 0; i < assembly->total; i++) {
            struct held *held = assembly->part[i];
            if (!held || !held->reply || held->told || held->since > since)
                continue;
            held->told = true;
            held_tell(assembly, i, tell, ctx);
        }
    }
}

/* The UDH does not go with the octets. */
unsigned assembly_coding(const struct assembly_part *part)
{
    return part->data_coding | (unsigned)part->udh.single_shift << 8 |
           (unsigned)part->udh.locking_shift << 16 | (unsigned)part->udh.has_ports << 24 |
           (unsigned)part->wide << 25;
}

void assembly_coding_take(struct assembly_part *part, unsigned coding)
{
    part->data_coding = coding & 0xff;
    part->udh.single_shift = coding >> 8 & 0xff;
    part->udh.locking_shift = coding >> 16 & 0xff;
    part->udh.has_ports = coding >> 24 & 1;
    part->wide = coding >> 25 & 1;
}

bool assembly_is_elsewhere(const struct assembly *assembly)
{
    return assembly->elsewhere;
}

struct assembly *assembly_due(struct assemblies *all, int64_t now)
{
    struct assembly *first = TAILQ_FIRST(&all->due);
    if (!first || first->deadline > now)
        return NULL;
    assembly_take(all, first);
    return first;
}

void assembly_set_about(struct assembly *assembly, void *about)
{
    assembly->about = about;
}

void *assembly_about(const struct assembly *assembly)
{
    return assembly->about;
}

unsigned assembly_total(const struct assembly *assembly)
{
    return assembly->total;
}

unsigned assembly_replies(const struct assembly *assembly, uint64_t replies[ASSEMBLY_PARTS],
                          bool *missing)
{
    unsigned count = 0;
    for (unsigned i = 0; i < assembly->total; i++)
        if (assembly->part[i] && assembly->part[i]->reply)
            replies[count++] = assembly->part[i]->reply;
    *missing = assembly->here < assembly->total;
    return count;
}

static bool read_alike(const struct held *a, const struct held *b)
{
    return b && a->data_coding == b->data_coding && a->udh.single_shift == b->udh.single_shift &&
           a->udh.locking_shift == b->udh.locking_shift && a->udh.has_ports == b->udh.has_ports;
}

/* Joins the parts from `first` that are read alike, for a pair of octets may have been cut between
 * them, and decodes them together. The part after them, or -ENOSPC. */
static int run_decode(const struct assembly *assembly, unsigned first,
                      const struct text_profile *profile, const char *incompatible, char *out,
                      size_t room)
{
    const struct held *head = assembly->part[first];
    unsigned end = first;
    size_t length = 0;
    for (; end < assembly->total && read_alike(head, assembly->part[end]); end++)
        length += assembly->part[end]->length;
    unsigned char *octets = malloc(length + 1);
    if (!octets)
        return -ENOSPC;
    length = 0;
    for (unsigned i = first; i < end; i++) {
        memcpy(octets + length, assembly->part[i]->octets, assembly->part[i]->length);
        length += assembly->part[i]->length;
    }
    int len = text_decode(out, room, octets, length, head->data_coding, profile, &head->udh);
    free(octets);
    if (len == -ENOTSUP)
        len = snprintf(out, room, "%s", incompatible);
    return len < 0 || (size_t)len >= room ? -ENOSPC : (int)end;
}

int assembly_text(const struct assembly *assembly, const struct text_profile *profile,
                  const char *incompatible, char *out, size_t room)
{
    static const char gap[] = "[...]";
    size_t len = 0;
    *out = '\0';
    for (unsigned i = 0; i < assembly->total;) {
        if (assembly->part[i]) {
            int end = run_decode(assembly, i, profile, incompatible, out + len, room - len);
            if (end < 0)
                return end;
            i = (unsigned)end;
        } else {
            if (len + sizeof gap > room)
                return -ENOSPC;
            memcpy(out + len, gap, sizeof gap);
            while (i < assembly->total && !assembly->part[i])
                i++;
        }
        len += strlen(out + len);
    }
    return (int)len;
}

void assembly_free(struct assembly *assembly)
{
    for (unsigned i = 0; i < assembly->total; i++)
        free(assembly->part[i]);
    free(assembly->pair);
    free(assembly);
}
