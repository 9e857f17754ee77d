/* See audit.h. */
#include "mod_smsinteractivo/guard/audit.h"
#include "mod_smsinteractivo/talk/event.h"
#include "mod_smsinteractivo/backend/tally.h"

#include <apr_strings.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <http_log.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <unixd.h>

APLOG_USE_MODULE(smsinteractivo);

enum { DAY = 86400, PATH_ROOM = 1024, LINE_ROOM = 512, COMPLAIN_SECONDS = 60 };

static struct {
    pthread_mutex_t lock;
    const char *file; /* NULL: no trail */
    int fd;
    time_t day; /* the day `fd` was opened on */
    time_t complained;
} trail = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1};

static time_t kept; /* the day that audit_keep has done */

/* The directory part of a path: "" where it has none. */
static void directory_of(const char *file, char out[static PATH_ROOM])
{
    const char *slash = strrchr(file, '/');
    (void)snprintf(out, PATH_ROOM, "%.*s", slash ? (int)(slash - file) : 0,
                   file); /* cut is ENOENT */
}

const char *audit_prepare(apr_pool_t *pool, const struct deployment *deployment)
{
    char directory[PATH_ROOM];
    struct stat info;
    kept = 0; /* how long it is kept may be another now */
    if (!deployment->audit_file)
        return NULL;
    directory_of(deployment->audit_file, directory);
    if (stat(directory, &info) == 0 && S_ISDIR(info.st_mode))
        return NULL;
    if (mkdir(directory, 0700) < 0)
        return apr_psprintf(pool,
                            "SmsAuditLog: the directory %s cannot be made (%s); make it, owned by "
                            "the user httpd's children run as",
                            directory, strerror(errno));
    if (geteuid() == 0 && chown(directory, ap_unixd_config.user_id, ap_unixd_config.group_id) < 0)
        return apr_psprintf(pool, "SmsAuditLog: %s cannot be given to httpd's user (%s)", directory,
                            strerror(errno));
    return NULL;
}

void audit_end(void)
{
    if (trail.fd >= 0)
        close(trail.fd);
    trail.fd = -1;
}

static void day_name(time_t day, char out[static 16])
{
    time_t noon = day * DAY + DAY / 2;
    struct tm tm;
    gmtime_r(&noon, &tm);
    strftime(out, 16, "%Y-%m-%d", &tm);
}

/* Whether the file is of a day that is over; its name ends in the day. */
static bool is_over(const char *name, const char *base, const char *oldest)
{
    size_t len = strlen(base);
    return strncmp(name, base, len) == 0 && name[len] == '.' && strlen(name + len + 1) == 10 &&
           strspn(name + len + 1, "0123456789-") == 10 && strcmp(name + len + 1, oldest) < 0;
}

/* 0, or the errno of what could not be deleted. */
static int old_delete(const struct deployment *deployment, time_t today)
{
    char directory[PATH_ROOM], oldest[16];
    const char *slash = strrchr(deployment->audit_file, '/');
    const char *base = slash ? slash + 1 : deployment->audit_file;
    int e = 0;
    directory_of(deployment->audit_file, directory);
    day_name(today - deployment->audit_days, oldest);
    DIR *dir = opendir(*directory ? directory : ".");
    if (!dir)
        return errno;
    for (struct dirent *entry; (entry = readdir(dir));)
        if (is_over(entry->d_name, base, oldest) && unlinkat(dirfd(dir), entry->d_name, 0) < 0)
            e = errno;
    closedir(dir);
    return e;
}

static bool is_named(int fd, const char *file, struct stat *ours)
{
    struct stat named;
    return fstat(fd, ours) == 0 && stat(file, &named) == 0 && named.st_ino == ours->st_ino;
}

/* Renames a file that was last written on another day, under its lock: so nobody does it twice. */
static void turn(int fd, const char *file, time_t today)
{
    struct stat ours;
    char to[PATH_ROOM], day[16];
    if (!is_named(fd, file, &ours) || ours.st_size == 0 || ours.st_mtime / DAY >= today)
        return;
    day_name(ours.st_mtime / DAY, day);
    if ((size_t)snprintf(to, sizeof to, "%s.%s", file, day) < sizeof to)
        (void)rename(file, to); /* where it fails, today's lines follow yesterday's */
}

/* May be root, in a directory of the children's: opens what is there, follows no link and waits for
 * nobody. False: a child turns it at this moment. */
static bool idle_turn(const char *file, time_t today)
{
    int fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
    bool ours = fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (fd >= 0 && ours)
        turn(fd, file, today);
    if (fd >= 0)
        close(fd); /* and unlocks */
    return ours;
}

void audit_keep(const struct deployment *deployment, const server_rec *server)
{
    time_t today = time(NULL) / DAY;
    if (!deployment->audit_file || kept == today || !idle_turn(deployment->audit_file, today))
        return;
    int e = old_delete(deployment, today);
    if (e)
        ap_log_error(APLOG_MARK, APLOG_ERR, e, server,
                     "SI0141: old files of the audit trail cannot be deleted; file=%s",
                     deployment->audit_file);
    kept = today;
}

static int file_open(void)
{
    return open(trail.file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* The descriptor of today's file, where `fd` may be that of another day's. */
static int rotate(int fd, time_t today)
{
    struct stat ours;
    if (flock(fd, LOCK_EX) < 0)
        return fd;
    turn(fd, trail.file, today);
    (void)flock(fd, LOCK_UN); /* closing would do it too */
    if (is_named(fd, trail.file, &ours))
        return fd;
    close(fd);
    return file_open();
}

/* Under the lock: the descriptor of today's file, or -1 with errno. */
static int trail_fd(time_t today)
{
    struct stat ours;
    if (trail.fd >= 0 && trail.day == today && is_named(trail.fd, trail.file, &ours))
        return trail.fd;
    if (trail.fd >= 0)
        close(trail.fd);
    trail.fd = file_open();
    if (trail.fd >= 0)
        trail.fd = rotate(trail.fd, today);
    trail.day = today;
    return trail.fd;
}

void audit_begin(const struct deployment *deployment)
{
    trail.file = deployment->audit_file;
}

static void complain(request_rec *r, int error, time_t now)
{
    tally_add(TALLY_AUDIT_FAILED);
    if (now - trail.complained < COMPLAIN_SECONDS)
        return;
    trail.complained = now;
    ap_log_rerror(APLOG_MARK, APLOG_ERR, error, r,
                  "SI0140: the audit trail cannot be written; file=%s", trail.file);
}

/* The port is the visitor's only where the connection is: of a forwarded address it is not known,
 * but the connection it came by names the line in the proxy's own log. */
static const char *origin_of(const request_rec *r)
{
    const conn_rec *c = r->connection;
    if (!r->useragent_addr || r->useragent_addr == c->client_addr)
        return apr_psprintf(r->pool, "address=%s port=%d", c->client_ip, (int)c->client_addr->port);
    return apr_psprintf(r->pool, "address=%s peer=%s peer-port=%d", r->useragent_ip, c->client_ip,
                        (int)c->client_addr->port);
}

void audit_write(struct visit *visit, const struct session *session, const char *what,
                 const char *conversation, const char *mobile)
{
    char line[LINE_ROOM], time_text[EVENT_TIME_ROOM];
    time_t now = (time_t)apr_time_sec(visit->r->request_time);
    if (!trail.file)
        return;
    event_time((int64_t)now * 1000, time_text);
    int len =
        snprintf(line, sizeof line, "time=%s what=%s %s session=%s conversation=%s mobile=%s\n",
                 time_text, what, origin_of(visit->r), session->sid, conversation, mobile);
    if (len >= (int)sizeof line)
        len = (int)sizeof line - 1; /* none of ours is that long */
    pthread_mutex_lock(&trail.lock);
    int fd = trail_fd(now / DAY);
    if (fd < 0 || write(fd, line, (size_t)len) != len)
        complain(visit->r, errno, now);
    pthread_mutex_unlock(&trail.lock);
}
