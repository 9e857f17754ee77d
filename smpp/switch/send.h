/* The `send` verb: a visitor's message is checked, gets a code, goes to disk and into the
 * transcript. */
#ifndef SMPP_SWITCH_SEND_H
#define SMPP_SWITCH_SEND_H

#include "smpp/switch/index.h"

struct request;
struct send;
struct spool_message;
struct switchboard;

struct sends {
    /* By session and key: the same one twice is answered twice, done once. */
    struct index under_way;
    struct index opening; /* by session: those that will begin a conversation, see opening.h */
    unsigned reference;   /* of the next message of several parts */
    struct send *early;   /* came while the spool was still being read back */
};

void send_begin(void *sb, struct request *request);
/* The spool has been read back: what came meanwhile begins. */
void sends_go(struct switchboard *sb);
/* One that was on its way when smppd died: its event may have stood in memcached alone, and is
 * shown anew unless it stands there still. */
void send_recall(struct switchboard *sb, const struct spool_message *row);
void sends_end(struct sends *sends);

#endif
