/* One held answer, until it is decided and all have heard of it: shared by the files repeat*.c. */
#ifndef SMPP_SWITCH_REPEAT_INNER_H
#define SMPP_SWITCH_REPEAT_INNER_H

#include "smpp/switch/repeat.h"
#include "smpp/switch/switchboard.h"

enum repeat_step {
    REPEAT_ASKED,  /* is it a repetition? */
    REPEAT_ENDING, /* decided, and not on disk yet */
    REPEAT_KEPT    /* ours counts, and others must know */
};

struct repeat {
    TAILQ_ENTRY(repeat) due;
    struct switchboard *sb;
    enum repeat_step step;
    enum spool_end end;
    bool claimed; /* ours counts, and has been shown */
    uint64_t reply, likeness;
    char mobile[PDU_ADDRESS_MAX + 1], code[PDU_ADDRESS_MAX + 1], id[PDU_MESSAGE_ID_MAX + 1];
    int64_t received, after;
    uint64_t also;     /* as in struct spool_twin */
    int64_t since, at; /* ms: when the step began; when something is done next */
    unsigned silent;   /* asked so often since anybody said anything */
    unsigned looks;    /* strays.looks that it is decided after; 0: any */
    unsigned twins;    /* who has not said no; one after the other is asked, and told */
    char twin[][STORER_KEY_ROOM];
};

enum { REPEATS_MAX = 4096, REPEAT_AGAIN_MS = 1000 };

/* Into the list, for so long; and out of it. */
void repeat_wait(struct repeat *repeat, int64_t ms);
void repeat_take(struct repeat *repeat);

/* Decides; it is in no list. */
void repeat_end(struct repeat *repeat, enum spool_end end);
/* Tells who has not heard that ours counts, again later and later, for a day. */
void repeat_tell(struct repeat *repeat);
void repeat_free(struct repeat *repeat);

/* Leaves `asked` or `kept`, as the step is, for the first of its twins. */
void repeat_post(const struct repeat *repeat);

/* What we say of another one's. */
struct verdict {
    const char *to;
    uint64_t reply; /* its name for it */
    bool kept;      /* what it had said: that its own counts */
    enum spool_verdict verdict;
    uint64_t gone; /* ours that gave way; 0: none */
};
/* How the spool calls an answer of an smppd. */
uint64_t repeat_name(const char *instance, uint64_t reply);
void verdict_post(struct switchboard *sb, const struct verdict *verdict);

/* Reads one that was said to us; false where it is for another one, or no verdict. `to` is who
 * said it. */
bool verdict_read(const struct switchboard *sb, const struct line *line, struct verdict *verdict);

#endif
