/* See json.h. Names are ours and need no escaping. */
#include "mod_smsinteractivo/answer/json.h"
#include "smpp/text/utf8.h"

#include <string.h>

void json_begin(struct json *json, apr_pool_t *pool, apr_size_t room)
{
    *json = (struct json){.pool = pool, .text = apr_palloc(pool, room), .room = room};
}

/* Room for `more` octets and a NUL. */
static void room_make(struct json *json, apr_size_t more)
{
    if (json->len + more < json->room)
        return;
    apr_size_t room = json->room * 2 + more + 1;
    char *text = apr_palloc(json->pool, room);
    memcpy(text, json->text, json->len);
    json->text = text;
    json->room = room;
}

static void octets_put(struct json *json, const char *octets, apr_size_t len)
{
    room_make(json, len);
    memcpy(json->text + json->len, octets, len);
    json->len += len;
}

const char *json_end(struct json *json)
{
    json->text[json->len] = '\0'; /* room_make always leaves one */
    return json->text;
}

/* With the comma before and the colon behind it. */
static void name_put(struct json *json, const char *name)
{
    apr_size_t len = name ? strlen(name) : 0;
    room_make(json, len + 4);
    char *at = json->text + json->len;
    if (json->comma)
        *at++ = ',';
    json->comma = true;
    if (name) {
        *at++ = '"';
        at = (char *)memcpy(at, name, len) + len;
        *at++ = '"';
        *at++ = ':';
    }
    json->len = (apr_size_t)(at - json->text);
}

static void open_put(struct json *json, const char *name, const char *bracket)
{
    name_put(json, name);
    octets_put(json, bracket, 1);
    json->comma = false;
}

static void close_put(struct json *json, const char *bracket)
{
    octets_put(json, bracket, 1);
    json->comma = true;
}

void json_object(struct json *json, const char *name)
{
    open_put(json, name, "{");
}

void json_object_end(struct json *json)
{
    close_put(json, "}");
}

void json_array(struct json *json, const char *name)
{
    open_put(json, name, "[");
}

void json_array_end(struct json *json)
{
    close_put(json, "]");
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

static void escape_put(struct json *json, uint32_t c)
{
    static const char hex[] = "0123456789abcdef";
    static const char from[] = "\n\t\r\"\\", to[] = "ntr\"\\";
    const char *simple = c < 0x80 ? memchr(from, (int)c, sizeof from - 1) : NULL;
    if (simple) {
        octets_put(json, (char[]){'\\', to[simple - from]}, 2);
    } else if (c < 0x80 || c == 0x2028 || c == 0x2029) {
        octets_put(
            json,
            (char[]){'\\', 'u', hex[c >> 12 & 15], hex[c >> 8 & 15], hex[c >> 4 & 15], hex[c & 15]},
            6);
    } else {
        char octets[4];
        octets_put(json, octets, utf8_put(octets, c));
    }
}

void json_string(struct json *json, const char *name, const char *value)
{
    if (!value)
        return;
    const unsigned char *at = (const unsigned char *)value, *end = at + strlen(value);
    name_put(json, name);
    octets_put(json, "\"", 1);
    while (at < end) {
        const unsigned char *plain = at;
        while (at < end && is_plain(*at))
            at++;
        octets_put(json, (const char *)plain, (apr_size_t)(at - plain));
        if (at < end)
            escape_put(json, utf8_take(&at, end));
    }
    octets_put(json, "\"", 1);
}

void json_number(struct json *json, const char *name, int64_t value)
{
    char digits[24], *at = digits + sizeof digits;
    uint64_t n = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    name_put(json, name);
    do
        *--at = (char)('0' + n % 10);
    while (n /= 10);
    if (value < 0)
        *--at = '-';
    octets_put(json, at, (apr_size_t)(digits + sizeof digits - at));
}

void json_bool(struct json *json, const char *name, bool value)
{
    name_put(json, name);
    octets_put(json, value ? "true" : "false", value ? 4 : 5);
}
