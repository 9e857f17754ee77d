/* Understands delivery receipts of every vendor: TLVs first, the text where they are missing. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "smpp/pdu/receipt.h"

enum { TEXT_MAX = 1024 }; /* octets looked at; a receipt is never longer */

enum field {
    FIELD_ID,
    FIELD_SUB,
    FIELD_DLVRD,
    FIELD_SUBMIT,
    FIELD_DONE,
    FIELD_STAT,
    FIELD_ERR,
    FIELD_TEXT,
    FIELDS
};

static const char *const field_names[FIELDS] = {
    [FIELD_ID] = "id:",          [FIELD_SUB] = "sub:",
    [FIELD_DLVRD] = "dlvrd:",    [FIELD_SUBMIT] = "submit date:",
    [FIELD_DONE] = "done date:", [FIELD_STAT] = "stat:",
    [FIELD_ERR] = "err:",        [FIELD_TEXT] = "text:",
};

/* The standard's seven letters and what vendors write in their place; matched by how they begin. */
static const struct {
    const char *begin;
    enum message_state state;
} stats[] = {
    {"DELIV", MESSAGE_DELIVERED},     {"EXPIR", MESSAGE_EXPIRED},      {"DELET", MESSAGE_DELETED},
    {"UNDEL", MESSAGE_UNDELIVERABLE}, {"FAIL", MESSAGE_UNDELIVERABLE}, {"ACCEPT", MESSAGE_ACCEPTED},
    {"UNKNOWN", MESSAGE_UNKNOWN},     {"REJECT", MESSAGE_REJECTED},    {"ENROUTE", MESSAGE_ENROUTE},
    {"BUFFER", MESSAGE_ENROUTE},      {"BUFFRED", MESSAGE_ENROUTE},
};

static enum message_state stat_read(const char *word)
{
    for (size_t i = 0; i < sizeof stats / sizeof stats[0]; i++)
        if (strncasecmp(word, stats[i].begin, strlen(stats[i].begin)) == 0)
            return stats[i].state;
    return MESSAGE_STATE_NONE;
}

/* Which field's name stands at p, FIELDS if none. */
static enum field field_at(const char *p)
{
    unsigned f = 0;
    while (f < FIELDS && strncasecmp(p, field_names[f], strlen(field_names[f])) != 0)
        f++;
    return (enum field)f;
}

/* Copies the word at p, blanks before it skipped unless another field follows them. */
static void word_take(const char *p, char *out, size_t room)
{
    size_t n = 0;
    while (*p == ' ')
        p++;
    if (field_at(p) == FIELDS)
        while (n + 1 < room && isgraph((unsigned char)p[n])) {
            out[n] = p[n];
            n++;
        }
    out[n] = '\0';
}

struct found {
    bool seen[FIELDS];
    char stat[16];
};

static void field_take(enum field f, const char *value, struct found *found, struct receipt *out)
{
    if (found->seen[f])
        return;
    found->seen[f] = true;
    if (f == FIELD_ID)
        word_take(value, out->id, sizeof out->id);
    else if (f == FIELD_STAT)
        word_take(value, found->stat, sizeof found->stat);
    else if (f == FIELD_ERR)
        word_take(value, out->err, sizeof out->err);
}

/* What follows text: was written by a person and may imitate a field; it is read only where the id
 * has not come yet. */
static void fields_find(const char *text, struct found *found, struct receipt *out)
{
    bool word = true; /* p is where a word begins */
    for (const char *p = text; *p; p++) {
        enum field f = word ? field_at(p) : FIELDS;
        word = !isalnum((unsigned char)*p);
        if (f == FIELDS)
            continue;
        field_take(f, p + strlen(field_names[f]), found, out);
        if (f == FIELD_TEXT && found->seen[FIELD_ID])
            return;
        p += strlen(field_names[f]) - 1;
        word = true;
    }
}

static bool state_is_final(enum message_state state)
{
    return state == MESSAGE_DELIVERED || state == MESSAGE_EXPIRED || state == MESSAGE_DELETED ||
           state == MESSAGE_UNDELIVERABLE || state == MESSAGE_REJECTED;
}

static void parse(const uint8_t *text, size_t length, struct found *found, struct receipt *out)
{
    char copy[TEXT_MAX + 1];
    size_t n = length < TEXT_MAX ? length : TEXT_MAX;
    size_t kept = 0;
    /* The zeros of UCS-2 go, so that one reading serves all codings. */
    for (size_t i = 0; i < n; i++)
        if (text[i] != 0)
            copy[kept++] = (char)text[i];
    copy[kept] = '\0';
    memset(found, 0, sizeof *found);
    memset(out, 0, sizeof *out);
    fields_find(copy, found, out);
    out->state = stat_read(found->stat);
}

static void tlvs_take(const struct message *message, struct receipt *out)
{
    const uint8_t *error = message->network_error;
    if (message->receipted_message_id[0])
        memcpy(out->id, message->receipted_message_id, sizeof out->id);
    if (message->message_state != MESSAGE_STATE_NONE)
        out->state = message->message_state;
    if (error[0])
        snprintf(out->err, sizeof out->err, "%u/%u", error[0], pdu_get16(error + 1));
}

bool receipt_take(const struct message *message, struct receipt *out)
{
    struct found found;
    uint8_t type = message->esm_class & ESM_TYPE_MASK;
    size_t skip = message->esm_class & ESM_UDHI && message->length ? 1u + message->octets[0] : 0;
    if (skip > message->length)
        skip = message->length;
    parse(message->octets + skip, message->length - skip, &found, out);
    bool flagged = type == ESM_RECEIPT || type == ESM_INTERMEDIATE;
    bool by_tlv = message->receipted_message_id[0] && message->message_state != MESSAGE_STATE_NONE;
    bool by_text = out->id[0] && out->state != MESSAGE_STATE_NONE &&
                   (found.seen[FIELD_SUB] || found.seen[FIELD_SUBMIT]) && found.seen[FIELD_DONE];
    tlvs_take(message, out);
    out->final = state_is_final(out->state) && type != ESM_INTERMEDIATE;
    out->bare = !flagged && !by_tlv;
    return !out->bare || by_text;
}

/* GSM's own errors (network_error_code type 3; 3GPP TS 29.002, 17.6.6): unknown, unidentified and
 * illegal subscriber. */
static bool error_is_stranger(const char *err)
{
    return !strcmp(err, "3/1") || !strcmp(err, "3/5") || !strcmp(err, "3/9");
}

const char *receipt_reason(const struct receipt *receipt)
{
    switch (receipt->state) {
    case MESSAGE_EXPIRED:
        return "expired";
    case MESSAGE_UNDELIVERABLE:
        return error_is_stranger(receipt->err) ? "not-claro" : "unreachable";
    case MESSAGE_DELETED:
    case MESSAGE_REJECTED:
        return error_is_stranger(receipt->err) ? "not-claro" : "refused";
    default:
        return "";
    }
}

/* Reads digits of a base; false if there are others or the number is over 64 bits. */
static bool number_read(const char *digits, unsigned base, uint64_t *out)
{
    uint64_t n = 0;
    for (const char *p = digits; *p; p++) {
        if (!isxdigit((unsigned char)*p))
            return false;
        unsigned d = isdigit((unsigned char)*p) ? (unsigned)(*p - '0') : (unsigned)(*p - 'a' + 10);
        if (d >= base || n > (UINT64_MAX - d) / base)
            return false;
        n = n * base + d;
    }
    *out = n;
    return true;
}

static void number_put(char *out, uint64_t number, unsigned base)
{
    char digits[24], *end = digits + sizeof digits, *at = end;
    do
        *--at = "0123456789abcdef"[number % base];
    while (number /= base);
    memcpy(out, at, (size_t)(end - at));
    out[end - at] = '\0';
}

size_t receipt_id_keys(const char *id, char keys[RECEIPT_KEYS][RECEIPT_KEY_MAX])
{
    size_t n = 0, count = 1;
    uint64_t number;
    while (*id == ' ' || (*id == '0' && id[1] != '\0' && id[1] != ' '))
        id++;
    for (; id[n] && id[n] != ' ' && n + 1 < RECEIPT_KEY_MAX; n++)
        keys[0][n] = (char)tolower((unsigned char)id[n]);
    keys[0][n] = '\0';
    if (n == 0)
        return 0;
    if (number_read(keys[0], 10, &number))
        number_put(keys[count++], number, 16);
    if (number_read(keys[0], 16, &number))
        number_put(keys[count++], number, 10);
    return count;
}

static bool is_word_of(const char *words, const char *key)
{
    size_t length = strlen(key);
    const char *at = words;
    while ((at = strstr(at, key)) &&
           ((at > words && at[-1] != ' ') || (at[length] && at[length] != ' ')))
        at++;
    return at != NULL;
}

size_t receipt_keys_order(const char *words, char keys[RECEIPT_KEYS][RECEIPT_KEY_MAX])
{
    size_t count = 1;
    for (const char *blank = words; (blank = strchr(blank, ' ')); blank++)
        count++;
    for (const char *word = words; word; word = strchr(word + 1, ' ')) {
        size_t n = receipt_id_keys(word, keys), found = 0;
        if (count == 1)
            return n > 0; /* the others are not meant */
        for (size_t i = 0; i < n; i++)
            found += is_word_of(words, keys[i]);
        if (n == count && found == n)
            return n;
    }
    return 0;
}
