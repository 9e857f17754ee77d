/* Structs described by tables: copied, bound to a statement, read from a row. */
#include "smpp/spool/record.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "smpp/spool/spool.h"
#include "smpp/spool/sqlite.h"

static const void *field_in(const void *from, const struct field *field)
{
    return (const char *)from + field->offset;
}

static void *field_of(void *to, const struct field *field)
{
    return (char *)to + field->offset;
}

static const char *text_in(const void *from, const struct field *field)
{
    const char *text;

    memcpy(&text, field_in(from, field), sizeof text);
    return text ? text : "";
}

static unsigned unsigned_in(const void *from, const struct field *field)
{
    unsigned value;

    memcpy(&value, field_in(from, field), sizeof value);
    return value;
}

static struct spool_octets octets_in(const void *from, const struct field *field)
{
    struct spool_octets octets;

    memcpy(&octets, field_in(from, field), sizeof octets);
    return octets;
}

/* Octets one field takes, or -1. */
static long field_measure(const struct field *field, const void *from)
{
    size_t length = 0;

    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_PASSING:
        length = strnlen(text_in(from, field), field->max + 1);
        return length > field->max ? -1 : (long)length + 1;
    case FIELD_OCTETS:
        length = octets_in(from, field).length;
        return length > field->max || (length > 0 && !octets_in(from, field).at) ? -1
                                                                                 : (long)length;
    case FIELD_UNSIGNED:
        return unsigned_in(from, field) > field->max ? -1 : 0;
    case FIELD_NUMBER:
    case FIELD_BOOL:
        break;
    }
    return 0;
}

long record_measure(const struct record *record, const void *from)
{
    long sum = 0;

    for (int i = 0; i < record->fields; i++) {
        long octets = field_measure(&record->field[i], from);

        if (octets < 0)
            return -1;
        sum += octets;
    }
    return sum;
}

char *record_copy(const struct record *record, void *to, const void *from, char *arena)
{
    memcpy(to, from, record->size);
    for (int i = 0; i < record->fields; i++) {
        const struct field *field = &record->field[i];

        if (field->type == FIELD_TEXT || field->type == FIELD_PASSING) {
            const char *text = text_in(from, field);
            size_t size = strlen(text) + 1;

            memcpy(field_of(to, field), &arena, sizeof arena);
            memcpy(arena, text, size);
            arena += size;
        } else if (field->type == FIELD_OCTETS) {
            struct spool_octets octets = octets_in(from, field);

            if (octets.length > 0)
                memcpy(arena, octets.at, octets.length);
            octets.at = arena;
            memcpy(field_of(to, field), &octets, sizeof octets);
            arena += octets.length;
        }
    }
    return arena;
}

static void field_bind(const struct field *field, struct query *query, int nth, const void *from)
{
    int64_t number;
    struct spool_octets octets;

    switch (field->type) {
    case FIELD_NUMBER:
        memcpy(&number, field_in(from, field), sizeof number);
        query_bind(query, nth, number);
        break;
    case FIELD_UNSIGNED:
        query_bind(query, nth, unsigned_in(from, field));
        break;
    case FIELD_BOOL:
        query_bind(query, nth, *(const bool *)field_in(from, field));
        break;
    case FIELD_TEXT:
        query_bind_text(query, nth, text_in(from, field));
        break;
    case FIELD_PASSING:
        break;
    case FIELD_OCTETS:
        octets = octets_in(from, field);
        query_bind_octets(query, nth, octets.at, octets.length);
        break;
    }
}

int record_bind(const struct record *record, struct query *query, const void *from)
{
    int nth = 1;

    for (int i = 0; i < record->fields; i++)
        if (record->field[i].type != FIELD_PASSING)
            field_bind(&record->field[i], query, nth++, from);
    return nth;
}

static void field_read(const struct field *field, struct query *query, int column, void *to)
{
    int64_t number;
    const char *text;
    struct spool_octets octets;
    unsigned small;
    bool yes;

    switch (field->type) {
    case FIELD_NUMBER:
        number = query_number(query, column);
        memcpy(field_of(to, field), &number, sizeof number);
        break;
    case FIELD_UNSIGNED:
        small = (unsigned)query_number(query, column);
        memcpy(field_of(to, field), &small, sizeof small);
        break;
    case FIELD_BOOL:
        yes = query_number(query, column) != 0;
        memcpy(field_of(to, field), &yes, sizeof yes);
        break;
    case FIELD_TEXT:
        text = query_text(query, column);
        memcpy(field_of(to, field), &text, sizeof text);
        break;
    case FIELD_PASSING:
        break;
    case FIELD_OCTETS:
        octets.at = query_octets(query, column, &octets.length);
        memcpy(field_of(to, field), &octets, sizeof octets);
        break;
    }
}

int record_read(const struct record *record, struct query *query, void *to)
{
    int column = 0;

    for (int i = 0; i < record->fields; i++)
        if (record->field[i].type != FIELD_PASSING)
            field_read(&record->field[i], query, column++, to);
    return column;
}
