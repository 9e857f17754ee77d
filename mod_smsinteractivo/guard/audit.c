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
    int days;
    int fd;
    time_t day; /* the day `fd` was opened on */
    time_t complained;
} trail = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1};

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

/* Deletes the files of days that are over; their names end in the day. */
static void old_delete(time_t today)
{
    char directory[PATH_ROOM], oldest[16];
    const char *base = strrchr(trail.file, '/') ? strrchr(trail.file, '/') + 1 : trail.file;
    size_t len = strlen(base);
    directory_of(trail.file, directory);
    day_name(today - trail.days, oldest);
    DIR *dir = opendir(*directory ? directory : ".");
    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        const char *name = entry->d_name;
        if (strncmp(name, base, len) == 0 && name[len] == '.' && strlen(name + len + 1) == 10 &&
            strspn(name + len + 1, "0123456789-") == 10 && strcmp(name + len + 1, oldest) < 0)
            (void)unlinkat(dirfd(dir), name, 0); /* where it fails, tomorrow tries again */
    }
    closedir(dir);
}

static int file_open(void)
{
    return open(trail.file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* Renames a file that was last written on another day. The lock keeps children from doing it
 * twice: the second finds a fresh file under the name. */
static int rotate(int fd, time_t today)
{
    struct stat ours, named;
    char to[PATH_ROOM], day[16];
    if (flock(fd, LOCK_EX) < 0 || fstat(fd, &ours) < 0)
        return fd;
    if (ours.st_size > 0 && ours.st_mtime / DAY < today && stat(trail.file, &named) == 0 &&
        named.st_ino == ours.st_ino) {
        day_name(ours.st_mtime / DAY, day);
        if ((size_t)snprintf(to, sizeof to, "%s.%s", trail.file, day) < sizeof to)
            (void)rename(trail.file, to); /* where it fails, today's lines follow yesterday's */
        old_delete(today);
    }
    (void)flock(fd, LOCK_UN); /* closing would do it too */
    if (stat(trail.file, &named) == 0 && named.st_ino == ours.st_ino)
        return fd;
    close(fd);
    return file_open();
}

/* Under the lock: the descriptor of today's file, or -1 with errno. */
static int trail_fd(time_t today)
{
    struct stat info;
    bool moved = trail.fd >= 0 && (fstat(trail.fd, &info) < 0 || info.st_nlink == 0);
    if (trail.fd >= 0 && trail.day == today && !moved)
        return trail.fd;
    if (trail.fd >= 0)
        close(trail.fd);
    trail.fd = file_open();
    if (trail.fd >= 0)
        trail.fd = rotate(trail.fd, today);
    trail.day = today;
    return trail.fd;
}

/* Where nobody writes for days, what is over goes at each start and reload all the same. */
void audit_begin(const struct deployment *deployment)
{
    time_t today = time(NULL) / DAY;
    trail.file = deployment->audit_file;
    trail.days = deployment->audit_days;
    if (!trail.file)
        return;
    (void)trail_fd(today); /* turns the day; where it fails, the first line tells */
    old_delete(today);
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
