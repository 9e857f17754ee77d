/* Counters and states that all children share, for /metrics, mod_status and a log line per change
 * of a back end. In shared memory; they begin anew with each restart. */
#ifndef SMSI_TALLY_H
#define SMSI_TALLY_H

#include <httpd.h>
#include <stdbool.h>
#include <stdint.h>

/* enum, name for Prometheus (after smsinteractivo_), what it counts. */
#define TALLIES(X)                                                                                 \
    X(TALLY_PAGES, "pages_total", "Pages shown")                                                   \
    X(TALLY_POLLS, "polls_total", "Polls answered")                                                \
    X(TALLY_POLLS_IDLE, "polls_idle_total", "Polls that had nothing new")                          \
    X(TALLY_HELD, "polls_held_total", "Polls held until something happened")                       \
    X(TALLY_HELD_OVER, "polls_held_over_total", "Held polls that were answered or given up")       \
    X(TALLY_SWEPT, "sessions_swept_total",                                                         \
      "Waiting sessions looked after: another smppd had news")                                     \
    X(TALLY_SENDS, "sends_total", "Forms with a message")                                          \
    X(TALLY_QUEUED, "messages_queued_total", "Messages smppd accepted")                            \
    X(TALLY_REFUSED, "messages_refused_total", "Messages smppd refused")                           \
    X(TALLY_INVALID, "forms_invalid_total", "Forms refused for a field")                           \
    X(TALLY_FOREIGN, "forms_foreign_total", "Forms of another origin")                             \
    X(TALLY_LIMITED, "limited_total", "Requests refused by a limit")                               \
    X(TALLY_PICTURES, "captcha_pictures_total", "Security codes drawn")                            \
    X(TALLY_RECORDINGS, "captcha_recordings_total", "Security codes spoken")                       \
    X(TALLY_PENDING, "captcha_pending_total", "Messages that were asked for a code")               \
    X(TALLY_RIGHT, "captcha_right_total", "Right codes")                                           \
    X(TALLY_WRONG, "captcha_wrong_total", "Wrong codes")                                           \
    X(TALLY_PROOFS, "captcha_proofs_total", "Proofs of work accepted")                             \
    X(TALLY_SPENT, "captcha_spent_total", "Codes used, gone or tried too often")                   \
    X(TALLY_REPORTS, "reports_total", "Conversations reported")                                    \
    X(TALLY_DAEMON_FAILED, "smppd_failures_total", "Requests smppd did not answer")                \
    X(TALLY_STORE_FAILED, "memcached_failures_total", "Requests memcached did not answer")         \
    X(TALLY_AUDIT_FAILED, "audit_failures_total", "Audit records that could not be written")

enum tally {
#define X(member, name, help) member,
    TALLIES(X)
#undef X
        TALLY_COUNT
};

/* Makes the shared memory; it lives as long as `pool`. */
apr_status_t tally_begin(apr_pool_t *pool);

void tally_add(enum tally tally);
void tally_many(enum tally tally, unsigned count);
uint64_t tally_read(enum tally tally);
/* How long they have been counted; more than 0. */
double tally_seconds(void);
const char *tally_name(enum tally tally);
const char *tally_help(enum tally tally);

/* Notes how a back end did; logs when that changes. `error` is an errno or 0. */
void tally_daemon(bool up, int error);
void tally_store(bool up);
bool tally_daemon_is_up(void);
bool tally_store_is_up(void);

#endif
