/* Charging records as CSV files: each record in exactly one numbered file, whatever dies when.
 *
 * Which records a file holds is decided in one transaction (a range of ids in cdr_file) before the
 * file is written; then it is written under a temporary name, synced, renamed, the directory
 * synced, and only then marked as written. What was decided and not marked is written again at the
 * next start: the same bytes under the same name. Files are written between commits, some records
 * at a time. */
#ifndef SMPP_SPOOL_EXPORT_H
#define SMPP_SPOOL_EXPORT_H

#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct job;
struct ledger;

/* The file being written. */
struct export_task {
    int fd; /* -1: none */
    bool planned;
    uint64_t number; /* 0: a copy of a range of time */
    uint64_t after, last;
    int64_t wall, from, to;
    uint64_t records, expected;
    char path[PATH_MAX];
};

struct export
{
    char directory[PATH_MAX];
    const char *instance;
    struct export_task task;
    int stuck;         /* why a planned file could not be written; tried again at the next tick */
    _Atomic int error; /* the same until one is written; the loop reads it */
    struct job *waiting, **end; /* jobs whose file is yet to be written */
    struct job *finished;       /* for the thread to report */
};

/* Reads how far files have come; in the transaction of ledger_open. */
int export_recall(struct ledger *ledger);
void export_end(struct ledger *ledger);

/* Decides files that are due by the machine's clock or by size. */
int export_due(struct ledger *ledger, int64_t wall);

int export_close(struct ledger *ledger, struct job *job);
int export_copy(struct ledger *ledger, struct job *job);
int export_again(struct ledger *ledger, struct job *job);

/* Once the transaction of a deferred job is committed: its turn comes. */
void export_wait(struct ledger *ledger, struct job *job);

/* Jobs whose file is not written are finished with -ECANCELED; planned files wait for the next
 * start. */
void export_cancel(struct ledger *ledger);

/* Whether there is something to write. */
bool export_waits(const struct ledger *ledger);

/* Writes a little more, once all is on disk that decided what. Whether there is still something. */
bool export_step(struct ledger *ledger);

#endif
