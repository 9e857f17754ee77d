/*
 * One line of the text grammar in smpp/PROTOCOL.md: `verb [tag] name=value ...`.
 * The socket speaks it and memcached keeps it, so that one bounded parser reads both.
 */
#ifndef SMPP_WIRE_LINE_H
#define SMPP_WIRE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    LINE_MAX_OCTETS = 8192, /* with its LF */
    LINE_FIELDS = 24,
    LINE_NAME_MAX = 32,
};

struct line_field {
    const char *name;  /* NUL-terminated */
    const char *value; /* unescaped UTF-8, NUL-terminated; holds no NUL itself */
};

struct line {
    const char *verb;
    const char *tag; /* "" where the line carries none */
    unsigned fields;
    struct line_field field[LINE_FIELDS];
};

/*
 * Parses `text` (len octets, with or without its LF) in place: the octets are
 * overwritten and `line` points into them, so they must outlive it. text[len] must be writable.
 * 0, or -EINVAL where the grammar is broken, -E2BIG where there are too many fields.
 */
int line_parse(struct line *line, char *text, size_t len);

/* The value of a field, or NULL. */
const char *line_get(const struct line *line, const char *name);

/* The value of a field as a decimal number of at most 18 digits; `otherwise` where it is missing or
 * is none. */
int64_t line_number(const struct line *line, const char *name, int64_t otherwise);

/* A line being written into a buffer of fixed size; once something does not fit,
 * `full` stays set. */
struct line_writer {
    char *at;
    size_t room; /* octets left, the NUL counted */
    size_t len;  /* octets written, without the NUL */
    bool full;
};

/* Begins at `out`, which always stays NUL-terminated. `room` is at least 1. */
void line_begin(struct line_writer *w, char *out, size_t room);
/* The verb and, where not NULL, the tag. */
void line_verb(struct line_writer *w, const char *verb, const char *tag);
/* ` name=value`, value escaped; a name has at most LINE_NAME_MAX octets. A NULL value writes
 * nothing. Most names are literals, whose length the compiler knows. */
void line_put_named(struct line_writer *w, const char *name, size_t named, const char *value);
void line_put_number_named(struct line_writer *w, const char *name, size_t named, int64_t value);

static inline void line_put(struct line_writer *w, const char *name, const char *value)
{
    line_put_named(w, name, strlen(name), value);
}

static inline void line_put_number(struct line_writer *w, const char *name, int64_t value)
{
    line_put_number_named(w, name, strlen(name), value);
}

/* The LF. The length written, or -E2BIG where the line did not fit. A further line may follow. */
int line_end(struct line_writer *w);

#endif
