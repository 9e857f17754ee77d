/* Lines to stderr, each with one write(2), floods held back. */
#include "smpp/logbook/log.h"

#include <ctype.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "smpp/logbook/clock.h"

enum { LINE_ROOM = 1024, SEEN = 64, SEEN_ROOM = 320, ID_ROOM = 8 };

/* An event seen lately: when it was last written, how often it was not since, and how
 * it read then. */
struct seen {
    uint64_t what;
    int64_t written;
    unsigned held;
    enum log_level level;
    char id[ID_ROOM], sentence[SEEN_ROOM];
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct seen seen[SEEN];
static enum log_level threshold = LOG_AT_INFO;
static int64_t interval = 10000;

void log_tune(enum log_level level, int64_t interval_ms)
{
    pthread_mutex_lock(&mutex);
    threshold = level;
    interval = interval_ms;
    pthread_mutex_unlock(&mutex);
}

/* FNV-1a over id and sentence without numbers: a counter in a line does not make it another one,
 * but the digits of a name (`smsc-2`, `smppd.conf:12`) do. */
static uint64_t event_hash(const char *id, const char *sentence)
{
    uint64_t hash = 0xcbf29ce484222325u;
    bool is_name = false;
    for (; *id; id++)
        hash = (hash ^ (unsigned char)*id) * 0x100000001b3u;
    for (; *sentence; sentence++) {
        bool is_digit = *sentence >= '0' && *sentence <= '9';
        is_name = isalpha((unsigned char)*sentence) ||
                  (is_name && (is_digit || strchr("-_.:", *sentence)));
        if (!is_digit || is_name)
            hash = (hash ^ (unsigned char)*sentence) * 0x100000001b3u;
    }
    return hash;
}

/* sd-daemon(3): JOURNAL_STREAM names the device and inode of the stream we were given. */
static bool is_journal(void)
{
    static int known = -1;
    if (known < 0) {
        const char *stream = getenv("JOURNAL_STREAM");
        struct stat st;
        char own[64] = "";
        if (stream && fstat(STDERR_FILENO, &st) == 0)
            snprintf(own, sizeof own, "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
        known = stream && strcmp(stream, own) == 0;
    }
    return known;
}

static size_t prefix_put(char *out, size_t room, enum log_level level, const char *id)
{
    if (is_journal())
        return (size_t)snprintf(out, room, "<%d>%s ", (int)level, id);
    int64_t wall = clock_wall();
    time_t seconds = (time_t)(wall / 1000);
    struct tm tm;
    char time[32];
    strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &tm));
    const char *word = level == LOG_AT_ERROR     ? "error: "
                       : level == LOG_AT_WARNING ? "warning: "
                                                 : "";
    return (size_t)snprintf(out, room, "%s.%03dZ %s %s", time, (int)(wall % 1000), id, word);
}

/* A peer's words may stand in a line; they must not start another or steer a terminal. */
static void line_tame(char *line)
{
    for (; *line; line++)
        if ((unsigned char)*line < 0x20 || *line == 0x7f)
            *line = '?';
}

static void line_write(enum log_level level, const char *id, const char *sentence,
                       unsigned repeated)
{
    char line[LINE_ROOM + 128];
    size_t len = prefix_put(line, sizeof line, level, id);
    len += (size_t)snprintf(line + len, sizeof line - len, "%s", sentence);
    if (repeated)
        len += (size_t)snprintf(line + len, sizeof line - len, " repeated=%u", repeated);
    line[len++] = '\n';
    ssize_t unused = write(STDERR_FILENO, line, len);
    (void)unused; /* a log that cannot be written has nowhere to say so */
}

/* ---- floods ---- */

/* The last of those that were held back stands for all of them. */
static void held_write(struct seen *event, int64_t now)
{
    if (!event->held)
        return;
    line_write(event->level, event->id, event->sentence, event->held - 1);
    event->held = 0;
    event->written = now;
}

/* Its slot, or that of the one written longest ago. */
static struct seen *seen_find(uint64_t what, int64_t now)
{
    struct seen *oldest = &seen[0];
    for (unsigned i = 0; i < SEEN; i++) {
        if (seen[i].what == what)
            return &seen[i];
        if (seen[i].written < oldest->written)
            oldest = &seen[i];
    }
    held_write(oldest, now);
    *oldest = (struct seen){.what = what};
    return oldest;
}

static void line_write_or_hold(enum log_level level, const char *id, const char *sentence)
{
    int64_t now = clock_us() / 1000;
    struct seen *event = seen_find(event_hash(id, sentence), now);
    if (!event->written || now - event->written >= interval) {
        line_write(level, id, sentence, event->held);
        event->held = 0;
        event->written = now;
        return;
    }
    event->held++;
    event->level = level;
    snprintf(event->id, sizeof event->id, "%s", id);
    snprintf(event->sentence, sizeof event->sentence, "%.*s", SEEN_ROOM - 1, sentence);
}

void log_held(bool all)
{
    int64_t now = clock_us() / 1000;
    pthread_mutex_lock(&mutex);
    for (unsigned i = 0; i < SEEN; i++)
        if (all || now - seen[i].written >= interval)
            held_write(&seen[i], now);
    pthread_mutex_unlock(&mutex);
}

static void log_write(enum log_level level, const char *id, const char *format, va_list args)
{
    char sentence[LINE_ROOM];
    if (level > threshold)
        return;
    vsnprintf(sentence, sizeof sentence, format, args);
    line_tame(sentence);
    pthread_mutex_lock(&mutex);
    if (level >= LOG_AT_DEBUG)
        line_write(level, id, sentence, 0);
    else
        line_write_or_hold(level, id, sentence);
    pthread_mutex_unlock(&mutex);
}

void log_at(enum log_level level, const char *id, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_write(level, id, format, args);
    va_end(args);
}

#define LOG_FUNCTION(name, level)                                                                  \
    void name(const char *id, const char *format, ...)                                             \
    {                                                                                              \
        va_list args;                                                                              \
        va_start(args, format);                                                                    \
        log_write(level, id, format, args);                                                        \
        va_end(args);                                                                              \
    }

LOG_FUNCTION(log_error, LOG_AT_ERROR)
LOG_FUNCTION(log_warning, LOG_AT_WARNING)
LOG_FUNCTION(log_notice, LOG_AT_NOTICE)
LOG_FUNCTION(log_info, LOG_AT_INFO)
LOG_FUNCTION(log_debug, LOG_AT_DEBUG)

const char *log_number_put(char out[8], const char *mobile)
{
    size_t len = mobile ? strlen(mobile) : 0;
    snprintf(out, 8, "\u2026%s", len > 4 ? mobile + len - 4 : ""); /* the ellipsis is 3 octets */
    return out;
}
