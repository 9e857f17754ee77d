/* What other smppd left, read and handed to whom it concerns; see stray.h. */
#include "smpp/switch/switchboard.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/switch/closing.h"
#include "smpp/switch/stray_part.h"
#include "smpp/wire/line.h"

enum { KEEP_MS = 60000 };

static const char cursor_name[] = "strays";

void strays_start(struct strays *strays, struct spool *spool, const char *instance)
{
    char number[24];
    alive_start(&strays->look.own, 1, instance);
    TAILQ_INIT(&strays->due);
    if (spool_meta_read(spool, cursor_name, number, sizeof number) == 0)
        strays->look.cursor = strays->kept = strtoull(number, NULL, 10);
}

static void stray_take(struct switchboard *sb, char *text)
{
    struct line line;
    if (line_parse(&line, text, strlen(text)) < 0)
        return; /* not written by an smppd */
    if (strcmp(line.verb, "optout") == 0 || strcmp(line.verb, "optin") == 0)
        optouts_heard(sb, &line);
    const char *from = line_get(&line, "from");
    if (!from || strcmp(from, sb->conf->instance) == 0)
        return;
    if (strcmp(line.verb, "receipt") == 0)
        stray_receipt_take(sb, &line);
    else if (strcmp(line.verb, "part") == 0)
        stray_part_take(sb, &line);
    else if (strcmp(line.verb, "asked") == 0 || strcmp(line.verb, "kept") == 0 ||
             strcmp(line.verb, "filed") == 0)
        repeat_asked(sb, &line);
    else if (strcmp(line.verb, "verdict") == 0)
        repeat_verdict(sb, &line);
    else if (strcmp(line.verb, "wiped") == 0)
        closing_heard(sb, &line);
}

static void strays_looked(struct stray_look *look);

static void strays_ask(struct switchboard *sb, bool again)
{
    struct stray_look *look = &sb->strays.look;
    if (sb->strays.lost) { /* it may have counted beyond what it had been read to */
        look->begun = again = sb->strays.lost = false;
        look->cursor = look->counted = 0;
    }
    look->again = again;
    look->awaited = !refill_is_read(sb);
    look->then = strays_looked;
    sb->strays.asked = true;
    sb->strays.looking = stray_look_put(sb->storer, look) == 0;
}

/* What is read again after a crash does no harm; that the count began anew is kept at once, for
 * what comes while this one is down may be counted to where it had been. */
static void cursor_keep(struct switchboard *sb)
{
    struct strays *strays = &sb->strays;
    char number[24];
    int64_t now = switch_now(sb);
    if (strays->look.cursor == strays->kept ||
        (strays->look.cursor > strays->kept && now - strays->kept_at < KEEP_MS))
        return;
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)strays->look.cursor);
    if (spool_meta(sb->spool, cursor_name, number, (struct spool_done){0}) < 0)
        return; /* later */
    strays->kept = strays->look.cursor;
    strays->kept_at = now;
}

static void strays_looked(struct stray_look *look)
{
    struct switchboard *sb =
        (struct switchboard *)(void *)((char *)look - offsetof(struct switchboard, strays.look));
    sb->strays.looking = false;
    if (look->job.e == -ECANCELED)
        return;
    for (unsigned i = 0; look->job.e == 0 && i < look->count; i++)
        if (look->line[i][0])
            stray_take(sb, look->line[i]);
    if (look->job.e == 0 && look->more && switch_spool_has_room(sb))
        strays_ask(sb, true);
    if (sb->strays.looking)
        return;
    sb->strays.looks++;
    cursor_keep(sb);
    refill_strays_are_read(sb);
}

bool strays_look(struct switchboard *sb)
{
    stray_parts_post(sb);
    if (!sb->strays.looking && switch_spool_has_room(sb))
        strays_ask(sb, false);
    return sb->strays.looking;
}
