/* Reads and writes lines of `verb [tag] name=value ...`; see PROTOCOL.md for the grammar. */
#include "smpp/wire/line.h"

#include <errno.h>
#include <string.h>

static bool is_name_octet(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static bool is_tag(const char *word)
{
    size_t n = 0;
    for (; word[n]; n++) {
        char c = word[n];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
            return false;
    }
    return n >= 1 && n <= 16;
}

/* How long the name is that `word` begins with; 0 where it is none. */
static size_t name_len(const char *word)
{
    size_t n = 0;
    while (is_name_octet(word[n]))
        n++;
    return n <= LINE_NAME_MAX ? n : 0;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool is_plain(char c)
{
    return (unsigned char)c > ' ' && c != 0x7f && c != '%';
}

/* In each octet of `word`, the highest bit tells whether it may be below `least` (at most 0x80):
 * exact as to whether any is, and for the lowest that is. */
static uint64_t below(uint64_t word, uint64_t least)
{
    const uint64_t ones = UINT64_MAX / 0xff;
    return (word - ones * least) & ~word & ones << 7;
}

/* How many plain octets the `len` begin with: eight at a time, for most values are nothing else. */
static size_t plain_run(const char *octets, size_t len)
{
    const uint64_t ones = UINT64_MAX / 0xff;
    size_t at = 0;
    for (uint64_t word; len - at >= sizeof word; at += sizeof word) {
        memcpy(&word, octets + at, sizeof word);
        if (below(word, ' ' + 1) | below(word ^ ones * 0x7f, 1) | below(word ^ ones * '%', 1))
            break;
    }
    while (at < len && is_plain(octets[at]))
        at++;
    return at;
}

/* Undoes %XX in place. A control octet and a NUL, even escaped, are refused: values
 * are C strings. */
static int unescape(char *value)
{
    char *in = value + plain_run(value, strlen(value));
    char *out = in;
    while (*in) {
        if (is_plain(*in)) {
            *out++ = *in++;
            continue;
        }
        int high = *in == '%' ? hex_digit(in[1]) : -1;
        int low = high < 0 ? -1 : hex_digit(in[2]);
        if (low < 0 || (high == 0 && low == 0))
            return -EINVAL;
        *out++ = (char)(high << 4 | low);
        in += 3;
    }
    *out = '\0';
    return 0;
}

/* One word as a field; a name that stands twice breaks the grammar. */
static int field_take(struct line *line, char *word)
{
    size_t len = name_len(word);
    if (len == 0 || word[len] != '=')
        return -EINVAL;
    char *value = word + len + 1;
    word[len] = '\0';
    if (line_get(line, word))
        return -EINVAL;
    if (line->fields == LINE_FIELDS)
        return -E2BIG;
    if (unescape(value) < 0)
        return -EINVAL;
    line->field[line->fields++] = (struct line_field){word, value};
    return 0;
}

static int words_take(struct line *line, char *text)
{
    unsigned nth = 0;
    for (char *word = text, *next; word; word = next, nth++) {
        next = strchr(word, ' ');
        if (next)
            *next++ = '\0';
        if (nth == 0) {
            size_t len = name_len(word);
            if (len == 0 || word[len])
                return -EINVAL;
            line->verb = word;
        } else if (nth == 1 && is_tag(word)) {
            line->tag = word;
        } else {
            int e = field_take(line, word);
            if (e < 0)
                return e;
        }
    }
    return 0;
}

int line_parse(struct line *line, char *text, size_t len)
{
    line->verb = line->tag = "";
    line->fields = 0;
    if (len && text[len - 1] == '\n')
        len--;
    text[len] = '\0';
    if (len >= LINE_MAX_OCTETS)
        return -E2BIG;
    return strlen(text) == len ? words_take(line, text) : -EINVAL; /* a NUL inside */
}

const char *line_get(const struct line *line, const char *name)
{
    for (unsigned i = 0; i < line->fields; i++)
        if (*line->field[i].name == *name && strcmp(line->field[i].name, name) == 0)
            return line->field[i].value;
    return NULL;
}

int64_t line_number(const struct line *line, const char *name, int64_t otherwise)
{
    const char *value = line_get(line, name);
    int64_t number = 0;
    if (!value || !*value || strlen(value) > 18)
        return otherwise;
    for (; *value; value++) {
        if (*value < '0' || *value > '9')
            return otherwise;
        number = number * 10 + (*value - '0');
    }
    return number;
}

void line_begin(struct line_writer *w, char *out, size_t room)
{
    *w = (struct line_writer){.at = out, .room = room};
    *out = '\0';
}

/* Room for `len` octets more and a NUL, or NULL. */
static char *room_take(struct line_writer *w, size_t len)
{
    if (w->full || len >= w->room) {
        w->full = true;
        return NULL;
    }
    char *at = w->at;
    w->at += len;
    w->room -= len;
    w->len += len;
    *w->at = '\0';
    return at;
}

static void octets_put(struct line_writer *w, const char *octets, size_t len)
{
    char *at = room_take(w, len);
    if (at)
        memcpy(at, octets, len);
}

void line_verb(struct line_writer *w, const char *verb, const char *tag)
{
    octets_put(w, verb, strlen(verb));
    if (tag) {
        octets_put(w, " ", 1);
        octets_put(w, tag, strlen(tag));
    }
}

/* ` name=` and a value as it stands. */
static void field_put(struct line_writer *w, const char *name, size_t named, const char *value,
                      size_t len)
{
    char *at = room_take(w, named + 2 + len);
    if (!at)
        return;
    *at = ' ';
    memcpy(at + 1, name, named);
    at[named + 1] = '=';
    memcpy(at + named + 2, value, len);
}

void line_put_named(struct line_writer *w, const char *name, size_t named, const char *value)
{
    static const char hex[] = "0123456789ABCDEF";
    if (!value)
        return;
    size_t left = strlen(value), plain = plain_run(value, left);
    field_put(w, name, named, value, plain);
    while (left -= plain) {
        value += plain;
        unsigned char c = (unsigned char)*value++;
        octets_put(w, (char[]){'%', hex[c >> 4], hex[c & 15]}, 3);
        plain = plain_run(value, --left);
        octets_put(w, value, plain);
    }
}

void line_put_number_named(struct line_writer *w, const char *name, size_t named, int64_t value)
{
    char digits[24];
    char *end = digits + sizeof digits, *at = end;
    uint64_t n = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    for (; n >= 100; n /= 100) { /* most are times, of thirteen digits: two at once */
        *--at = (char)('0' + n % 10);
        *--at = (char)('0' + n / 10 % 10);
    }
    if (n >= 10)
        *--at = (char)('0' + n % 10);
    *--at = (char)('0' + (n >= 10 ? n / 10 : n));
    if (value < 0)
        *--at = '-';
    field_put(w, name, named, at, (size_t)(end - at));
}

int line_end(struct line_writer *w)
{
    octets_put(w, "\n", 1);
    return w->full ? -E2BIG : (int)w->len;
}
