/*
 * Writes JSON (RFC 8259) into memory of a pool. Strings are escaped, `<`, `>` and `&` too, so that
 * the result may stand inside of HTML; ill-formed UTF-8 becomes U+FFFD.
 */
#ifndef SMSI_JSON_H
#define SMSI_JSON_H

#include <apr_pools.h>
#include <stdbool.h>
#include <stdint.h>

struct json {
    apr_pool_t *pool;
    char *text; /* NUL-terminated after json_end */
    apr_size_t len, room;
    bool comma; /* something stands before in this object or array */
};

void json_begin(struct json *json, apr_pool_t *pool, apr_size_t room);
/* Ends the text with a NUL and returns it. */
const char *json_end(struct json *json);

/* `name` NULL: an element of an array, or the outermost value. */
void json_object(struct json *json, const char *name);
void json_object_end(struct json *json);
void json_array(struct json *json, const char *name);
void json_array_end(struct json *json);
/* A NULL value writes nothing. */
void json_string(struct json *json, const char *name, const char *value);
void json_number(struct json *json, const char *name, int64_t value);
void json_bool(struct json *json, const char *name, bool value);

#endif
