/*
 * Answers of several parts: collected in any order and any coding, each part once, joined when all
 * are there or when the wait for the missing ones is over. Every part is on disk
 * before it comes here.
 */
#ifndef SMPP_SWITCH_ASSEMBLY_H
#define SMPP_SWITCH_ASSEMBLY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "smpp/switch/index.h"
#include "smpp/text/text.h"
#include "smpp/text/udh.h"

enum { ASSEMBLY_PARTS = 255, ASSEMBLY_MAX = 4096, ASSEMBLY_TEXT = 40000 };

/* One received part. */
struct assembly_part {
    const char *mobile, *code;
    unsigned ref, total, seq; /* 1 <= seq <= total */
    bool wide;                /* 16-bit reference */
    uint64_t reply;           /* the spool's name for it; 0: it is in another smppd's */
    bool elsewhere;           /* ... which shows the whole rather than we */
    unsigned data_coding;
    struct udh udh;
    const void *octets; /* without UDH */
    size_t length;
};

struct assembly;

struct assemblies {
    struct index index;
    TAILQ_HEAD(assembly_queue, assembly) due;
};

void assemblies_start(struct assemblies *all);
/* Drops all; `about` of each goes to `drop`. */
void assemblies_end(struct assemblies *all, void (*drop)(void *about));

enum assembly_step {
    ASSEMBLY_WAITS,    /* parts are missing */
    ASSEMBLY_COMPLETE, /* *whole is the caller's now */
    ASSEMBLY_REPEATED, /* that part was here already */
    ASSEMBLY_ANOTHER   /* another one was: *at is what it belongs to, the caller's now; add again */
};

/* Adds a part; the first one sets the deadline `now + wait`. An enum assembly_step, or -ENOMEM,
 * -ENOSPC (too many unfinished: the oldest should be taken by assembly_due). *at is the assembly it
 * went to. */
int assembly_add(struct assemblies *all, const struct assembly_part *part, int64_t now,
                 int64_t wait, struct assembly **at);

/* Tells each part of ours that came before `since`, still waits for others and was not told yet. */
typedef void assembly_tell(void *ctx, const struct assembly_part *part);
void assemblies_waiting(struct assemblies *all, int64_t since, assembly_tell *tell, void *ctx);

/* How a part's octets are read, as one number: coding, shift tables, ports, width of
 * the reference. */
unsigned assembly_coding(const struct assembly_part *part);
void assembly_coding_take(struct assembly_part *part, unsigned coding);

/* The oldest whose deadline has passed, or NULL; the caller's now. */
struct assembly *assembly_due(struct assemblies *all, int64_t now);

/* What the caller keeps with an assembly. */
void assembly_set_about(struct assembly *assembly, void *about);
void *assembly_about(const struct assembly *assembly);

/* The text, UTF-8; `[...]` stands for missing parts, `incompatible` for what is no text. Its
 * length, or -ENOSPC. */
int assembly_text(const struct assembly *assembly, const struct text_profile *profile,
                  const char *incompatible, char *out, size_t room);
unsigned assembly_total(const struct assembly *assembly);
/* Whether another smppd has parts of it and shows the whole. */
bool assembly_is_elsewhere(const struct assembly *assembly);
/* The replies of those parts that are here and ours; how many. `missing`: whether others are not.
 */
unsigned assembly_replies(const struct assembly *assembly, uint64_t replies[ASSEMBLY_PARTS],
                          bool *missing);

void assembly_free(struct assembly *assembly);

#endif
