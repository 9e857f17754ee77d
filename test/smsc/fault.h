// Everything the SMSC can be told to do differently: numbers in one struct, described in one table.
#ifndef SMSC_FAULT_H
#define SMSC_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RECEIPT_NONE, RECEIPT_BEFORE, RECEIPT_AFTER };
enum { FORM_TEXT, FORM_TLV, FORM_BOTH };
enum { ID_HEX, ID_UPPER, ID_DECIMAL, ID_PADDED, ID_SAME };
enum { BODY_ID, BODY_NONE, BODY_NUL, BODY_TLV };
enum { CUT_BEFORE, CUT_HALF, CUT_AFTER };
enum { UNKNOWN_NACK, UNKNOWN_SILENT, UNKNOWN_CLOSE };
enum { NUMBER_MIRROR, NUMBER_NATIONAL, NUMBER_INTERNATIONAL, NUMBER_PLUS };

// A counter `..._next` is how many more are hit: 0 none, -1 all.
struct fault {
    int64_t throttle, throttle_burst, queue_full;
    int64_t submit_status, submit_next, submit_percent, not_claro_status;
    int64_t bind_status, bind_next;
    int64_t response_delay_ms, response_jitter_ms, response_drop_next, response_drop_percent;
    int64_t response_shuffle, response_body, response_twice_next;
    int64_t mute_bind, mute_submit, mute_enquire, mute_unbind, mute_all, stop_reading;
    int64_t split, split_gap_ms, merge, merge_ms;
    int64_t cut_on_submit, cut_at, cut_reset, unknown_command;
    int64_t window, deliver_timeout_ms, deliver_retry_ms, hold_delivers, deliver_twice_next;
    int64_t deliver_twice_percent, deliver_deaf_next, deliver_data_sm, sequence;
    int64_t receipts, receipt_delay_ms, receipt_form, receipt_bare, receipt_id, receipt_state,
        receipt_error;
    int64_t receipt_percent, receipt_twice_next;
    int64_t id_style, alphabet, number_form, part_wait_ms, sink;
};

struct fault_kind {
    const char *name;
    size_t offset;
    int64_t least, most, usual;
    const char *choices; // "a|b|c" for 0, 1, 2; NULL for a number
    const char *tells;   // one line of documentation
};
extern const struct fault_kind fault_kinds[];
extern const size_t fault_kinds_count;

void fault_reset(struct fault *fault);
int64_t fault_get(const struct fault *fault, const struct fault_kind *kind);
// Reads a number (also 0x..), a choice's word, on/off, or for a status its name. -ENOENT: no such
// name; -EINVAL: not such a value, and nothing is changed.
int fault_set(struct fault *fault, const char *name, const char *value);
// The word of a choice into room given; the number where there is none.
void fault_word(const struct fault_kind *kind, int64_t value, char *room, size_t size);

// Takes one from a `_next` counter; whether there was one.
bool fault_take(int64_t *counter);
// Whether an event of this chance (in percent) happens now.
bool fault_hits(int64_t percent);
void fault_seed(uint64_t seed);
uint64_t fault_random(void);

#endif
