/* Rows of name=value as columns a person can read. */
#ifndef SMPP_CTL_TABLE_H
#define SMPP_CTL_TABLE_H

#include <stddef.h>
#include <stdio.h>

#include "smpp/wire/line.h"

struct table;

/* NULL without memory; the caller frees. */
struct table *table_new(void);
void table_free(struct table *table);

/* Copies one row. The first row says which columns there are, in its order. 0 or -ENOMEM. */
int table_add(struct table *table, const struct line *row);
unsigned table_rows(const struct table *table);
void table_print(const struct table *table, FILE *to);

/* A field's value as a person wants it: known times (ms) as date and time, nothing that could steer
 * a terminal. Returns out. */
const char *table_value(char *out, size_t room, const char *name, const char *value);

#endif
