/* Charging records: one for each received part, and a line of CSV for each record. */
#ifndef SMPP_SPOOL_CDR_H
#define SMPP_SPOOL_CDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ledger;
struct query;
struct spool_reply;

enum { CDR_LINE_MAX = 4096, CDR_TAXES_MAX = 256 };

int cdr_keep(struct ledger *ledger, const struct spool_reply *reply, uint64_t id, bool duplicate);
/* It costs nothing, as a repetition. 1 where a file already has it at its price, else 0. */
int cdr_void(struct ledger *ledger, uint64_t id);

/* The first line of each file. */
extern const char CDR_HEAD[];

/* Writes the row the query stands on as a line of CSV (RFC 4180, LF); its length. */
size_t cdr_line(struct query *query, const char *instance, char line[CDR_LINE_MAX]);

#endif
