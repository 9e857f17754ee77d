/* Rows of name=value as columns. */
#include "smpp/ctl/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CELL_ROOM = 320 };

struct table {
    unsigned columns, rows, room;
    char *name[LINE_FIELDS];
    unsigned width[LINE_FIELDS];
    char **cell; /* rows times columns */
};

static const char *const times[] = {"since", "until", "last", "oldest", "started", "at"};

static int is_time(const char *name)
{
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (strcmp(times[i], name) == 0)
            return 1;
    return 0;
}

const char *table_value(char *out, size_t room, const char *name, const char *value)
{
    char *end;
    long long ms = strtoll(value, &end, 10);
    struct tm tm;
    time_t seconds = (time_t)(ms / 1000);
    if (is_time(name) && !*end && ms > 100000000000 && localtime_r(&seconds, &tm)) {
        strftime(out, room, "%Y-%m-%d %H:%M:%S", &tm);
        return out;
    }
    snprintf(out, room, "%s", *value ? value : "-");
    for (char *c = out; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    return out;
}

/* Characters, not octets: columns hold UTF-8. */
static unsigned width_of(const char *text)
{
    unsigned width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

struct table *table_new(void)
{
    return calloc(1, sizeof(struct table));
}

void table_free(struct table *table)
{
    if (!table)
        return;
    for (unsigned i = 0; i < table->rows * table->columns; i++)
        free(table->cell[i]);
    for (unsigned i = 0; i < table->columns; i++)
        free(table->name[i]);
    free(table->cell);
    free(table);
}

static int columns_take(struct table *table, const struct line *row)
{
    for (unsigned i = 0; i < row->fields; i++) {
        if (!(table->name[i] = strdup(row->field[i].name)))
            return -ENOMEM;
        table->width[i] = width_of(table->name[i]);
        table->columns++;
    }
    return 0;
}

static int room_make(struct table *table)
{
    if (table->rows < table->room)
        return 0;
    unsigned room = table->room ? table->room * 2 : 16;
    char **cell = reallocarray(table->cell, (size_t)room * table->columns, sizeof *cell);
    if (!cell)
        return -ENOMEM;
    table->cell = cell;
    table->room = room;
    return 0;
}

int table_add(struct table *table, const struct line *row)
{
    if (!table->columns && columns_take(table, row) < 0)
        return -ENOMEM;
    if (!table->columns)
        return 0;
    if (room_make(table) < 0)
        return -ENOMEM;
    char **cell = table->cell + (size_t)table->rows * table->columns;
    for (unsigned i = 0; i < table->columns; i++) {
        char text[CELL_ROOM];
        const char *value = line_get(row, table->name[i]);
        table_value(text, sizeof text, table->name[i], value ? value : "");
        if (!(cell[i] = strdup(text))) {
            while (i--)
                free(cell[i]);
            return -ENOMEM;
        }
        if (width_of(text) > table->width[i])
            table->width[i] = width_of(text);
    }
    table->rows++;
    return 0;
}

unsigned table_rows(const struct table *table)
{
    return table->rows;
}

static void row_print(const struct table *table, char *const *cell, FILE *to)
{
    for (unsigned i = 0; i < table->columns; i++) {
        unsigned gap = i + 1 < table->columns ? table->width[i] - width_of(cell[i]) + 2 : 0;
        fprintf(to, "%s%*s", cell[i], (int)gap, "");
    }
    fputc('\n', to);
}

void table_print(const struct table *table, FILE *to)
{
    row_print(table, table->name, to);
    for (unsigned i = 0; i < table->rows; i++)
        row_print(table, table->cell + (size_t)i * table->columns, to);
}
