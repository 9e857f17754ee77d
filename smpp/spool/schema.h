/* The database's tables, as its present version has them, and how an older one is brought to it. */
#ifndef SMPP_SPOOL_SCHEMA_H
#define SMPP_SPOOL_SCHEMA_H

struct db;
struct db_options;

/* Makes the tables, or brings those of an older version up to date: in one transaction. 0 or a
 * negative errno with its words in the db; -EPROTO: they are newer than this program. */
int schema_bring(struct db *db, const struct db_options *options);

#endif
