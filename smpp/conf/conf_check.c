/* What can only be seen when all of smppd.conf is read: directories, prices, words, links. */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "smpp/logbook/clock.h"
#include "smpp/conf/conf_inner.h"
#include "smpp/logbook/log.h"

/* Where a key of a link, or of the top (NULL), is written; 0: nowhere. */
static unsigned line_of(const struct conf_reading *r, const struct conf_link *link, const char *key)
{
    const struct conf_section *section = &conf_sections[link ? CONF_LINK : CONF_TOP];
    const unsigned *line = r->line_of[link ? link - r->conf->link + 1 : 0];
    for (unsigned i = 0; i < section->count; i++)
        if (strcmp(section->keys[i].name, key) == 0)
            return line[i];
    return 0;
}

void conf_about(struct conf_reading *r, const struct conf_link *link, const char *key)
{
    unsigned line = line_of(r, link, key);
    r->subject = key;
    r->line = line ? line : link ? link->line : 0;
}

void conf_about_either(struct conf_reading *r, const struct conf_link *link, const char *one,
                       const char *other)
{
    conf_about(r, link, line_of(r, link, one) ? one : other);
}

static void codes_join(struct conf *conf, const struct conf_codes *codes, struct conf_reading *r)
{
    for (unsigned i = 0; i < codes->count; i++) {
        if (conf_codes_have(&conf->codes, codes->code[i]))
            continue;
        if (conf->codes.count == CONF_CODES) {
            conf_wrong(r, "the links carry more than %d short codes. Take some out.", CONF_CODES);
            return;
        }
        strcpy(conf->codes.code[conf->codes.count++], codes->code[i]);
    }
}

/* What all links say of letters is what the page counts with. */
static void letters_join(struct conf *conf)
{
    bool agree = true;
    for (unsigned i = 0; i < conf->links; i++) {
        if ((int)conf->link[i].letters == CONF_LETTERS_DEFAULT)
            conf->link[i].letters = conf->letters;
        agree = agree && conf->link[i].letters == conf->link[0].letters;
    }
    if (conf->links && agree)
        conf->letters = conf->link[0].letters;
}

static void links_check(struct conf_reading *r)
{
    struct conf *conf = r->conf;
    bool inlined = false;
    if (!conf->links)
        conf_wrong(r,
                   "it names no link to an SMSC. Add a section [link NAME] with host, system_id, "
                   "password_file and codes.");
    for (unsigned i = 0; i < conf->links; i++) {
        inlined = inlined || *conf->link[i].bind.password;
        conf_link_check(r, &conf->link[i]);
        conf_about(r, &conf->link[i], "codes");
        codes_join(conf, &conf->link[i].codes, r);
    }
    r->subject = "";
    letters_join(conf);
    conf->exposed = conf->exposed && inlined;
    r->line = 0;
}

/* Without any [price], the price of the table holds since ever. */
static void tariffs_check(struct conf_reading *r)
{
    struct conf *conf = r->conf;
    const struct conf_section *section = &conf_sections[CONF_PRICE];
    struct charge held;
    char why[256], value[CONF_LINE_MAX];
    r->subject = "price";
    if (!conf->tariffs) {
        conf->tariffs = 1;
        for (unsigned i = 0; i < section->count; i++) {
            const struct conf_key *key = &section->keys[i];
            snprintf(value, sizeof value, "%s", key->initial);
            key->take(r, key, value, (char *)&conf->tariff[0] + key->offset);
        }
    }
    for (size_t i = 0; i < conf->tariffs; i++) {
        r->line = r->price_line[i];
        if (charge_check(&conf->tariff[i], 1, why, sizeof why) < 0)
            conf_wrong(r, "%s. Correct it.", why);
    }
    r->line = r->price_line[0];
    if (charge_of(conf->tariff, conf->tariffs, clock_wall(), &held) < 0)
        conf_wrong(r, "none holds today, so answers would be free. Add a [price] with an earlier "
                      "day.");
    r->subject = "";
    r->line = 0;
}

struct word_list {
    const char *key;
    const struct conf_words *words;
};

static bool words_hold(const struct conf_words *words, const char *folded)
{
    char other[CONF_LINE_MAX];
    for (unsigned i = 0; i < words->count; i++)
        if (text_fold(other, sizeof other, words->word[i]) && strcmp(other, folded) == 0)
            return true;
    return false;
}

/* An answer has one meaning. */
static void words_compare(struct conf_reading *r, const struct word_list *one,
                          const struct word_list *other)
{
    char folded[CONF_LINE_MAX];
    for (unsigned i = 0; i < one->words->count; i++) {
        (void)text_fold(folded, sizeof folded, one->words->word[i]); /* no longer than its line */
        if (!words_hold(other->words, folded))
            continue;
        conf_about_either(r, NULL, one->key, other->key);
        conf_wrong(r, "`%s` stands in %s and in %s. Take one out.", one->words->word[i], one->key,
                   other->key);
    }
}

static void words_check(struct conf_reading *r)
{
    const struct conf *conf = r->conf;
    const struct word_list lists[] = {{"words_stop", &conf->words_stop},
                                      {"words_block", &conf->words_block},
                                      {"words_start", &conf->words_start},
                                      {"words_help", &conf->words_help}};
    for (unsigned i = 0; i < sizeof lists / sizeof *lists; i++)
        for (unsigned j = 0; j < i; j++)
            words_compare(r, &lists[i], &lists[j]);
    r->subject = "";
    r->line = 0;
}

/* One that is not there yet is made, if the one above it is there. */
static void directory_check(struct conf_reading *r, const char *key, const char *path)
{
    char above[CONF_LINE_MAX];
    struct stat st;
    conf_about(r, NULL, key);
    snprintf(above, sizeof above, "%s", path);
    if (stat(path, &st) < 0) {
        int e = errno;
        const char *parent = dirname(above);
        if (e == ENOENT && ((stat(parent, &st) == 0 && S_ISDIR(st.st_mode)) ||
                            (path != r->conf->state && strcmp(parent, r->conf->state) == 0)))
            return;
        conf_wrong(r, "%s cannot be made: %s. Make the directory above it.", path, strerror(e));
    } else if (!S_ISDIR(st.st_mode)) {
        conf_wrong(r, "%s is no directory. Name one.", path);
    }
}

int conf_check_writing(struct conf *conf, conf_complain *complain, void *ctx)
{
    const struct {
        const char *key, *path;
    } places[] = {{"state", conf->state}, {"cdr_directory", conf->cdr_directory}};
    struct conf_reading r = {.conf = conf, .path = conf->file, .complain = complain, .ctx = ctx};
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
        struct stat st;
        bool ours = stat(places[i].path, &st) == 0 && st.st_uid == geteuid();
        r.subject = places[i].key;
        if (access(places[i].path, W_OK | X_OK) < 0 && (ours || errno == EROFS))
            conf_wrong(&r, "%s cannot be written: %s. Let smppd write into it.", places[i].path,
                       strerror(errno));
    }
    return r.wrong ? -EINVAL : 0;
}

static void instance_name(struct conf_reading *r)
{
    char host[64] = "", name[96];
    unsigned hash = 5381;
    if (*r->conf->instance)
        return;
    gethostname(host, sizeof host - 1);
    for (const char *c = r->conf->state; *c; c++)
        hash = hash * 33 + (unsigned char)*c;
    snprintf(name, sizeof name, "%s-%04x", host, hash & 0xffff);
    r->conf->instance = conf_string(r, name);
}

static void key_octets_check(struct conf_reading *r, const char *key, const char *text)
{
    for (const char *c = text; *c; c++)
        if (*c <= ' ' || *c > '~') {
            conf_about(r, NULL, key);
            conf_wrong(r, "`%s` cannot stand in a memcached key. Use ASCII without spaces.", text);
            break;
        }
}

/* In all texts; what `conversation` says is known only when the whole file is read. */
static void minutes_fill(struct conf_reading *r)
{
    struct conf_texts *t = &r->conf->texts;
    const char **texts[] = {&t->notice,  &t->confirmation, &t->late,    &t->no_conversation,
                            &t->stopped, &t->resumed,      &t->blocked, &t->help};
    char filled[TEXT_ROOM];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strstr(*texts[i], CONF_MINUTES) &&
            conf_minutes(filled, sizeof filled, *texts[i], r->conf->conversation_ms) >= 0)
            *texts[i] = conf_string(r, filled);
}

void conf_check(struct conf_reading *r)
{
    struct conf *conf = r->conf;
    instance_name(r);
    key_octets_check(r, "store_prefix", conf->store_prefix);
    key_octets_check(r, "instance", conf->instance);
    conf_about(r, NULL, "instance");
    if (strcmp(conf->instance, "*") == 0)
        conf_wrong(r, "`*` stands for all smppd. Write a name.");
    conf_about_either(r, NULL, "memory", "validity");
    if (conf->validity_ms > conf->memory_ms)
        conf_wrong(r, "validity is longer than memory, so an answer might find no conversation. "
                      "Write memory at least as long.");
    r->subject = "";
    r->line = 0;
    if (!*conf->cdr_directory)
        conf->cdr_directory = conf->state;
    directory_check(r, "state", conf->state);
    if (conf->cdr_directory != conf->state)
        directory_check(r, "cdr_directory", conf->cdr_directory);
    char socket[CONF_LINE_MAX];
    snprintf(socket, sizeof socket, "%s", conf->socket);
    directory_check(r, "socket", dirname(socket));
    minutes_fill(r);
    words_check(r);
    tariffs_check(r);
    links_check(r);
}

/* What was set up at the start: strings by pointer, numbers by value. */
#define TEXT(member)   offsetof(struct conf, member), 0
#define NUMBER(member) offsetof(struct conf, member), sizeof((struct conf *)0)->member
static const struct {
    const char *key;
    size_t offset, size; /* 0: a string */
} until_restart[] = {
    {"socket", TEXT(socket)},
    {"socket_group", TEXT(socket_group)},
    {"state", TEXT(state)},
    {"store", TEXT(store)},
    {"store_prefix", TEXT(store_prefix)},
    {"instance", TEXT(instance)},
    {"cdr_directory", TEXT(cdr_directory)},
    {"spool_queue", NUMBER(spool_queue)},
    {"store_queue", NUMBER(store_queue)},
    {"spool_size", NUMBER(spool_octets)},
    {"cdr_period", NUMBER(cdr_period_ms)},
    {"cdr_records", NUMBER(cdr_records)},
    {"keep_texts", NUMBER(keep_texts_ms)},
    {"keep_cdrs", NUMBER(keep_cdrs_ms)},
    {"repeat", NUMBER(repeat_ms)},
};

int conf_restart_keep(const struct conf *now, struct conf *next)
{
    struct conf_reading r = {.conf = next, .path = next->file, .subject = ""};
    for (unsigned i = 0; i < sizeof until_restart / sizeof *until_restart; i++) {
        size_t size = until_restart[i].size;
        const void *is = (const char *)now + until_restart[i].offset;
        void *will = (char *)next + until_restart[i].offset;
        const char *text = size ? "" : *(const char *const *)is;
        if (size ? memcmp(is, will, size) == 0 : strcmp(text, *(const char **)will) == 0)
            continue;
        log_warning("SD0013", "only a restart takes this over: key=%s", until_restart[i].key);
        if (size)
            memcpy(will, is, size);
        else
            *(const char **)will = conf_string(&r, text);
    }
    return r.wrong ? -ENOMEM : 0;
}
