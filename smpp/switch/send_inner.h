/* One message on its way to `ok`, step by step: shared by the files send*.c. */
#ifndef SMPP_SWITCH_SEND_INNER_H
#define SMPP_SWITCH_SEND_INNER_H

#include "smpp/switch/switchboard.h"

enum {
    SEND_NAME_CHARS = 20,
    SEND_TEXT_CHARS = 150,
    SEND_TEXT_ROOM = 1024,
    SEND_KEY_ROOM = 65,
    SEND_KEY_MIN = 16,
    SEND_TWINS = 8, /* requests for one key at a time */
    SEND_COMPOSED_ROOM = 2048
};

struct send {
    struct index_hook hook, opening;
    struct switchboard *sb;
    struct send *next; /* of the early ones */
    struct request *request[SEND_TWINS];
    unsigned requests;
    char session[ROUTE_ID_ROOM], mobile[MOBILE_ROOM], name[ROUTE_NAME_ROOM];
    char key[SEND_KEY_ROOM], nonce[SEND_KEY_ROOM];
    uint64_t message, conversation;
    struct route route;
    bool fresh, duplicate, reserved;
    bool opens;    /* counted in sends.opening */
    unsigned most; /* live conversations its session may hold */
    unsigned parts, reference;
    uint64_t wrote; /* as of a conversation */
    struct outgoing *outgoing;
    int64_t until;
    char code[ROUTE_CODE_ROOM];
    const char *refusal; /* while its key is looked up */
    int64_t retry_in_s;
    /* From here on nothing is set before it is written: clearing it costs more than filling it. */
    char text[SEND_TEXT_ROOM], composed[SEND_COMPOSED_ROOM];
};

/* NULL without memory. */
struct send *send_new(void);
/* Takes the request's fields, cleaned. The name of the field that is wrong, or NULL. */
const char *send_read(struct send *send, const struct request *request);

/* As the spool keeps it, but for what is prepared, and the outbox and its event are told. Its
 * strings are the send's. */
struct spool_message send_row(const struct send *send);
/* Once it has its code; ends by itself. */
void send_keep(struct send *send);
/* Once it is on disk, or was before: `duplicate` says so, and does not go out again. */
void send_publish(struct send *send);
/* It led to nothing: a code claimed for it is given back. */
void send_undo(const struct send *send);

/* The ends: each answers all requests and frees. `event`: its number in the transcript, or 0. */
void send_ok(struct send *send, int64_t event);
void send_refuse(struct send *send, const char *reason, int64_t retry_in_s);
/* Refuses unless its key was kept before, for then the first answer is told again. */
void send_refuse_unknown(struct send *send, const char *reason, int64_t retry_in_s);

/* Takes the first answer to its key over, to be told by send_ok. */
void send_repeat(struct send *send, const struct spool_result *first);

#endif
