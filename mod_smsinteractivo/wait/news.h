/* The child's subscription to smppd's news: which session has got which event. */
#ifndef SMSI_NEWS_H
#define SMSI_NEWS_H

#include <stdbool.h>
#include <stdint.h>

#include "mod_smsinteractivo/backend/daemon_link.h"

struct news {
    const char *path; /* smppd's socket */
    struct daemon_link link;
    int64_t retry_at, pause; /* ms of CLOCK_BOOTTIME; a pause that doubles up to 2 s */
};

void news_begin(struct news *news, const char *path);
void news_end(struct news *news);

/* Closes; news_connect tries again after the pause. */
void news_lose(struct news *news, int64_t now);

/* Connects and subscribes where the time has come, within 100 ms. True where it did so now: what
 * happened meanwhile is unknown, so everybody who waits has to be looked after. */
bool news_connect(struct news *news, int64_t now);

/* The descriptor is readable: reads, and wakes those who are told of. */
void news_read(struct news *news, int64_t now);

#endif
