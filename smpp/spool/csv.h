/* One file of charging records: opened under a temporary name, filled, synced, renamed. */
#ifndef SMPP_SPOOL_CSV_H
#define SMPP_SPOOL_CSV_H

#include <stdbool.h>
#include <stdint.h>

struct ledger;
struct query;

/* Begins the file the query finds (QUERY_CDR_FILE_*): 1, 0 where it finds none, or an error. */
int csv_begin_numbered(struct ledger *ledger, struct query *query, bool planned);
/* Begins a copy of the records of [from, to): 1 or an error. */
int csv_begin_copy(struct ledger *ledger, int64_t from, int64_t to);

/* Writes some records: 1 to be called again, 0 the file stands under its name, or an error
 * (-ENODATA: records of it were pruned). */
int csv_step(struct ledger *ledger);

/* Drops what was begun. */
void csv_abandon(struct ledger *ledger);

/* Where the newest numbered file stands or will stand; valid until the next call. */
const char *csv_path(struct ledger *ledger);

#endif
