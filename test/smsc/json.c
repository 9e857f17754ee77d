// RFC 8259, as much of it as a form needs.
#include "test/smsc/json.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>

#include "test/smsc/text.h"

void json_string(struct evbuffer *out, const char *utf8)
{
    const char *from = utf8;

    evbuffer_add(out, "\"", 1);
    for (; *utf8; utf8++) {
        if ((unsigned char)*utf8 >= 0x20 && *utf8 != '"' && *utf8 != '\\')
            continue;
        evbuffer_add(out, from, (size_t)(utf8 - from));
        evbuffer_add_printf(out, "\\u%04x", (unsigned char)*utf8);
        from = utf8 + 1;
    }
    evbuffer_add(out, from, (size_t)(utf8 - from));
    evbuffer_add(out, "\"", 1);
}

void json_time(struct evbuffer *out, uint64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    char text[32];
    struct tm tm;

    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &tm));
    evbuffer_add_printf(out, "\"%s.%03uZ\"", text, (unsigned)(wall_ms % 1000));
}

struct reader {
    const char *at;
    bool bad;
};

static char next_take(struct reader *r)
{
    while (*r->at && strchr(" \t\r\n", *r->at))
        r->at++;
    return *r->at ? *r->at++ : 0;
}

static uint32_t unit_take(struct reader *r)
{
    char digits[5] = "", *end;

    for (int i = 0; i < 4 && r->at[i]; i++)
        digits[i] = r->at[i];
    uint32_t unit = (uint32_t)strtoul(digits, &end, 16);
    if (end != digits + 4) {
        r->bad = true;
        return 0;
    }
    r->at += 4;
    return unit;
}

static uint32_t escape_take(struct reader *r)
{
    static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char *found = *r->at ? strchr(plain, *r->at) : NULL;
    uint32_t unit;

    if (found) {
        r->at++;
        return (uint32_t)meant[found - plain];
    }
    r->bad |= *r->at != 'u';
    if (r->bad)
        return 0;
    r->at++;
    unit = unit_take(r);
    if (unit >= 0xD800 && unit < 0xDC00 && r->at[0] == '\\' && r->at[1] == 'u') {
        r->at += 2;
        uint32_t low = unit_take(r);
        unit = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF)
                                             : 0xFFFD;
    }
    return unit >= 0xD800 && unit < 0xE000 ? 0xFFFD : unit;
}

// The text behind an opening quote. A malformed octet becomes three: U+FFFD.
static char *string_take(struct reader *r)
{
    char *text = malloc(strlen(r->at) * 3 + 4), *out = text;

    while (text && !r->bad && *r->at != '"') {
        uint32_t point;
        if (*r->at == '\\') {
            r->at++;
            point = escape_take(r);
        } else {
            point = utf8_take(&r->at);
        }
        r->bad |= point == 0; // the end, or a NUL no form can hold
        if (!r->bad)
            out += utf8_put(out, point);
    }
    if (!text || r->bad) {
        free(text);
        r->bad = true;
        return NULL;
    }
    r->at++;
    *out = 0;
    return text;
}

static char *word_take(struct reader *r)
{
    size_t length = strcspn(r->at, " \t\r\n,}");
    char *word = strndup(r->at, length);

    r->at += length;
    if (word && strspn(word, "+-.0123456789eE") != length && strcmp(word, "true") &&
        strcmp(word, "false") && strcmp(word, "null")) {
        free(word);
        word = NULL;
    }
    r->bad |= !word || !length;
    return word;
}

static void pair_take(struct reader *r, struct evkeyvalq *pairs)
{
    char *name = next_take(r) == '"' ? string_take(r) : NULL, *value = NULL;

    r->bad |= !name || next_take(r) != ':';
    if (!r->bad) {
        if (next_take(r) == '"') {
            value = string_take(r);
        } else {
            r->at--;
            value = word_take(r);
            if (value && !strcmp(value, "null")) {
                free(value);
                value = NULL;
            }
        }
    }
    // Not evhttp_add_header, which takes no line ends in a value.
    struct evkeyval *pair = r->bad || !value ? NULL : malloc(sizeof *pair);
    if (pair) {
        pair->key = name;
        pair->value = value;
        TAILQ_INSERT_TAIL(pairs, pair, next);
        return;
    }
    free(name);
    free(value);
}

int json_object_read(const char *text, struct evkeyvalq *pairs)
{
    struct reader r = {text, false};
    char c;

    if (next_take(&r) != '{')
        return -1;
    if (next_take(&r) == '}')
        return next_take(&r) ? -1 : 0;
    r.at--;
    do {
        pair_take(&r, pairs);
        c = r.bad ? 0 : next_take(&r);
    } while (c == ',');
    return c == '}' && next_take(&r) == 0 ? 0 : -1;
}
