/* A conversation as the spool keeps it; see conversation_row.h. */
#include "smpp/switch/conversation_row.h"

#include <stdio.h>
#include <string.h>

#include "smpp/logbook/log.h"
#include "smpp/storer/given.h"
#include "smpp/switch/switchboard.h"
#include "smpp/wire/line.h"

enum { MORE_ROOM = 96 };

struct spool_conversation conversation_row(const struct conversation *conversation, bool ended)
{
    return (struct spool_conversation){
        .id = conversation->id,
        .session = conversation->session->name,
        .mobile = conversation->mobile,
        .code = conversation->code,
        .name = conversation->name,
        .until = conversation->until,
        .last = conversation->last,
        .unanswered = conversation->unanswered,
        .ended = ended,
    };
}

/* What the spool's row of a conversation keeps beside its columns: a line of the common grammar. */
void conversation_save(struct switchboard *sb, const struct conversation *conversation, bool ended)
{
    char more[MORE_ROOM], given[CONVERSATION_GIVEN * (GIVEN_DIGEST + 1)];
    struct line_writer w;
    for (unsigned i = 0; i < CONVERSATION_GIVEN; i++) {
        given_digest(given + i * (GIVEN_DIGEST + 1), conversation->given[i]);
        if (i > 0)
            given[i * (GIVEN_DIGEST + 1) - 1] = ',';
    }
    line_begin(&w, more, sizeof more);
    line_verb(&w, "more", NULL);
    line_put_number(&w, "answered", conversation->answered);
    line_put_number(&w, "handed", conversation->handed);
    line_put_number(&w, "over", conversation->over);
    line_put(&w, "given", given);
    struct spool_conversation row = conversation_row(conversation, ended);
    row.more = (struct spool_octets){more, w.len};
    if (spool_conversation(sb->spool, &row, (struct spool_done){0}) < 0)
        log_warning("SD0340", "the spool takes no more: a conversation's end is not kept");
}

void conversation_more(struct conversation *conversation, const struct spool_conversation *row)
{
    char more[MORE_ROOM + 1];
    uint32_t *given = conversation->given;
    struct line line;
    if (row->more.length == 0 || row->more.length >= sizeof more)
        return;
    memcpy(more, row->more.at, row->more.length);
    if (line_parse(&line, more, row->more.length) < 0)
        return;
    conversation->answered = line_number(&line, "answered", 0) != 0;
    conversation->handed = line_number(&line, "handed", 0) != 0;
    conversation->over = line_number(&line, "over", 0) != 0;
    const char *digests = line_get(&line, "given");
    if (digests) /* what cannot be read stays 0 */
        (void)sscanf(digests, "%x,%x,%x,%x", &given[0], &given[1], &given[2], &given[3]);
}
