// The table of faults, and how their values are read.
#include "test/smsc/fault.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "test/smsc/status.h"

#define STATES "0|ENROUTE|DELIVRD|EXPIRED|DELETED|UNDELIV|ACCEPTD|UNKNOWN|REJECTD"
#define STATUS "a status" // read by name as well

#define KIND(name, least, most, usual, choices, tells)                                             \
    {                                                                                              \
#name, offsetof(struct fault, name), least, most, usual, choices, tells                    \
    }
#define SWITCH(name, tells)     KIND(name, 0, 1, 0, "off|on", tells)
#define COUNTER(name, tells)    KIND(name, -1, 1000000000, 0, NULL, tells)
#define PERCENT(name, u, tells) KIND(name, 0, 100, u, NULL, tells)
#define MS(name, u, tells)      KIND(name, 0, 86400000, u, NULL, tells)

// clang-format off
const struct fault_kind fault_kinds[] = {
    KIND(throttle, 0, 10000000, 0, NULL, "submits a second above which ESME_RTHROTTLED is answered; 0 none"),
    KIND(throttle_burst, 0, 10000000, 0, NULL, "submits at once the throttle allows; 0 a tenth of a second"),
    COUNTER(queue_full, "submits answered with ESME_RMSGQFUL; -1 all"),
    KIND(submit_status, 0, UINT32_MAX, 0, STATUS, "command_status answered to submits that submit_next and submit_percent choose"),
    KIND(submit_next, -1, 1000000000, -1, NULL, "how many submits submit_status hits; -1 all"),
    PERCENT(submit_percent, 100, "share of submits submit_status hits"),
    KIND(not_claro_status, 1, UINT32_MAX, ESME_RINVDSTADR, STATUS, "command_status for a number whose switch says it is not Claro's"),
    KIND(bind_status, 0, UINT32_MAX, 0, STATUS, "command_status answered to binds"),
    KIND(bind_next, -1, 1000000000, -1, NULL, "how many binds bind_status hits; -1 all"),
    MS(response_delay_ms, 0, "delay of each submit_sm_resp"),
    MS(response_jitter_ms, 0, "random addition to that delay"),
    COUNTER(response_drop_next, "submits taken but never answered; -1 all"),
    PERCENT(response_drop_percent, 0, "share of submits taken but never answered"),
    KIND(response_shuffle, 0, 1000, 0, NULL, "responses kept back and then sent in random order"),
    KIND(response_body, 0, 3, BODY_ID, "id|none|nul|tlv", "body of submit_sm_resp: the id, nothing at all, an empty id, or the id and a TLV"),
    COUNTER(response_twice_next, "submit_sm_resp sent twice"),
    SWITCH(mute_bind, "binds are never answered"),
    SWITCH(mute_submit, "submits are neither taken nor answered"),
    SWITCH(mute_enquire, "enquire_link is never answered"),
    SWITCH(mute_unbind, "unbind is never answered"),
    SWITCH(mute_all, "everything is read, nothing is done or answered"),
    SWITCH(stop_reading, "nothing is read from any connection, old or new"),
    KIND(split, 0, 65536, 0, NULL, "octets per write; 1 is byte by byte; 0 whole"),
    KIND(split_gap_ms, 0, 60000, 0, NULL, "pause between these writes"),
    KIND(merge, 0, 10000, 0, NULL, "PDUs gathered into one write"),
    KIND(merge_ms, 1, 60000, 20, NULL, "longest wait of a gathered PDU"),
    KIND(cut_on_submit, 0, 1000000000, 0, NULL, "the connection is cut at the n-th submit from now"),
    KIND(cut_at, 0, 2, CUT_BEFORE, "before|half|after", "where: before its response, in the middle of it, right after it"),
    SWITCH(cut_reset, "that cut is a TCP reset instead of an end"),
    KIND(unknown_command, 0, 2, UNKNOWN_NACK, "nack|silent|close", "what an unknown command gets"),
    KIND(window, 1, 100000, 10, NULL, "deliver_sm unanswered at once on each bind"),
    MS(deliver_timeout_ms, 10000, "wait for deliver_sm_resp until the answer is sent again"),
    MS(deliver_retry_ms, 1000, "wait after a temporary error"),
    SWITCH(hold_delivers, "answers and receipts are kept, none is sent"),
    COUNTER(deliver_twice_next, "deliver_sm sent twice, each with its own sequence number"),
    PERCENT(deliver_twice_percent, 0, "share of deliver_sm sent twice"),
    COUNTER(deliver_deaf_next, "deliver_sm_resp treated as lost, so that the answer comes again"),
    SWITCH(deliver_data_sm, "answers go out as data_sm"),
    KIND(sequence, 0, UINT32_MAX, 0, NULL, "next sequence number on every connection, taken when set"),
    KIND(receipts, 0, 2, RECEIPT_AFTER, "none|before|after", "receipts: none, before submit_sm_resp, after it"),
    MS(receipt_delay_ms, 0, "delay of receipts sent after"),
    KIND(receipt_form, 0, 2, FORM_BOTH, "text|tlv|both", "the receipt's text, its TLVs, or both"),
    SWITCH(receipt_bare, "a receipt's esm_class does not say that it is one"),
    KIND(receipt_id, 0, 4, ID_SAME, "hex|upper|decimal|padded|same", "how a receipt writes the message id"),
    KIND(receipt_state, 0, 8, 0, STATES, "final state of every message; 0 lets the handset decide"),
    KIND(receipt_error, 0, 999, 0, NULL, "err: of the receipt's text"),
    PERCENT(receipt_percent, 100, "share of receipts really sent"),
    COUNTER(receipt_twice_next, "receipts sent twice"),
    KIND(id_style, 0, 3, ID_HEX, "hex|upper|decimal|padded", "how submit_sm_resp writes the message id"),
    KIND(alphabet, 0, 1, 0, "gsm7|latin1", "what data_coding 0 means here"),
    KIND(number_form, 0, 3, NUMBER_MIRROR, "mirror|national|international|plus", "a mobile's number in deliver_sm: as last written to, 809..., 1809..., +1809..."),
    MS(part_wait_ms, 10000, "wait for missing parts until a handset shows what came"),
    SWITCH(sink, "handsets keep no texts"),
};
// clang-format on
const size_t fault_kinds_count = sizeof fault_kinds / sizeof *fault_kinds;

static int64_t *fault_place(struct fault *fault, const struct fault_kind *kind)
{
    return (int64_t *)(void *)((char *)fault + kind->offset);
}

void fault_reset(struct fault *fault)
{
    for (size_t i = 0; i < fault_kinds_count; i++)
        *fault_place(fault, &fault_kinds[i]) = fault_kinds[i].usual;
}

int64_t fault_get(const struct fault *fault, const struct fault_kind *kind)
{
    return *(const int64_t *)(const void *)((const char *)fault + kind->offset);
}

// The position of a word in "a|b|c", or -1.
static int64_t choice_find(const char *choices, const char *word)
{
    size_t length = strlen(word);

    for (int64_t i = 0; choices && *word; i++) {
        size_t n = strcspn(choices, "|");
        if (n == length && !strncasecmp(choices, word, n))
            return i;
        choices = choices[n] ? choices + n + 1 : NULL;
    }
    return -1;
}

static bool value_parse(const struct fault_kind *kind, const char *word, int64_t *value)
{
    char *end;

    if (kind->choices == NULL || (*value = choice_find(kind->choices, word)) < 0) {
        uint32_t status;
        if (kind->choices && !strcmp(kind->choices, STATUS) && status_parse(word, &status)) {
            *value = status;
        } else {
            errno = 0;
            *value = strtoll(word, &end, 0);
            if (errno || end == word || *end)
                return false;
        }
    }
    return *value >= kind->least && *value <= kind->most;
}

int fault_set(struct fault *fault, const char *name, const char *value)
{
    for (size_t i = 0; i < fault_kinds_count; i++) {
        int64_t number;
        if (strcmp(fault_kinds[i].name, name))
            continue;
        if (!value_parse(&fault_kinds[i], value, &number))
            return -EINVAL;
        *fault_place(fault, &fault_kinds[i]) = number;
        return 0;
    }
    return -ENOENT;
}

void fault_word(const struct fault_kind *kind, int64_t value, char *room, size_t size)
{
    const char *word = kind->choices;

    if (!word || !strcmp(word, STATUS)) {
        snprintf(room, size, "%lld", (long long)value);
        return;
    }
    for (; value > 0; value--)
        word += strcspn(word, "|") + 1;
    snprintf(room, size, "%.*s", (int)strcspn(word, "|"), word);
}

bool fault_take(int64_t *counter)
{
    if (*counter == 0)
        return false;
    if (*counter > 0)
        --*counter;
    return true;
}

static uint64_t random_state = 0x9E3779B97F4A7C15u;

void fault_seed(uint64_t seed)
{
    random_state = seed ? seed : 1;
}

uint64_t fault_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

bool fault_hits(int64_t percent)
{
    return percent >= 100 || (percent > 0 && (int64_t)(fault_random() >> 33) % 100 < percent);
}
