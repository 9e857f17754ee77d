/* The events of a session, in order, out of the transcript and, for whoever was away long, out of
 * the pieces that were moved out of it (`o:`). */
#ifndef SMSI_EVENT_H
#define SMSI_EVENT_H

#include <stdbool.h>

#include "mod_smsinteractivo/talk/conversation.h"
#include "mod_smsinteractivo/answer/json.h"

/* Called for each event with a number above `after`. */
typedef void event_seen(void *context, const struct line *event);

/* Uses up all's transcript. 0, or -EAGAIN where older pieces could not be read. */
int events_after(struct visit *visit, struct conversations *all, int64_t after, event_seen *seen,
                 void *context);

/* One event as an object of the JSON API. */
void event_json(struct json *json, const struct line *event);

enum { EVENT_TIME_ROOM = 32 };
/* ms since 1970 as RFC 3339 in UTC. */
void event_time(int64_t ms, char out[static EVENT_TIME_ROOM]);

#endif
