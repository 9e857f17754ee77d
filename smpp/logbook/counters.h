/* What smppd counts and how long things take, read by the `counters` verb and smppctl.
 *
 * One table; to count something new, add a line to it. Any thread may add. */
#ifndef SMPP_LOGBOOK_COUNTERS_H
#define SMPP_LOGBOOK_COUNTERS_H

#include <stdint.h>

/* X(symbol, name, help): counters only grow, gauges are set. */
#define COUNTERS(X)                                                                                \
    X(SENDS, "sends", "messages asked for by the module")                                          \
    X(SENDS_KEPT, "sends-kept", "of these accepted and on disk")                                   \
    X(SENDS_DUPLICATE, "sends-duplicate", "of these known by their key")                           \
    X(SENDS_REFUSED, "sends-refused", "of these refused")                                          \
    X(SUBMITS, "submits", "submit_sm given to links")                                              \
    X(SUBMITS_ACCEPTED, "submits-accepted", "accepted by an SMSC")                                 \
    X(SUBMITS_FAILED, "submits-failed", "refused for good by an SMSC")                             \
    X(SUBMITS_RETRIED, "submits-retried", "given to a link again after a temporary error")         \
    X(SUBMITS_IN_DOUBT, "submits-in-doubt", "of unknown outcome when a link was lost")             \
    X(SUBMITS_AGAIN, "submits-again", "in doubt and sent once more")                               \
    X(EXPIRED, "expired", "messages whose validity ended before they were accepted")               \
    X(RECEIPTS, "receipts", "delivery receipts received")                                          \
    X(RECEIPTS_UNKNOWN, "receipts-unknown", "receipts for no message of ours, left to others")     \
    X(RECEIPTS_TAKEN, "receipts-taken", "receipts of ours that another smppd was given")           \
    X(DELIVERS, "delivers", "deliver_sm and data_sm from mobiles")                                 \
    X(DELIVERS_KEPT, "delivers-kept", "of these stored and billed")                                \
    X(DELIVERS_DUPLICATE, "delivers-duplicate", "of these sent again by the SMSC")                 \
    X(DELIVERS_SHED, "delivers-shed", "of these answered with a temporary error")                  \
    X(REPLIES, "replies", "answers shown to a visitor")                                            \
    X(REPLIES_LATE, "replies-late", "answers shown as late")                                       \
    X(REPLIES_UNDELIVERABLE, "replies-undeliverable", "answers that reached nobody")               \
    X(CDRS, "cdrs", "charging records written")                                                    \
    X(CDRS_EXPORTED, "cdrs-exported", "charging records exported")                                 \
    X(NOTICES, "notices", "notices sent to mobiles")                                               \
    X(NOTICES_HELD, "notices-held", "notices held back: see SD0320")                               \
    X(OPTOUTS, "optouts", "opt-outs by SMS or operator")                                           \
    X(ROUTES_CLAIMED, "routes-claimed", "short codes claimed")                                     \
    X(ROUTES_LOST, "routes-lost", "claims lost to somebody faster, and tried again")               \
    X(ROUTES_BUSY, "routes-busy", "claims refused: every code live")                               \
    X(REFILLS, "refills", "times memcached was filled again from the spool")                       \
    X(STORE_ERRORS, "store-errors", "calls to memcached that failed")                              \
    X(SPOOL_ERRORS, "spool-errors", "transactions that failed")                                    \
    X(DOOR_ACCEPTED, "door-accepted", "connections to the socket")                                 \
    X(DOOR_REFUSED, "door-refused", "of these refused: not allowed, or too many")                  \
    X(DOOR_CUT, "door-cut", "of these cut: bad line, descriptor passed, or not reading")           \
    X(DOOR_REQUESTS, "door-requests", "requests")                                                  \
    X(DOOR_TIMEOUTS, "door-timeouts", "requests answered with a time-out")                         \
    X(DOOR_NEWS, "door-news", "news lines given to subscribers")

#define GAUGES(X)                                                                                  \
    X(DOOR_CONNECTIONS, "door-connections", "connections to the socket now")                       \
    X(QUEUE, "queue", "messages accepted and not yet settled")                                     \
    X(ANSWERS_WAITING, "answers-waiting", "answers received and not yet on disk")

/* Latencies, in microseconds. */
#define HISTOGRAMS(X)                                                                              \
    X(SEND, "send-us", "from a send request to its ok")                                            \
    X(ANSWER, "answer-us", "from a deliver_sm to its response")                                    \
    X(COMMIT, "commit-us",                                                                         \
      "from a batch of the spool to its being on disk, up to the next power of two")               \
    X(STORE, "store-us", "one batch of the storer's jobs")                                         \
    X(SUBMIT, "submit-us", "from a submit_sm to its response")                                     \
    X(LOOP, "loop-us", "how late the loop's own tick comes")

#define COUNTERS_SYMBOL_(symbol, name, help)   COUNTER_##symbol,
#define GAUGES_SYMBOL_(symbol, name, help)     GAUGE_##symbol,
#define HISTOGRAMS_SYMBOL_(symbol, name, help) HISTOGRAM_##symbol,
enum counter { COUNTERS(COUNTERS_SYMBOL_) GAUGES(GAUGES_SYMBOL_) COUNTERS_COUNT };
enum histogram { HISTOGRAMS(HISTOGRAMS_SYMBOL_) HISTOGRAMS_COUNT };

void counter_add(enum counter counter, uint64_t by);
/* For gauges. */
void counter_set(enum counter counter, uint64_t value);
uint64_t counter_get(enum counter counter);
void histogram_add(enum histogram histogram, uint64_t us);
void histogram_add_many(enum histogram histogram, uint64_t us, uint64_t many);
/* An upper bound of the value that `permille` of all are not above, within 6 %; 0 where there is
 * none. */
uint64_t histogram_at(enum histogram histogram, unsigned permille);

/* Tells each: counters and gauges by their name; of each histogram NAME-count, NAME-p50, NAME-p99
 * and NAME-max. */
typedef void counters_tell(void *ctx, const char *name, const char *help, uint64_t value);
void counters_each(counters_tell *tell, void *ctx);

#endif
