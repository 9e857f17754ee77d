/*
 * The switchboard: who writes to whom, on which short code, and what becomes of it. It sits on the
 * loop between door, spool, storer and links, holds what is under way, and is told the time.
 *
 * A message: claim a code (storer), keep (spool), publish (storer), `ok` (door), commit IN_FLIGHT
 * (spool), submit (link), settle. An answer: look up (storer), keep with its CDR (spool),
 * deliver_sm_resp (link), publish (storer), confirmation. See smpp/README.md.
 */
#ifndef SMPP_SWITCH_SWITCH_H
#define SMPP_SWITCH_SWITCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "smpp/logbook/clock.h"
#include "smpp/conf/conf.h"
#include "smpp/door/door.h"
#include "smpp/link/link.h"

struct event_base;
struct spool;
struct switchboard;

struct switch_parts {
    struct event_base *base;
    struct conf *conf;         /* kept (conf_keep) until switch_free or switch_conf */
    const struct clock *clock; /* outlives the switchboard */
    struct spool *spool;       /* open; outlives the switchboard */
    /* Verbs the main program answers; NULL: unknown-verb. `ctx` goes with them. */
    void (*drain)(void *ctx, struct request *request);
    void (*reload)(void *ctx, struct request *request);
    void *ctx;
};

/* Starts the storer's thread, watches its and the spool's descriptor, begins to read back what the
 * spool holds. NULL with a sentence in `why`. */
struct switchboard *switch_new(const struct switch_parts *parts, char *why, size_t room);

/* The links are about to be freed as they are, without having been drained. */
void switch_cut(struct switchboard *sb);

/* Stops the storer. Free the links before, the spool after. */
void switch_free(struct switchboard *sb);

/* For link_new; ctx is the switchboard. */
extern const struct link_events switch_link_events;

/* The links there are now; the array is copied. Call again whenever it changes, before a link is
 * freed. */
int switch_links(struct switchboard *sb, struct link *const *links, size_t count);

/* For door_parts: the table, its greeting; ctx is the switchboard. switch_door says
 * where news go. */
extern const struct door_verb switch_verbs[];
extern const unsigned switch_verbs_count;
void switch_greet(void *sb, struct line_writer *w);
void switch_door(struct switchboard *sb, struct door *door);

/* A reloaded configuration from now on. */
void switch_conf(struct switchboard *sb, struct conf *conf);

/* Refuses new messages (`draining`) and stops submitting; calls `done` once when no message waits
 * for the spool or a link any more. Those still queued stay in the spool; answers still come. */
void switch_drain(struct switchboard *sb, void (*done)(void *ctx), void *ctx);

/* The same, once no link is left: calls `done` when the spool, memcached and the other smppd have
 * all that came. */
void switch_settle(struct switchboard *sb, void (*done)(void *ctx), void *ctx);

/* What the spool held is back in memory: messages are accepted. */
bool switch_is_ready(const struct switchboard *sb);

#endif
