/* A value as an administrator writes it, turned into a number, a time, a size or a text. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "smpp/conf/conf_inner.h"

/* A number and the unit that may follow it. */
struct unit {
    const char *name;
    int64_t factor;
};

static const struct unit times[] = {{"ms", 1},      {"s", 1000},     {"min", 60000},
                                    {"h", 3600000}, {"d", 86400000}, {0}};
static const struct unit sizes[] = {{"", 1},        {"K", 1 << 10},          {"M", 1 << 20},
                                    {"G", 1 << 30}, {"T", (int64_t)1 << 40}, {0}};

char *conf_trim(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t len = strlen(text);
    while (len && isspace((unsigned char)text[len - 1]))
        text[--len] = '\0';
    return text;
}

static bool digits_take(char **at, int64_t *number)
{
    char *text = *at;
    *number = 0;
    while (isdigit((unsigned char)*text) && *number < INT64_MAX / 10 - 9)
        *number = *number * 10 + (*text++ - '0');
    bool some = text != *at && !isdigit((unsigned char)*text);
    *at = text;
    return some;
}

/* A whole number in key's range. */
static int number_take(struct conf_reading *r, const struct conf_key *key, char *value,
                       int64_t *number)
{
    char *at = value;
    if (!digits_take(&at, number) || *at)
        return conf_wrong(r, "`%s` is no whole number. Write one from %lld to %lld.", value,
                          (long long)key->min, (long long)key->max);
    if (*number < key->min || *number > key->max)
        return conf_wrong(r, "%s is outside of its range. Write one from %lld to %lld.", value,
                          (long long)key->min, (long long)key->max);
    return 0;
}

int conf_take_number(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    int64_t number;
    int e = number_take(r, key, value, &number);
    if (e == 0)
        *(unsigned *)at = (unsigned)number;
    return e;
}

int conf_take_u8(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    int64_t number;
    int e = number_take(r, key, value, &number);
    if (e == 0)
        *(uint8_t *)at = (uint8_t)number;
    return e;
}

int conf_take_npi(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    int64_t number;
    char *end = value;
    if (!digits_take(&end, &number) || *end || number > key->max ||
        !link_npi_is_known((uint8_t)number))
        return conf_wrong(r, "%s is unknown to SMPP 3.4. Write 0, 1, 3, 4, 6, 8, 9, 10, 14 or 18.",
                          value);
    *(uint8_t *)at = (uint8_t)number;
    return 0;
}

int conf_take_u16(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    int64_t number;
    int e = number_take(r, key, value, &number);
    if (e == 0)
        *(uint16_t *)at = (uint16_t)number;
    return e;
}

/* Decimals with a point, whatever the locale says; at most 6 of them. */
static int decimals_take(char **at, double *real)
{
    int64_t whole, part = 0;
    if (!digits_take(at, &whole))
        return -EINVAL;
    double scale = 1;
    if (**at == '.') {
        char *begins = ++*at;
        if (!digits_take(at, &part) || *at - begins > 6)
            return -EINVAL;
        scale = pow(10, (double)(*at - begins));
    }
    *real = (double)whole + (double)part / scale;
    return 0;
}

int conf_take_real(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    double real;
    char *end = value;
    if (decimals_take(&end, &real) < 0 || *end || real < (double)key->min ||
        real > (double)key->max)
        return conf_wrong(r, "`%s` is no number from %lld to %lld. Write one, as in 12.5.", value,
                          (long long)key->min, (long long)key->max);
    *(double *)at = real;
    return 0;
}

static int unit_take(const struct unit *units, char *value, int64_t *number)
{
    char *at = value;
    if (!digits_take(&at, number))
        return -EINVAL;
    while (*at == ' ')
        at++;
    for (; units->name; units++)
        if (strcmp(units->name, at) == 0)
            return *number > INT64_MAX / units->factor ? -ERANGE : (*number *= units->factor, 0);
    return *number == 0 && !*at ? 0 : -EINVAL; /* 0 needs no unit */
}

/* How an administrator would write a time. */
static const char *time_word(int64_t ms, char *out, size_t room)
{
    const struct unit *best = times;
    for (const struct unit *unit = times; unit->name; unit++)
        if (ms && ms % unit->factor == 0)
            best = unit;
    snprintf(out, room, "%lld%s", (long long)(ms / best->factor), best->name);
    return out;
}

int conf_take_time(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    char least[32], most[32];
    int64_t ms;
    int e = unit_take(times, value, &ms);
    time_word(key->min, least, sizeof least);
    time_word(key->max, most, sizeof most);
    if (e == -EINVAL)
        return conf_wrong(r,
                          "`%s` is no time. Write a number and ms, s, min, h or d, from %s to %s.",
                          value, least, most);
    if (e < 0 || ms < key->min || ms > key->max)
        return conf_wrong(r, "%s is outside of its range. Write a time from %s to %s.", value,
                          least, most);
    *(int64_t *)at = ms;
    return 0;
}

int conf_take_time32(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    int64_t ms;
    int e = conf_take_time(r, key, value, &ms);
    if (e == 0)
        *(unsigned *)at = (unsigned)ms;
    return e;
}

int conf_take_size(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    int64_t octets;
    if (unit_take(sizes, value, &octets) < 0)
        return conf_wrong(r, "`%s` is no size. Write a number of octets, or one with K, M or G.",
                          value);
    if (octets && octets < key->min)
        return conf_wrong(r, "%s is outside of its range. Write 0, or at least %lldK.", value,
                          (long long)(key->min / 1024));
    *(uint64_t *)at = (uint64_t)octets;
    return 0;
}

/* The choices, for a complaint: "a, b or c". */
static void words_list(const struct conf_word *words, char *out, size_t room)
{
    size_t len = 0;
    for (const struct conf_word *w = words; w->word && len < room; w++)
        len += (size_t)snprintf(out + len, room - len, "%s%s",
                                w == words  ? ""
                                : w[1].word ? ", "
                                            : " or ",
                                w->word);
}

static int word_take(struct conf_reading *r, const struct conf_word *words, const char *value,
                     int *number)
{
    char list[256] = "";
    for (const struct conf_word *w = words; w->word; w++)
        if (strcmp(w->word, value) == 0) {
            *number = w->number;
            return 0;
        }
    words_list(words, list, sizeof list);
    return conf_wrong(r, "`%s` is none of its words. Write %s.", value, list);
}

int conf_take_word(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    return word_take(r, key->words, value, at);
}

int conf_take_flag(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    int number;
    int e = word_take(r, key->words, value, &number);
    if (e == 0)
        *(bool *)at = number != 0;
    return e;
}

int conf_take_truth(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    static const struct conf_word truths[] = {{"yes", 1}, {"no", 0}, {0}};
    struct conf_key yes_no = *key;
    yes_no.words = truths;
    return conf_take_flag(r, &yes_no, value, at);
}

int conf_take_text(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    size_t len = strlen(value);
    for (const char *c = value; *c; c++)
        if (iscntrl((unsigned char)*c))
            return conf_wrong(r, "a control character stands in it. Take it out.");
    if (len < (size_t)key->min)
        return conf_wrong(r, "it is empty. %s", key->doc);
    if (len > (size_t)key->max)
        return conf_wrong(r, "it has %zu characters. Shorten it to %lld.", len,
                          (long long)key->max);
    *(const char **)at = conf_string(r, value);
    return *(const char **)at ? 0 : -ENOMEM;
}

int conf_take_path(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    if (*value && *value != '/')
        return conf_wrong(r, "`%s` does not begin with /. Write the whole path.", value);
    return conf_take_text(r, key, value, at);
}
