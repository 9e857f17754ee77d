/* Facts about what is written for administrators: conf/smppd.conf and smppd.conf(5) name every key
 * with its default and its words, and no key that is none; the manual its range too. Read from the
 * tree: run at its top. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "smpp/conf/conf_inner.h"

static const char shipped[] = "conf/smppd.conf", manual[] = "conf/man/smppd.conf.5";

static char *file_read(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s cannot be read; run this at the top of the tree", path);
    char *text = calloc(1, 1 << 20);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    fclose(file);
    return text;
}

static const struct conf_key *key_of(unsigned section, const char *name, size_t len)
{
    for (unsigned i = 0; i < conf_sections[section].count; i++) {
        const struct conf_key *key = &conf_sections[section].keys[i];
        if (strlen(key->name) == len && strncmp(key->name, name, len) == 0)
            return key;
    }
    return NULL;
}

static unsigned section_of(const char *line)
{
    for (unsigned i = 1; i < conf_sections_count; i++)
        if (strncmp(line + 1, conf_sections[i].name, strlen(conf_sections[i].name)) == 0)
            return i;
    fail_msg("unknown section: %s", line);
    return 0;
}

/* One `key = value` or `#key = value`; the key, or NULL for any other line. */
static const struct conf_key *line_check(unsigned section, const char *line)
{
    const char *name = line + (*line == '#');
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (!len || strncmp(name + len, " =", 2) != 0)
        return NULL;
    const struct conf_key *key = key_of(section, name, len);
    if (!key)
        fail_msg("%s names a key that is none: %s", shipped, line);
    if ((*line == '#') != (key->initial != NULL))
        fail_msg("a key with a default stands behind a #, one without does not: %s", line);
    const char *value = name + len + 2 + (name[len + 2] == ' ');
    if (key->initial && strcmp(value, key->initial) != 0)
        fail_msg("%s: the default of %s is `%s`, not `%s`", shipped, key->name, key->initial,
                 value);
    return key;
}

static void the_shipped_file_shows_every_key_once_with_its_default(void **state)
{
    (void)state;
    char *text = file_read(shipped), *rest = NULL;
    unsigned section = CONF_TOP, seen[3][CONF_KEYS_MAX] = {{0}};
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if (*line == '[')
            section = section_of(line);
        const struct conf_key *key = line_check(section, line);
        if (key)
            seen[section][key - conf_sections[section].keys]++;
    }
    for (unsigned s = 0; s < conf_sections_count; s++)
        for (unsigned i = 0; i < conf_sections[s].count; i++)
            if (seen[s][i] != 1)
                fail_msg("%s shows %s %u times", shipped, conf_sections[s].keys[i].name,
                         seen[s][i]);
    free(text);
}

static void told(void *ctx, const char *sentence)
{
    (void)ctx;
    fail_msg("%s", sentence);
}

static void the_shipped_file_is_good(void **state)
{
    (void)state;
    struct conf *conf = conf_load(shipped, told, NULL);
    assert_non_null(conf);
    conf_drop(conf);
}

static void the_manual_names_every_key(void **state)
{
    (void)state;
    char *text = file_read(manual);
    for (unsigned s = 0; s < conf_sections_count; s++)
        for (unsigned i = 0; i < conf_sections[s].count; i++) {
            const struct conf_key *key = &conf_sections[s].keys[i];
            char item[600];
            snprintf(item, sizeof item, ".It Ic %s%s", key->name,
                     key->initial && strlen(key->initial) >= 30 ? "\n" : " No =");
            if (!strstr(text, item))
                fail_msg("%s has no <<%s>>", manual, item);
            snprintf(item, sizeof item, ".It Ic %s No = Li \"%s\"\n", key->name,
                     key->initial ? key->initial : "");
            if (key->initial && *key->initial && strlen(key->initial) < 30 && !strstr(text, item))
                fail_msg("%s has no <<%s>>", manual, item);
        }
    free(text);
}

/* What the manual says of a key, NUL at its end; the caller frees. */
static char *entry_of(const char *text, unsigned section, const char *name)
{
    char item[80];
    const char *at = text;
    for (unsigned s = 0; s <= section; s++)
        at = strstr(at, ".Sh KEYS OF") + 1;
    snprintf(item, sizeof item, "\n.It Ic %s", name);
    for (at = strstr(at, item); at && !strchr(" \n", at[strlen(item)]); at = strstr(at + 1, item))
        ;
    assert_non_null(at);
    const char *end = strstr(at + 1, "\n.It "), *last = strstr(at, "\n.El");
    return strndup(at, (size_t)((end && end < last ? end : last) - at));
}

static void remedy_keep(void *ctx, const char *sentence)
{
    snprintf(ctx, 512, "%s", sentence);
}

/* The range that smppd tells who wrote nonsense, as "1 to 4096" or of a text "15"; "" where there
 * is none. */
static void range_of(const struct conf_key *key, char range[512])
{
    bool is_text = key->take == conf_take_text;
    const char *before = is_text ? "Shorten it to " : " from ";
    char value[2000] = "?", said[512] = "";
    struct conf_link member; /* has room for any */
    struct conf *conf = calloc(1, sizeof *conf);
    struct conf_reading r = {
        .conf = conf, .path = "", .subject = "", .complain = remedy_keep, .ctx = said};
    if (is_text)
        memset(value, 'x', sizeof value - 1);
    (void)key->take(&r, key, value, &member); /* some take it */
    const char *found = strstr(said, before);
    snprintf(range, 512, "%s", found ? found + strlen(before) : "");
    range[strcspn(range, ".,")] = '\0';
    conf->users = 1;
    conf_drop(conf);
}

static void the_manual_names_every_range_and_word(void **state)
{
    (void)state;
    char *text = file_read(manual);
    for (unsigned s = 0; s < conf_sections_count; s++)
        for (unsigned i = 0; i < conf_sections[s].count; i++) {
            const struct conf_key *key = &conf_sections[s].keys[i];
            char *entry = entry_of(text, s, key->name), range[512];
            range_of(key, range);
            if (!strstr(entry, range))
                fail_msg("%s does not say `%s` of %s", manual, range, key->name);
            for (const struct conf_word *w = key->words; w && w->word; w++)
                if (!strstr(entry, w->word))
                    fail_msg("%s does not say `%s` of %s", manual, w->word, key->name);
            free(entry);
        }
    free(text);
}

static void the_manual_names_no_key_that_is_none(void **state)
{
    (void)state;
    char *text = file_read(manual), *at = text;
    unsigned items = 0, keys = 0;
    char *end = strstr(text, ".Sh WHAT A RELOAD");
    assert_non_null(end);
    *end = '\0';
    while ((at = strstr(at, "\n.It Ic "))) {
        at += 8;
        items++;
    }
    for (unsigned s = 0; s < conf_sections_count; s++)
        keys += conf_sections[s].count;
    assert_int_equal(items, keys);
    free(text);
}

static void no_section_has_more_keys_than_can_be_counted(void **state)
{
    (void)state;
    for (unsigned s = 0; s < conf_sections_count; s++)
        assert_true(conf_sections[s].count <= CONF_KEYS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_file_shows_every_key_once_with_its_default),
        cmocka_unit_test(the_shipped_file_is_good),
        cmocka_unit_test(the_manual_names_every_key),
        cmocka_unit_test(the_manual_names_every_range_and_word),
        cmocka_unit_test(the_manual_names_no_key_that_is_none),
        cmocka_unit_test(no_section_has_more_keys_than_can_be_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
