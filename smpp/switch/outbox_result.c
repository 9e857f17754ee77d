/* What links tell about submit_sm: taken, refused, in doubt, never sent; see outbox.h. */
#include "smpp/switch/switchboard.h"

#include <string.h>

#include "smpp/logbook/counters.h"
#include "smpp/switch/flight.h"
#include "smpp/logbook/log.h"
#include "smpp/switch/outbox_inner.h"
#include "smpp/pdu/receipt.h"
#include "smpp/pdu/status.h"

enum { RETRY_FIRST_MS = 250, RETRY_MOST_MS = 15000 };

static void part_accepted(struct switchboard *sb, struct link *link, uint64_t message,
                          unsigned part, const char *id)
{
    char keys[RECEIPT_KEYS][RECEIPT_KEY_MAX];
    /* By its id receipts find the part: nothing has to be kept where none is asked for. */
    size_t count = switch_link_conf(link)->receipts ? receipt_id_keys(id, keys) : 0;
    struct spool_part row = {.message = message,
                             .part = part + 1,
                             .state = SPOOL_SUBMITTED,
                             .smsc = switch_link_conf(link)->smsc,
                             .smsc_id = count ? keys[0] : "",
                             .now = switch_now(sb)};
    counter_add(COUNTER_SUBMITS_ACCEPTED, 1);
    if (spool_part_state(sb->spool, &row, (struct spool_done){outbox_told, sb}) < 0)
        log_error("SD0304", "the spool takes no more: a message may be sent twice");
}

/* Not taken for now: the same part once more after a pause that grows. */
static void part_retry(struct switchboard *sb, struct lane *lane, enum status_action action)
{
    struct outgoing *message = TAILQ_FIRST(&lane->messages);
    struct spool_part row = {.message = message->id,
                             .part = message->part + 1,
                             .state = SPOOL_QUEUED,
                             .now = switch_now(sb)};
    int64_t pause = RETRY_FIRST_MS << (message->tries < 6 ? message->tries : 6);
    message->tries++;
    counter_add(COUNTER_SUBMITS_RETRIED, 1);
    /* Refused octets are nowhere: after a crash it need not count as in doubt. */
    if (message->state[message->part] == SPOOL_IN_FLIGHT &&
        spool_part_state(sb->spool, &row, (struct spool_done){0}) == 0)
        message->state[message->part] = SPOOL_QUEUED;
    if (action == STATUS_SLOW) /* the link has slowed down by itself */
        pause = RETRY_FIRST_MS;
    message->committed = false;
    lane->retry_at = switch_now(sb) + (pause < RETRY_MOST_MS ? pause : RETRY_MOST_MS);
    lane_move(&sb->outbox, lane, LANE_LATER);
}

static void lane_answered(struct switchboard *sb, struct link *link, struct lane *lane,
                          const struct link_result *result)
{
    struct outgoing *message = TAILQ_FIRST(&lane->messages);
    const struct status *status = status_of(result->status);
    if (part_is_taken(message) && status->action != STATUS_OK) {
        lane_advance(sb, lane);
    } else if (status->action == STATUS_OK) {
        part_accepted(sb, link, message->id, message->part, result->message_id);
        message->state[message->part] = SPOOL_SUBMITTED;
        lane_advance(sb, lane);
    } else if (status->action == STATUS_PERMANENT) {
        counter_add(COUNTER_SUBMITS_FAILED, 1);
        log_info("SD0305", "refused for good by the SMSC: link=%s status=%s mobile=%s",
                 link_conf(link)->name, status->name, log_number(lane->mobile));
        message_fail(sb, message, status->reason);
    } else {
        part_retry(sb, lane, status->action);
    }
}

/* The answer came after its time-out. */
static void doubt_answered(struct switchboard *sb, struct link *link, struct flight *flight,
                           const struct link_result *result)
{
    struct lane *lane = lane_find(&sb->outbox, flight->mobile, flight->code);
    struct outgoing *message = lane ? TAILQ_FIRST(&lane->messages) : NULL;
    if (status_of(result->status)->action != STATUS_OK)
        return;
    part_accepted(sb, link, flight->message, flight->part, result->message_id);
    if (!message || message->id != flight->message || message->part != flight->part)
        return;
    message->state[message->part] = SPOOL_SUBMITTED;
    if (lane->state != LANE_BUSY) /* not on its way a second time yet */
        lane_advance(sb, lane);
}

void outbox_submitted(struct switchboard *sb, struct link *link, const struct link_result *result)
{
    struct flight *flight = flight_find(&sb->outbox, result->tag);
    if (!flight)
        return;
    histogram_add(HISTOGRAM_SUBMIT, result->latency_us);
    if (flight->lane)
        lane_answered(sb, link, flight->lane, result);
    else
        doubt_answered(sb, link, flight, result);
    flight_free(&sb->outbox, flight);
    outbox_run(sb);
}

void outbox_in_doubt(struct switchboard *sb, uint64_t tag)
{
    struct flight *flight = flight_find(&sb->outbox, tag);
    if (!flight || !flight->lane)
        return;
    struct lane *lane = flight->lane;
    struct outgoing *message = TAILQ_FIRST(&lane->messages);
    uint8_t *state = &message->state[message->part];
    bool once_more = message->kind == SPOOL_VISITOR && *state == SPOOL_IN_FLIGHT;
    flight_doubt(&sb->outbox, flight);
    if (!part_is_taken(message)) {
        counter_add(COUNTER_SUBMITS_IN_DOUBT, 1);
        *state = once_more ? SPOOL_IN_DOUBT : SPOOL_UNKNOWN;
        part_settle(sb, message->id, message->part + 1, *state, "");
    }
    if (once_more) {
        message->committed = false;
        lane_move(&sb->outbox, lane, LANE_READY);
    } else {
        lane_advance(sb, lane);
    }
    outbox_run(sb);
}

void outbox_unsent(struct switchboard *sb, uint64_t tag)
{
    struct flight *flight = flight_find(&sb->outbox, tag);
    if (!flight || !flight->lane)
        return;
    /* Still committed as in flight, and nothing has left: it goes as it is. */
    lane_move(&sb->outbox, flight->lane, LANE_READY);
    flight_free(&sb->outbox, flight);
    outbox_run(sb);
}
