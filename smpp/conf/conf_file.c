/* Cuts smppd.conf into sections and keys: `[link NAME]`, `key = value`, `# a comment`. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "smpp/conf/conf_inner.h"

/* Where the reading stands: which section, which struct its keys fill, which were there. */
struct place {
    unsigned section;
    void *base;                   /* NULL: the section itself was wrong, its keys are passed over */
    unsigned seen[CONF_KEYS_MAX]; /* line of each key; 0: not yet */
    unsigned begins;              /* line of its header */
    char title[64];
};

static int key_find(const struct conf_section *section, const char *name)
{
    for (unsigned i = 0; i < section->count; i++)
        if (strcmp(section->keys[i].name, name) == 0)
            return (int)i;
    return -1;
}

/* How many letters must change to make one word the other (Levenshtein), for short words. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[34];
    size_t n = strlen(b);
    if (strlen(a) > 32 || n > 32)
        return 99;
    for (unsigned j = 0; j <= n; j++)
        row[j] = j;
    for (unsigned i = 1; a[i - 1]; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            unsigned best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n];
}

static const char *key_nearest(const struct conf_section *section, const char *name)
{
    const char *nearest = NULL;
    unsigned least = 3;
    for (unsigned i = 0; i < section->count; i++) {
        unsigned d = distance(name, section->keys[i].name);
        if (d < least) {
            least = d;
            nearest = section->keys[i].name;
        }
    }
    return nearest;
}

/* Says what an unknown key may have been meant to be. */
static void key_unknown(struct conf_reading *r, unsigned section, const char *name)
{
    static const char *const where[] = {
        [CONF_TOP] = "above the first section",
        [CONF_LINK] = "below a [link NAME]",
        [CONF_PRICE] = "below a [price YYYY-MM-DD]",
    };
    for (unsigned i = 0; i < conf_sections_count; i++)
        if (i != section && key_find(&conf_sections[i], name) >= 0) {
            conf_wrong(r, "`%s` does not belong here. Write it %s.", name, where[i]);
            return;
        }
    const char *nearest = key_nearest(&conf_sections[section], name);
    if (nearest)
        conf_wrong(r, "no key is called `%s`. Did you mean `%s`?", name, nearest);
    else
        conf_wrong(r, "no key is called `%s`. smppd.conf(5) lists all of them.", name);
}

static void *member(const struct conf_key *key, void *base)
{
    return (char *)base + key->offset;
}

/* At the end of a section: what was not written gets its default. */
static void section_finish(struct conf_reading *r, struct place *place)
{
    const struct conf_section *section = &conf_sections[place->section];
    char value[CONF_LINE_MAX];
    if (!place->base)
        return;
    if (place->section != CONF_PRICE)
        memcpy(r->line_of[place->section == CONF_LINK ? r->conf->links : 0], place->seen,
               sizeof place->seen);
    r->line = place->begins;
    for (unsigned i = 0; i < section->count; i++) {
        const struct conf_key *key = &section->keys[i];
        if (place->seen[i])
            continue;
        r->subject = key->name;
        if (!key->initial) {
            r->subject = "";
            conf_wrong(r, "%s says no `%s`. Add it: %s", place->title, key->name, key->doc);
            continue;
        }
        snprintf(value, sizeof value, "%s", key->initial);
        key->take(r, key, value, member(key, place->base));
    }
    r->subject = "";
}

static void section_enter(struct place *place, unsigned section, void *base, unsigned line)
{
    *place = (struct place){.section = section, .base = base, .begins = line};
}

static bool name_is_good(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
    return n >= 1 && n <= 32 && !name[n];
}

static void *link_new_section(struct conf_reading *r, const char *name)
{
    struct conf *conf = r->conf;
    if (!name_is_good(name)) {
        conf_wrong(r, "a link needs a name of up to 32 letters, digits, - _ or dots. Write it as "
                      "[link main].");
        return NULL;
    }
    for (unsigned i = 0; i < conf->links; i++)
        if (strcmp(conf->link[i].bind.name, name) == 0) {
            conf_wrong(r, "a link `%s` stands in line %u already. Give this one another name.",
                       name, conf->link[i].line);
            return NULL;
        }
    if (conf->links == CONF_LINKS) {
        conf_wrong(r, "there are more than %d links. Take some out.", CONF_LINKS);
        return NULL;
    }
    struct conf_link *link = &conf->link[conf->links];
    link->bind.name = conf_string(r, name);
    if (!link->bind.name)
        return NULL;
    link->line = r->line;
    conf->links++;
    return link;
}

/* 00:00 in America/Santo_Domingo, which is UTC-4 all year. */
static int day_take(const char *day, int64_t *ms)
{
    struct tm tm = {0}, back;
    const char *end = strptime(day, "%Y-%m-%d", &tm);
    if (!end || *end || strlen(day) != 10 || tm.tm_year < 70)
        return -EINVAL;
    int want = tm.tm_mday;
    time_t seconds = timegm(&tm);
    if (!gmtime_r(&seconds, &back) || back.tm_mday != want) /* 30 February became March */
        return -EINVAL;
    *ms = ((int64_t)seconds + 4 * 3600) * 1000;
    return 0;
}

static void *price_new_section(struct conf_reading *r, const char *day)
{
    struct conf *conf = r->conf;
    int64_t from;
    if (day_take(day, &from) < 0) {
        conf_wrong(r, "a price needs the day from which it holds. Write it as [price 2026-01-31].");
        return NULL;
    }
    if (conf->tariffs && conf->tariff[conf->tariffs - 1].from >= from) {
        conf_wrong(r, "prices stand in the order of their days. Move this one up, or change its "
                      "day.");
        return NULL;
    }
    if (conf->tariffs == CONF_TARIFFS) {
        conf_wrong(r, "there are more than %d prices. Take out the oldest.", CONF_TARIFFS);
        return NULL;
    }
    conf->tariff[conf->tariffs].from = from;
    r->price_line[conf->tariffs] = r->line;
    return &conf->tariff[conf->tariffs++];
}

/* `[link NAME]` or `[price DAY]`. */
static void header_take(struct conf_reading *r, struct place *place, char *text)
{
    static void *(*const make[])(struct conf_reading *, const char *) = {
        [CONF_LINK] = link_new_section, [CONF_PRICE] = price_new_section};
    size_t len = strlen(text);
    unsigned line = r->line;
    section_finish(r, place);
    r->line = line;
    section_enter(place, CONF_TOP, NULL, line);
    if (text[len - 1] != ']') {
        conf_wrong(r, "the section is not closed. Write it as [link main].");
        return;
    }
    snprintf(place->title, sizeof place->title, "%s", text);
    text[len - 1] = '\0';
    char *kind = conf_trim(text + 1);
    char *name = kind + strcspn(kind, " \t");
    if (*name)
        *name++ = '\0';
    for (unsigned i = 1; i < conf_sections_count; i++)
        if (strcmp(conf_sections[i].name, kind) == 0) {
            place->section = i;
            place->base = make[i](r, conf_trim(name));
            return;
        }
    conf_wrong(r, "no section is called `%s`. There are [link NAME] and [price YYYY-MM-DD].", kind);
}

static void key_take(struct conf_reading *r, struct place *place, char *text)
{
    char *equals = strchr(text, '=');
    if (!equals || equals == text) {
        conf_wrong(r, "this is neither `key = value` nor [section] nor # comment. Write it as one "
                      "of them.");
        return;
    }
    *equals = '\0';
    char *name = conf_trim(text), *value = conf_trim(equals + 1);
    if (!place->base)
        return;
    int nth = key_find(&conf_sections[place->section], name);
    if (nth < 0) {
        key_unknown(r, place->section, name);
        return;
    }
    const struct conf_key *key = &conf_sections[place->section].keys[nth];
    if (place->seen[nth]) {
        conf_wrong(r, "`%s` stands in line %u already. Take one of them out.", name,
                   place->seen[nth]);
        return;
    }
    place->seen[nth] = r->line;
    r->subject = key->name;
    key->take(r, key, value, member(key, place->base));
    r->subject = "";
}

static void line_take(struct conf_reading *r, struct place *place, char *line, size_t len)
{
    if (strlen(line) != len) {
        conf_wrong(r, "a NUL stands in this line. Take it out.");
        return;
    }
    char *text = conf_trim(line);
    if (*text == '[')
        header_take(r, place, text);
    else if (*text && *text != '#')
        key_take(r, place, text);
}

/* A line longer than may be is told once and passed over to its end. */
static bool line_is_whole(struct conf_reading *r, FILE *file, const char *line, size_t len)
{
    if (len < CONF_LINE_MAX - 1 || line[len - 1] == '\n')
        return true;
    conf_wrong(r, "the line is longer than %d octets. Shorten it.", CONF_LINE_MAX - 2);
    for (int c = getc(file); c != '\n' && c != EOF;)
        c = getc(file);
    return false;
}

/* Like fgets, but tells the length, so that a NUL is seen. */
static size_t line_read(FILE *file, char *line, size_t room)
{
    size_t len = 0;
    int c;
    while (len < room - 1 && (c = getc(file)) != EOF) {
        line[len++] = (char)c;
        if (c == '\n')
            break;
    }
    line[len] = '\0';
    return len;
}

static void lines_read(struct conf_reading *r, FILE *file)
{
    char line[CONF_LINE_MAX];
    struct place place;
    size_t len;
    section_enter(&place, CONF_TOP, r->conf, 0);
    snprintf(place.title, sizeof place.title, "the file");
    while ((len = line_read(file, line, sizeof line))) {
        r->line++;
        if (line_is_whole(r, file, line, len))
            line_take(r, &place, line, len);
    }
    if (ferror(file))
        conf_wrong(r, "cannot be read: %s. See to it that smppd may read it.", strerror(errno));
    section_finish(r, &place);
    explicit_bzero(line, sizeof line);
}

void conf_file_read(struct conf_reading *r)
{
    struct stat st;
    FILE *file = fopen(r->path, "re");
    if (!file) {
        conf_wrong(r, "cannot be opened: %s. Give another with -c, or let smppd read it.",
                   strerror(errno));
        return;
    }
    if (fstat(fileno(file), &st) == 0 && (S_ISDIR(st.st_mode) || S_ISCHR(st.st_mode)))
        conf_wrong(r, "is a directory or a device. Give a file.");
    else {
        r->conf->exposed = (st.st_mode & S_IROTH) != 0;
        lines_read(r, file);
    }
    fclose(file);
}
