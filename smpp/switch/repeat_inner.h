/* One held answer, until it is decided and all have heard of it: shared by the files repeat*.c. */
#ifndef SMPP_SWITCH_REPEAT_INNER_H
#define SMPP_SWITCH_REPEAT_INNER_H

#include "smpp/switch/repeat.h"
#include "smpp/switch/switchboard.h"

struct repeat {
    TAILQ_ENTRY(repeat) due;
    struct switchboard *sb;
    /* Held: is it a repetition? Else ours counts, and others must know. */
    enum spool_standing standing;
    bool is_ending; /* decided, and not on disk yet */
    enum spool_end end;
    uint64_t reply, likeness;
    char mobile[PDU_ADDRESS_MAX + 1], code[PDU_ADDRESS_MAX + 1], id[PDU_MESSAGE_ID_MAX + 1];
    int64_t received, after;
    int64_t since, at; /* ms: when the step began; when something is done next */
    unsigned silent;   /* asked so often since anybody said anything */
    unsigned looks;    /* strays.looks that it is decided after; 0: any */
    unsigned twins;    /* who has not said no; one after the other is asked, and told */
    char twin[][STORER_KEY_ROOM];
};

enum { REPEATS_MAX = 4096, REPEAT_AGAIN_MS = 1000 };

/* Into the list, for so long. */
void repeat_wait(struct repeat *repeat, int64_t ms);

/* Decides; it is in no list. */
void repeat_end(struct repeat *repeat, enum spool_end end);
/* Tells who has not heard that ours counts, again later and later, for a day. */
void repeat_tell(struct repeat *repeat);
void repeat_free(struct repeat *repeat);

/* Leaves `asked`, `kept` or `filed`, as it stands, for the first of its twins. */
void repeat_post(const struct repeat *repeat);

/* What we say of another one's. */
struct verdict {
    const char *to;
    uint64_t reply;               /* its name for it */
    enum spool_standing standing; /* what it had said */
    enum spool_verdict verdict;
};
void verdict_post(struct switchboard *sb, const struct verdict *verdict);

/* Reads one that was said to us; false where it is for another one, or no verdict. `to` is who
 * said it. */
bool verdict_read(const struct switchboard *sb, const struct line *line, struct verdict *verdict);

/* What the verb of a line says. */
enum spool_standing standing_read(const char *verb);

#endif
