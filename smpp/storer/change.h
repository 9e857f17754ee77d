/*
 * Read, change, compare-and-swap, again: how the storer's jobs change the routes of a mobile or the
 * transcript of a session while other daemons do the same. On the storer's thread.
 */
#ifndef SMPP_STORER_CHANGE_H
#define SMPP_STORER_CHANGE_H

#include "smpp/storer/route.h"
#include "smpp/storer/storer.h"
#include "smpp/storer/transcript_write.h"

/* Changes what was read; called again with what is there now when somebody else was faster. Returns
 * 0 to store it, 1 to leave all as it is, or a negative errno, which ends the attempt. */
typedef int routes_edit(struct routes *routes, void *ctx);
typedef int transcript_edit(struct transcript_book *book, void *ctx);

/* Changes `r:MOBILE`. `read` is what the batch read (its octets are spoiled); NULL or of e -EEXIST:
 * read it now. A value that cannot be understood counts as none. 0 or 1 as the edit, its error,
 * -EAGAIN, -E2BIG, or -EINPROGRESS where read->swaps will tell. */
int routes_change(struct store *store, const char *mobile, struct storer_value *read, int64_t now,
                  int64_t memory, routes_edit *edit, void *ctx);

/* Changes `t:SID`, and moves old events into `o:` pieces. A session that is not there is given to
 * the edit as an empty book. */
int transcript_change(struct store *store, const char *session, struct storer_value *read,
                      int64_t now, transcript_edit *edit, void *ctx);

/* The keys. */
void routes_key(char key[STORER_KEY_ROOM], const char *mobile);
void transcript_key(char key[STORER_KEY_ROOM], const char *session);
bool transcript_is_key(const char *key);
void piece_key(char key[STORER_KEY_ROOM], const char *session, unsigned nth);
void optout_key(char key[STORER_KEY_ROOM], const char *mobile);

#endif
