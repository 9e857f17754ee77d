/* An answer on disk on its way to the visitor's box. */
#ifndef SMPP_SWITCH_ANSWER_SHOW_H
#define SMPP_SWITCH_ANSWER_SHOW_H

#include "smpp/switch/assembly.h"
#include "smpp/switch/conversation.h"

struct switchboard;

/* Whom an answer is for. */
struct answer_target {
    char session[ROUTE_ID_ROOM], conversation[ROUTE_ID_ROOM];
    char name[ROUTE_NAME_ROOM], mobile[MOBILE_ROOM], code[ROUTE_CODE_ROOM];
    int64_t until; /* of the conversation, ms; 0: its line stays as it is */
    bool late;
    bool told; /* its sender has been confirmed, or will not be */
    struct text_profile profile;
};

#define ANSWER_INCOMPATIBLE "(mensaje no compatible)"
#define ANSWER_EMPTY        "(mensaje vacío)"

/* The text of one part as it is shown. Its length. */
int answer_text(char *out, size_t room, const struct assembly_part *part,
                const struct text_profile *profile);

/* Shows a text; `replies` are the spool's names of its parts. */
void answer_show(struct switchboard *sb, const struct answer_target *target, const char *text,
                 const uint64_t *replies, unsigned count, unsigned parts, bool missing);

/* As assembly_add, but never ASSEMBLY_ANOTHER: what that belongs to is shown as far as it came. */
int answer_part_add(struct switchboard *sb, const struct assembly_part *part, struct assembly **at);

/* A part joins the others; the whole is shown when it is complete or its time is over. */
void answer_part_join(struct switchboard *sb, const struct assembly_part *part,
                      const struct answer_target *target);

/* Joins an assembly, shows it, confirms it, frees it and its target. */
void answer_show_whole(struct switchboard *sb, struct assembly *assembly);

#endif
