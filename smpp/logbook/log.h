/* The log: one event, one line, on stderr.
 *
 *   2026-11-23T04:12:07.123Z SD0026 warning: no client can be accepted: connections=64
 *
 * Each call names an id that stands once in the tree and in LOGS.md with cause and cure, a sentence
 * and key=value. Never the text of a message, never a whole number (log_number), never a password.
 * Any thread may call. Under systemd a line starts with its level, as sd-daemon(3) has it, instead
 * of time and word. */
#ifndef SMPP_LOGBOOK_LOG_H
#define SMPP_LOGBOOK_LOG_H

#include <stdbool.h>
#include <stdint.h>

/* The numbers of syslog(3). */
enum log_level {
    LOG_AT_ERROR = 3,   /* something is lost or refused until somebody acts */
    LOG_AT_WARNING = 4, /* wrong, and dealt with */
    LOG_AT_NOTICE = 5,  /* a change of state worth knowing */
    LOG_AT_INFO = 6,
    LOG_AT_DEBUG = 7,
};

/* Before the first line and at each reload. The same line (numbers aside; not at
 * LOG_AT_DEBUG) is written once in interval_ms; the next one says `repeated=N`. At first:
 * LOG_AT_INFO, 10 s. */
void log_tune(enum log_level level, int64_t interval_ms);

/* Writes what was held back and whose interval is over: once a second from the loop. all: at the
 * end. */
void log_held(bool all);

/* `id` is "SDnnnn". Octets that could break the line are replaced. */
__attribute__((format(printf, 2, 3))) void log_error(const char *id, const char *format, ...);
__attribute__((format(printf, 2, 3))) void log_warning(const char *id, const char *format, ...);
__attribute__((format(printf, 2, 3))) void log_notice(const char *id, const char *format, ...);
__attribute__((format(printf, 2, 3))) void log_info(const char *id, const char *format, ...);
__attribute__((format(printf, 2, 3))) void log_debug(const char *id, const char *format, ...);

/* For those who are told a level. */
__attribute__((format(printf, 3, 4))) void log_at(enum log_level level, const char *id,
                                                  const char *format, ...);

/* A mobile's number as a log may show it: "…4567". Use it as an argument; it lives until the end of
 * the full expression (a compound literal holds it). */
#define log_number(mobile) log_number_put((char[8]){0}, (mobile))
const char *log_number_put(char out[8], const char *mobile);

#endif
