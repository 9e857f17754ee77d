/*
 * How many conversations a session may hold at once: those that are live and those whose first
 * message is on its way to the disk are counted together, or many sends at the same moment would
 * each find room. Counts what this daemon knows; what other machines hold stands in the transcript,
 * where the module looks before it asks.
 */
#ifndef SMPP_SWITCH_OPENING_H
#define SMPP_SWITCH_OPENING_H

#include <stdbool.h>
#include <stdint.h>

struct send;
struct switchboard;

/* Whether the conversation that a send was given is live here, or another send is opening it. */
bool opening_is_begun(const struct switchboard *sb, const struct send *send);
/* Takes a place for a send that has claimed a fresh code; false where its session has no room, then
 * `*retry_in_s` says when the first of its conversations may end. */
bool opening_begin(struct switchboard *sb, struct send *send, int64_t *retry_in_s);
/* The conversation is live, or nothing came of it. Harmless where none was taken. */
void opening_end(struct switchboard *sb, struct send *send);

#endif
