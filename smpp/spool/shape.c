/* The shape of each kind of job: its request's fields, limits and columns, and who runs it. */
#include "smpp/spool/job.h"

#include "smpp/spool/export.h"
#include "smpp/spool/message.h"
#include "smpp/spool/optout.h"
#include "smpp/spool/prune.h"
#include "smpp/spool/receipt.h"
#include "smpp/spool/reply.h"
#include "smpp/spool/scan.h"
#include "smpp/spool/transcript.h"
#include "smpp/spool/twin.h"

enum { KEY_MAX = 64, NUMBER_MAX = 0x7FFFFFFF };

#define AT(tag, member) offsetof(struct tag, member)

static const struct field MESSAGE_FIELDS[] = {
    {FIELD_NUMBER, AT(spool_message, id), 0},
    {FIELD_NUMBER, AT(spool_message, conversation), 0},
    {FIELD_UNSIGNED, AT(spool_message, kind), SPOOL_NOTICE},
    {FIELD_TEXT, AT(spool_message, session), SPOOL_SESSION_MAX},
    {FIELD_TEXT, AT(spool_message, mobile), SPOOL_NAME_MAX},
    {FIELD_TEXT, AT(spool_message, code), SPOOL_CODE_MAX},
    {FIELD_TEXT, AT(spool_message, name), SPOOL_NAME_MAX},
    {FIELD_TEXT, AT(spool_message, text), SPOOL_TEXT_MAX},
    {FIELD_OCTETS, AT(spool_message, prepared), SPOOL_TEXT_MAX},
    {FIELD_UNSIGNED, AT(spool_message, way), NUMBER_MAX},
    {FIELD_UNSIGNED, AT(spool_message, concat_ref), NUMBER_MAX},
    {FIELD_UNSIGNED, AT(spool_message, parts), SPOOL_PARTS},
    {FIELD_PASSING, AT(spool_message, key), KEY_MAX},
    {FIELD_PASSING, AT(spool_message, nonce), KEY_MAX},
    {FIELD_NUMBER, AT(spool_message, accepted), 0},
    {FIELD_NUMBER, AT(spool_message, expiry), 0},
    {FIELD_NUMBER, AT(spool_message, until), 0},
};
const struct record MESSAGE_RECORD = RECORD(spool_message, MESSAGE_FIELDS);

static const struct field SETTLED_FIELDS[] = {
    {FIELD_NUMBER, AT(spool_settled, id), 0},
    {FIELD_NUMBER, AT(spool_settled, conversation), 0},
    {FIELD_TEXT, AT(spool_settled, session), SPOOL_SESSION_MAX},
    {FIELD_UNSIGNED, AT(spool_settled, parts), SPOOL_PARTS},
    {FIELD_TEXT, AT(spool_settled, reason), SPOOL_REASON_MAX},
};
const struct record SETTLED_RECORD = RECORD(spool_settled, SETTLED_FIELDS);

static const struct field KEY_FIELDS[] = {
    {FIELD_TEXT, AT(key_request, session), SPOOL_SESSION_MAX},
    {FIELD_TEXT, AT(key_request, key), KEY_MAX},
};
static const struct record KEY_RECORD = RECORD(key_request, KEY_FIELDS);

static const struct field PART_FIELDS[] = {
    {FIELD_UNSIGNED, AT(spool_part, part), SPOOL_PARTS},
    {FIELD_UNSIGNED, AT(spool_part, state), SPOOL_UNKNOWN},
    {FIELD_UNSIGNED, AT(spool_part, way), NUMBER_MAX},
    {FIELD_TEXT, AT(spool_part, smsc), SPOOL_NAME_MAX},
    {FIELD_TEXT, AT(spool_part, smsc_id), SPOOL_NAME_MAX},
    {FIELD_TEXT, AT(spool_part, reason), SPOOL_REASON_MAX},
};
static const struct record PART_RECORD = RECORD(spool_part, PART_FIELDS);

static const struct field RECEIPT_FIELDS[] = {
    {FIELD_TEXT, AT(spool_receipt, smsc), SPOOL_NAME_MAX},
    {FIELD_TEXT, AT(spool_receipt, key[0]), SPOOL_NAME_MAX},
    {FIELD_TEXT, AT(spool_receipt, key[1]), SPOOL_NAME_MAX},
    {FIELD_TEXT, AT(spool_receipt, key[2]), SPOOL_NAME_MAX},
    {FIELD_UNSIGNED, AT(spool_receipt, state), SPOOL_UNKNOWN},
    {FIELD_TEXT, AT(spool_receipt, reason), SPOOL_REASON_MAX},
    {FIELD_TEXT, AT(spool_receipt, mobile), SPOOL_NAME_MAX},
};
static const struct record RECEIPT_RECORD = RECORD(spool_receipt, RECEIPT_FIELDS);

static const struct field REPLY_FIELDS[] = {
    {FIELD_NUMBER, AT(spool_reply, id), 0},
    {FIELD_NUMBER, AT(spool_reply, conversation), 0},
    {FIELD_TEXT, AT(spool_reply, session), SPOOL_SESSION_MAX},
    {FIELD_TEXT, AT(spool_reply, mobile), SPOOL_NAME_MAX},
    {FIELD_TEXT, AT(spool_reply, code), SPOOL_NAME_MAX},
    {FIELD_OCTETS, AT(spool_reply, octets), SPOOL_OCTETS_MAX},
    {FIELD_UNSIGNED, AT(spool_reply, data_coding), NUMBER_MAX},
    {FIELD_UNSIGNED, AT(spool_reply, ref), NUMBER_MAX},
    {FIELD_UNSIGNED, AT(spool_reply, total), NUMBER_MAX},
    {FIELD_UNSIGNED, AT(spool_reply, seq), NUMBER_MAX},
    {FIELD_TEXT, AT(spool_reply, smsc), SPOOL_NAME_MAX},
    {FIELD_TEXT, AT(spool_reply, smsc_id), SPOOL_NAME_MAX},
    {FIELD_NUMBER, AT(spool_reply, arrival), 0},
    {FIELD_NUMBER, AT(spool_reply, received), 0},
    {FIELD_NUMBER, AT(spool_reply, wall), 0},
    {FIELD_UNSIGNED, AT(spool_reply, outcome), SPOOL_OUT_DUPLICATE},
    {FIELD_BOOL, AT(spool_reply, shown), 0},
};
const struct record REPLY_RECORD = RECORD(spool_reply, REPLY_FIELDS);

static const struct field CONVERSATION_FIELDS[] = {
    {FIELD_NUMBER, AT(spool_conversation, id), 0},
    {FIELD_TEXT, AT(spool_conversation, session), SPOOL_SESSION_MAX},
    {FIELD_TEXT, AT(spool_conversation, mobile), SPOOL_NAME_MAX},
    {FIELD_TEXT, AT(spool_conversation, code), SPOOL_CODE_MAX},
    {FIELD_TEXT, AT(spool_conversation, name), SPOOL_NAME_MAX},
    {FIELD_NUMBER, AT(spool_conversation, until), 0},
    {FIELD_NUMBER, AT(spool_conversation, last), 0},
    {FIELD_UNSIGNED, AT(spool_conversation, unanswered), NUMBER_MAX},
    {FIELD_BOOL, AT(spool_conversation, ended), 0},
    {FIELD_OCTETS, AT(spool_conversation, more), SPOOL_TEXT_MAX},
};
const struct record CONVERSATION_RECORD = RECORD(spool_conversation, CONVERSATION_FIELDS);

static const struct field EVENT_FIELDS[] = {
    {FIELD_TEXT, AT(spool_event, session), SPOOL_SESSION_MAX},
    {FIELD_NUMBER, AT(spool_event, n), 0},
    {FIELD_NUMBER, AT(spool_event, until), 0},
    {FIELD_TEXT, AT(spool_event, line), SPOOL_LINE_MAX},
};
const struct record EVENT_RECORD = RECORD(spool_event, EVENT_FIELDS);

static const struct field OPTOUT_FIELDS[] = {
    {FIELD_TEXT, AT(spool_optout, mobile), SPOOL_NAME_MAX},
    {FIELD_TEXT, AT(spool_optout, session), SPOOL_SESSION_MAX},
    {FIELD_TEXT, AT(spool_optout, how), SPOOL_NAME_MAX},
    {FIELD_NUMBER, AT(spool_optout, since), 0},
};
const struct record OPTOUT_RECORD = RECORD(spool_optout, OPTOUT_FIELDS);

static const struct field NOTICE_FIELDS[] = {
    {FIELD_TEXT, AT(spool_notice, mobile), SPOOL_NAME_MAX},
    {FIELD_NUMBER, AT(spool_notice, at), 0},
};
const struct record NOTICE_RECORD = RECORD(spool_notice, NOTICE_FIELDS);

static const struct field EARLY_FIELDS[] = {
    {FIELD_NUMBER, AT(spool_early, id), 0},
    {FIELD_TEXT, AT(spool_early, smsc), SPOOL_NAME_MAX},
    {FIELD_TEXT, AT(spool_early, keys), SPOOL_RECEIPT_KEYS *(SPOOL_NAME_MAX + 1)},
    {FIELD_UNSIGNED, AT(spool_early, state), SPOOL_UNKNOWN},
    {FIELD_TEXT, AT(spool_early, reason), SPOOL_REASON_MAX},
};
const struct record EARLY_RECORD = RECORD(spool_early, EARLY_FIELDS);

static const struct field TWIN_FIELDS[] = {
    {FIELD_TEXT, AT(spool_twin, mobile), SPOOL_NAME_MAX},
    {FIELD_TEXT, AT(spool_twin, code), SPOOL_NAME_MAX},
    {FIELD_TEXT, AT(spool_twin, smsc_id), SPOOL_NAME_MAX},
};
static const struct record TWIN_RECORD = RECORD(spool_twin, TWIN_FIELDS);

static const struct field DOUBT_FIELDS[] = {{FIELD_TEXT, AT(doubt_request, smsc), SPOOL_NAME_MAX}};
static const struct record DOUBT_RECORD = RECORD(doubt_request, DOUBT_FIELDS);

static const struct field SHOWN_FIELDS[] = {
    {FIELD_OCTETS, AT(shown_request, replies), SPOOL_OCTETS_MAX}};
static const struct record SHOWN_RECORD = RECORD(shown_request, SHOWN_FIELDS);

static const struct field SESSION_FIELDS[] = {
    {FIELD_TEXT, AT(session_request, session), SPOOL_SESSION_MAX}};
static const struct record SESSION_RECORD = RECORD(session_request, SESSION_FIELDS);

static const struct field OPTOUT_REMOVE_FIELDS[] = {
    {FIELD_TEXT, AT(optout_request, mobile), SPOOL_NAME_MAX},
    {FIELD_NUMBER, AT(optout_request, until), 0},
};
static const struct record OPTOUT_REMOVE_RECORD = RECORD(optout_request, OPTOUT_REMOVE_FIELDS);

static const struct field META_FIELDS[] = {
    {FIELD_TEXT, AT(meta_request, name), SPOOL_NAME_MAX},
    {FIELD_TEXT, AT(meta_request, value), SPOOL_TEXT_MAX},
};
static const struct record META_RECORD = RECORD(meta_request, META_FIELDS);

static const struct field SCAN_FIELDS[] = {
    {FIELD_UNSIGNED, AT(scan_request, scan), SPOOL_SCAN_EARLY},
    {FIELD_TEXT, AT(scan_request, session), SPOOL_SESSION_MAX},
    {FIELD_NUMBER, AT(scan_request, after), 0},
};
static const struct record SCAN_RECORD = RECORD(scan_request, SCAN_FIELDS);

static const struct record REPLY_END_RECORD = {sizeof(struct reply_end_request), 0, NULL};
static const struct record TICK_RECORD = {sizeof(struct tick_request), 0, NULL};
static const struct record COPY_RECORD = {sizeof(struct copy_request), 0, NULL};
static const struct record AGAIN_RECORD = {sizeof(struct again_request), 0, NULL};

const struct job_type JOB_TYPE[JOB_KINDS] = {
    [JOB_KEEP] = {&MESSAGE_RECORD, message_keep, JOB_AT_ONCE},
    [JOB_KNOWN] = {&KEY_RECORD, message_ask, JOB_AT_ONCE},
    [JOB_PART] = {&PART_RECORD, message_part_state, JOB_PATIENT},
    [JOB_RECEIPT] = {&RECEIPT_RECORD, receipt_keep, JOB_HURRIED},
    [JOB_REPLY] = {&REPLY_RECORD, reply_keep, JOB_AT_ONCE},
    [JOB_REPLY_ASKED] = {&TWIN_RECORD, reply_asked, JOB_HURRIED},
    [JOB_REPLY_END] = {&REPLY_END_RECORD, reply_end, JOB_HURRIED},
    [JOB_DOUBT] = {&DOUBT_RECORD, reply_doubt, JOB_HURRIED},
    [JOB_SHOWN] = {&SHOWN_RECORD, reply_shown, JOB_PATIENT},
    [JOB_CONVERSATION] = {&CONVERSATION_RECORD, conversation_keep, JOB_PATIENT},
    [JOB_EVENT] = {&EVENT_RECORD, event_keep, JOB_PATIENT},
    [JOB_WIPE] = {&SESSION_RECORD, session_wipe, JOB_HURRIED},
    [JOB_OPTOUT_ADD] = {&OPTOUT_RECORD, optout_add, JOB_HURRIED},
    [JOB_OPTOUT_REMOVE] = {&OPTOUT_REMOVE_RECORD, optout_remove, JOB_HURRIED},
    [JOB_NOTICE] = {&NOTICE_RECORD, notice_keep, JOB_PATIENT},
    [JOB_META] = {&META_RECORD, meta_keep, JOB_HURRIED},
    [JOB_SCAN] = {&SCAN_RECORD, scan_read, JOB_HURRIED},
    [JOB_TICK] = {&TICK_RECORD, prune_tick, JOB_AT_ONCE},
    [JOB_CDR_CLOSE] = {&TICK_RECORD, export_close, JOB_AT_ONCE},
    [JOB_CDR_COPY] = {&COPY_RECORD, export_copy, JOB_AT_ONCE},
    [JOB_CDR_AGAIN] = {&AGAIN_RECORD, export_again, JOB_AT_ONCE},
};
