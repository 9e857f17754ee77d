/* smppd's clock: ms since 1970 that never step.
 *
 * Deadlines must survive a step of the wall clock and a restart of smppd. So the time is
 * CLOCK_BOOTTIME plus an anchor; the anchor is taken from the wall clock once for each boot of the
 * machine and kept in the spool. What is shown or billed takes clock_wall(). */
#ifndef SMPP_LOGBOOK_CLOCK_H
#define SMPP_LOGBOOK_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* To be kept by the spool: which boot it belongs to, and what CLOCK_BOOTTIME's zero is. */
struct clock_anchor {
    char boot_id[40]; /* /proc/sys/kernel/random/boot_id; "" where nothing is kept */
    int64_t zero;     /* ms since the epoch at CLOCK_BOOTTIME 0 */
};

struct clock {
    struct clock_anchor anchor;
};

/* Starts with what the spool kept. True where the anchor is new (another boot, or nothing kept) and
 * clock->anchor must be kept now. */
bool clock_start(struct clock *clock, const struct clock_anchor *kept);

/* ms since the epoch on smppd's clock; never goes back within one boot. */
int64_t clock_now(const struct clock *clock);

/* ms since the epoch as the machine says; may step. */
int64_t clock_wall(void);

/* us of CLOCK_MONOTONIC, for latencies. */
int64_t clock_us(void);

#endif
