/* The life of a configuration: loaded, kept, dropped; and the few questions asked of it. */
#include "smpp/conf/conf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/conf/conf_inner.h"

#define PLACEHOLDER "{nombre}"

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

bool conf_carries(const struct link_conf *bind, const char *short_code)
{
    const struct conf_link *link = bind->profile;
    for (unsigned i = 0; i < link->codes.count; i++)
        if (strcmp(link->codes.code[i], short_code) == 0)
            return true;
    return false;
}

int conf_text(char *out, size_t room, const char *text, const char *name)
{
    const char *hole = strstr(text, PLACEHOLDER);
    int before = hole ? (int)(hole - text) : (int)strlen(text);
    int len = snprintf(out, room, "%.*s%s%s", before, text, hole && name ? name : "",
                       hole ? hole + strlen(PLACEHOLDER) : "");
    return len >= 0 && (size_t)len < room ? len : -ENOSPC;
}
