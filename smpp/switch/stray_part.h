/*
 * Parts of one answer that reached different smppd. One that has waited a second for the others is
 * left in memcached, as strays are; each smppd that holds a part gathers them all, and the one
 * whose instance comes first shows the whole.
 */
#ifndef SMPP_SWITCH_STRAY_PART_H
#define SMPP_SWITCH_STRAY_PART_H

struct line;
struct switchboard;

/* Leaves what has waited: once a second. */
void stray_parts_post(struct switchboard *sb);

/* A line `part` that another smppd has left. */
void stray_part_take(struct switchboard *sb, const struct line *line);

#endif
