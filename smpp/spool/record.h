/* Plain structs of numbers, strings and octets, described by tables, so that one piece of code
 * copies, binds and reads all of them. */
#ifndef SMPP_SPOOL_RECORD_H
#define SMPP_SPOOL_RECORD_H

#include <stddef.h>

struct query;

enum field_type {
    FIELD_NUMBER,   /* int64_t or uint64_t */
    FIELD_UNSIGNED, /* unsigned, or an enum */
    FIELD_BOOL,
    FIELD_TEXT,    /* const char *; NULL is "" */
    FIELD_PASSING, /* the same, neither bound nor read: only its digest is kept */
    FIELD_OCTETS   /* struct spool_octets */
};

/* max: octets of a text or blob; the largest number of FIELD_UNSIGNED. */
struct field {
    enum field_type type;
    size_t offset;
    size_t max;
};

/* Fields in the order of a statement's parameters and columns. */
struct record {
    size_t size;
    int fields;
    const struct field *field;
};

#define RECORD(tag, table)                                                                         \
    {                                                                                              \
        sizeof(struct tag), sizeof(table) / sizeof((table)[0]), table                              \
    }

/* Octets that the strings and blobs of a struct take in a copy; 0 is told as well where it has
 * none. -1: one is too long or a number too large. */
long record_measure(const struct record *record, const void *from);
/* Copies the whole struct to `to` and what it points to into arena (record_measure octets). Returns
 * where the arena goes on. */
char *record_copy(const struct record *record, void *to, const void *from, char *arena);
/* Binds the fields to parameters 1, 2, ... Returns the number of the next one. */
int record_bind(const struct record *record, struct query *query, const void *from);
/* Fills the fields from columns 0, 1, ...; strings stay until the next step. Returns the next
 * column. */
int record_read(const struct record *record, struct query *query, void *to);

#endif
