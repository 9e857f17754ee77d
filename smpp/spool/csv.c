/* One file of charging records: opened under a temporary name, filled, synced, renamed. */
#include "smpp/spool/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "smpp/spool/cdr.h"
#include "smpp/spool/ledger.h"

enum { ROWS = 1000 }; /* of one step: the LIMIT of its statements */

/* One name for all: what a crash leaves behind is overwritten by the next file. */
static int temporary_name(const struct ledger *ledger, char out[PATH_MAX])
{
    const struct export *export = &ledger->export;
    int length = snprintf(out, PATH_MAX, "%s/.cdr-%s.tmp", export->directory, export->instance);

    return length >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static int number_name(const struct ledger *ledger, uint64_t number, char out[PATH_MAX])
{
    const struct export *export = &ledger->export;
    int length = snprintf(out, PATH_MAX, "%s/cdr-%s-%08llu.csv", export->directory,
                          export->instance, (unsigned long long)number);

    return length >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static void time_name(int64_t ms, char out[40])
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;

    gmtime_r(&seconds, &tm);
    strftime(out, 40, "%Y%m%dT%H%M%SZ", &tm);
}

static int write_all(int fd, const char *octets, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, octets, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -errno;
        octets += written;
        length -= (size_t)written;
    }
    return 0;
}

static int file_open(struct ledger *ledger)
{
    struct export_task *task = &ledger->export.task;
    char name[PATH_MAX];
    int error = temporary_name(ledger, name);

    if (error < 0)
        return error;
    task->fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (task->fd < 0)
        return -errno;
    task->records = 0;
    error = write_all(task->fd, CDR_HEAD, strlen(CDR_HEAD));
    return error < 0 ? error : 1;
}

int csv_begin_numbered(struct ledger *ledger, struct query *query, bool planned)
{
    struct export_task *task = &ledger->export.task;
    int found = query_step(query), error;

    if (found != 1)
        return found;
    task->planned = planned;
    task->number = (uint64_t)query_number(query, 0);
    task->after = (uint64_t)query_number(query, 1) - 1;
    task->last = (uint64_t)query_number(query, 2);
    task->expected = (uint64_t)query_number(query, 3);
    query_end(query);
    error = number_name(ledger, task->number, task->path);
    return error < 0 ? error : file_open(ledger);
}

int csv_begin_copy(struct ledger *ledger, int64_t from, int64_t to)
{
    struct export_task *task = &ledger->export.task;
    char first[40], last[40];
    int length;

    time_name(from, first);
    time_name(to, last);
    length = snprintf(task->path, sizeof task->path, "%s/cdr-%s-copy-%s-%s.csv",
                      ledger->export.directory, ledger->export.instance, first, last);
    if (length >= PATH_MAX)
        return -ENAMETOOLONG;
    task->planned = false;
    task->number = 0;
    task->from = task->wall = from;
    task->to = to;
    task->after = 0;
    return file_open(ledger);
}

static struct query *rows_query(struct ledger *ledger)
{
    struct export_task *task = &ledger->export.task;
    struct query *query = db_query(ledger->db, task->number ? QUERY_CDR_RANGE : QUERY_CDR_BETWEEN);

    if (task->number) {
        query_bind(query, 1, (int64_t)task->after);
        query_bind(query, 2, (int64_t)task->last);
        return query;
    }
    query_bind(query, 1, task->from);
    query_bind(query, 2, task->to);
    query_bind(query, 3, task->wall);
    query_bind(query, 4, (int64_t)task->after);
    return query;
}

/* Writes the next rows; how many. */
static int rows_write(struct ledger *ledger)
{
    struct export_task *task = &ledger->export.task;
    struct query *query = rows_query(ledger);
    char block[16 * CDR_LINE_MAX];
    size_t used = 0;
    int rows = 0, error = 0, stepped;

    while ((stepped = query_step(query)) == 1) {
        task->after = (uint64_t)query_number(query, 0);
        task->wall = query_number(query, 1);
        used += cdr_line(query, ledger->export.instance, block + used);
        rows++;
        if (used <= sizeof block - CDR_LINE_MAX)
            continue;
        error = write_all(task->fd, block, used);
        used = 0;
        if (error < 0)
            break;
    }
    query_end(query);
    if (stepped < 0 || error < 0)
        return stepped < 0 ? stepped : error;
    error = write_all(task->fd, block, used);
    task->records += (uint64_t)rows;
    return error < 0 ? error : rows;
}

static int directory_sync(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error;

    if (fd < 0)
        return -errno;
    error = fsync(fd) < 0 ? -errno : 0;
    close(fd);
    return error;
}

static int file_publish(struct ledger *ledger)
{
    struct export_task *task = &ledger->export.task;
    char name[PATH_MAX];
    int error = temporary_name(ledger, name);

    if (error == 0 && fsync(task->fd) < 0)
        error = -errno;
    if (close(task->fd) < 0 && error == 0)
        error = -errno;
    task->fd = -1;
    if (error == 0 && rename(name, task->path) < 0)
        error = -errno;
    return error < 0 ? error : directory_sync(ledger->export.directory);
}

static int file_mark(struct ledger *ledger)
{
    struct query *query = db_query(ledger->db, QUERY_CDR_FILE_WRITTEN);

    query_bind(query, 1, (int64_t)ledger->export.task.number);
    return query_run(query); /* a transaction of its own */
}

int csv_step(struct ledger *ledger)
{
    struct export_task *task = &ledger->export.task;
    int rows = rows_write(ledger), error;

    if (rows < 0 || rows == ROWS)
        return rows < 0 ? rows : 1;
    if (task->number && task->records != task->expected)
        return -ENODATA;
    error = file_publish(ledger);
    if (error == 0 && task->planned)
        error = file_mark(ledger);
    return error;
}

void csv_abandon(struct ledger *ledger)
{
    struct export_task *task = &ledger->export.task;
    char name[PATH_MAX];

    if (task->fd < 0)
        return;
    close(task->fd);
    task->fd = -1;
    /* What cannot be removed is overwritten by the next file. */
    if (temporary_name(ledger, name) == 0)
        (void)unlink(name);
}

const char *csv_path(struct ledger *ledger)
{
    static _Thread_local char path[PATH_MAX];

    return number_name(ledger, ledger->counts.file_number, path) < 0 ? "" : path;
}
