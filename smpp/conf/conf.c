/* The life of a configuration: loaded, kept, dropped; and the few questions asked of it. */
#include "smpp/conf/conf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/conf/conf_inner.h"

/* Its strings, chained; passwords among them, so all are wiped. */
struct conf_room {
    struct conf_room *next;
    char text[];
};

int conf_wrong(struct conf_reading *r, const char *format, ...)
{
    char what[1024], sentence[1400];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    char line[16] = "";
    if (r->line)
        snprintf(line, sizeof line, ":%u", r->line);
    snprintf(sentence, sizeof sentence, "%s%s: %s%s%s", r->path, line, r->subject,
             *r->subject ? ": " : "", what);
    r->wrong++;
    if (r->complain)
        r->complain(r->ctx, sentence);
    return -EINVAL;
}

const char *conf_string(struct conf_reading *r, const char *text)
{
    size_t len = strlen(text);
    struct conf_room *room = malloc(sizeof *room + len + 1);
    if (!room) {
        conf_wrong(r, "there is no memory left. Free some.");
        return NULL;
    }
    memcpy(room->text, text, len + 1);
    room->next = r->conf->room;
    r->conf->room = room;
    return room->text;
}

struct conf *conf_load(const char *path, conf_complain *complain, void *ctx)
{
    struct conf *conf = calloc(1, sizeof *conf);
    struct conf_reading r = {
        .conf = conf, .path = path, .subject = "", .complain = complain, .ctx = ctx};
    if (!conf) {
        conf_wrong(&r, "there is no memory left. Free some.");
        return NULL;
    }
    conf->users = 1;
    conf->file = conf_string(&r, path);
    conf_file_read(&r);
    r.line = 0;
    r.subject = "";
    if (!r.wrong)
        conf_check(&r);
    if (!r.wrong)
        return conf;
    conf_drop(conf);
    return NULL;
}

struct conf *conf_keep(struct conf *conf)
{
    conf->users++;
    return conf;
}

void conf_drop(struct conf *conf)
{
    if (!conf || --conf->users)
        return;
    while (conf->room) {
        struct conf_room *room = conf->room;
        conf->room = room->next;
        explicit_bzero(room->text, strlen(room->text));
        free(room);
    }
    free(conf);
}

bool conf_codes_have(const struct conf_codes *codes, const char *code)
{
    for (unsigned i = 0; i < codes->count; i++)
        if (strcmp(codes->code[i], code) == 0)
            return true;
    return false;
}

/* Those of `before` that are not among `codes`. */
static void codes_retire(struct conf_codes *retired, const struct conf_codes *codes,
                         const struct conf_codes *before)
{
    for (unsigned i = 0; i < before->count && retired->count < CONF_CODES; i++)
        if (!conf_codes_have(codes, before->code[i]) && !conf_codes_have(retired, before->code[i]))
            strcpy(retired->code[retired->count++], before->code[i]);
}

void conf_retire(const struct conf *before, struct conf *conf)
{
    for (unsigned i = 0; i < conf->links; i++) {
        struct conf_link *link = &conf->link[i];
        for (unsigned j = 0; j < before->links; j++) {
            const struct conf_link *was = &before->link[j];
            if (strcmp(was->bind.name, link->bind.name) != 0)
                continue;
            codes_retire(&link->retired, &conf->codes, &was->codes);
            codes_retire(&link->retired, &conf->codes, &was->retired);
        }
        codes_retire(&conf->retired, &conf->codes, &link->retired);
    }
}

bool conf_carries(const struct link_conf *bind, const char *short_code)
{
    const struct conf_link *link = bind->profile;
    return conf_codes_have(&link->codes, short_code) || conf_codes_have(&link->retired, short_code);
}

const struct conf_link *conf_link_of(const struct conf *conf, const char *short_code)
{
    for (unsigned i = 0; i < conf->links; i++)
        if (conf_carries(&conf->link[i].bind, short_code))
            return &conf->link[i];
    return NULL;
}

static int hole_fill(char *out, size_t room, const char *text, const char *hole, const char *value)
{
    const char *at = strstr(text, hole);
    int before = at ? (int)(at - text) : (int)strlen(text);
    int len = snprintf(out, room, "%.*s%s%s", before, text, at && value ? value : "",
                       at ? at + strlen(hole) : "");
    return len >= 0 && (size_t)len < room ? len : -ENOSPC;
}

int conf_text(char *out, size_t room, const char *text, const char *name)
{
    return hole_fill(out, room, text, CONF_NAME, name);
}

int conf_minutes(char *out, size_t room, const char *text, int64_t conversation_ms)
{
    char minutes[24];
    int64_t whole = conversation_ms / 60000;
    (void)snprintf(minutes, sizeof minutes, "%lld", whole > 1 ? (long long)whole : 1);
    return hole_fill(out, room, text, CONF_MINUTES, minutes);
}
