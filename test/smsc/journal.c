// A ring of raw PDUs; they are decoded only when somebody reads them.
#include "test/smsc/journal.h"

#include <errno.h>
#include <event2/buffer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "test/smsc/fault.h"
#include "test/smsc/hex.h"
#include "test/smsc/json.h"
#include "test/smsc/parts.h"
#include "test/smsc/receipt.h"
#include "test/smsc/session.h"
#include "test/smsc/status.h"

enum { OCTETS_MOST = 128 * 1024 * 1024 };

int journal_open(struct journal *j, size_t most)
{
    *j = (struct journal){.most = most ? most : 1};
    j->ring = calloc(j->most, sizeof *j->ring);
    return j->ring ? 0 : -ENOMEM;
}

void journal_close(struct journal *j)
{
    for (size_t i = 0; j->ring && i < j->most; i++)
        free(j->ring[i].pdu);
    free(j->ring);
}

// Large PDUs give their room back, so that a ring of them stays bounded.
static uint8_t *entry_room(struct journal *j, struct journal_entry *entry, size_t length)
{
    if (entry->room >= length && entry->room <= 1024)
        return entry->pdu;
    free(entry->pdu);
    j->octets -= entry->room;
    entry->room = 0;
    entry->pdu = j->octets + length > OCTETS_MOST ? NULL : malloc(length);
    if (entry->pdu) {
        entry->room = length;
        j->octets += length;
    }
    return entry->pdu;
}

void journal_add(struct journal *j, const struct session *s, uint32_t status, uint64_t message,
                 const uint8_t *pdu, size_t length)
{
    struct journal_entry *entry = &j->ring[++j->serial % j->most];
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    entry->serial = j->serial;
    entry->wall_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    entry->message = message;
    entry->session = s->id;
    entry->status = status;
    memcpy(entry->system_id, s->system_id, sizeof entry->system_id);
    entry->length = 0;
    if (entry_room(j, entry, length)) {
        memcpy(entry->pdu, pdu, length);
        entry->length = length;
    }
}

static void string_write(struct evbuffer *out, const char *name, const char *value)
{
    char *text = text_decode((const uint8_t *)value, strlen(value), LATIN1, false);

    evbuffer_add_printf(out, ",\"%s\":", name);
    json_string(out, text ? text : "");
    free(text);
}

static void text_write(struct evbuffer *out, const struct pdu_message *m, enum alphabet standard)
{
    struct piece piece;

    piece_get(m, standard, &piece);
    char *text = text_decode(piece.octets, piece.length, piece.alphabet, piece.spanish);
    evbuffer_add_printf(out, ",\"part\":%u,\"parts\":%u,\"text\":", piece.number, piece.total);
    json_string(out, text ? text : "");
    free(text);
}

static void message_write(struct evbuffer *out, const struct pdu_message *m, enum alphabet standard)
{
    string_write(out, "service_type", m->service_type);
    evbuffer_add_printf(out, ",\"source_ton\":%u,\"source_npi\":%u", m->source_ton, m->source_npi);
    string_write(out, "source", m->source);
    evbuffer_add_printf(out, ",\"destination_ton\":%u,\"destination_npi\":%u", m->destination_ton,
                        m->destination_npi);
    string_write(out, "destination", m->destination);
    evbuffer_add_printf(out, ",\"esm_class\":%u,\"protocol_id\":%u,\"priority\":%u", m->esm_class,
                        m->protocol_id, m->priority);
    string_write(out, "schedule_delivery_time", m->schedule);
    string_write(out, "validity_period", m->validity);
    evbuffer_add_printf(out,
                        ",\"registered_delivery\":%u,\"replace_if_present\":%u,\"data_coding\":%u,"
                        "\"sm_default_msg_id\":%u,\"short_message\":\"",
                        m->registered, m->replace, m->data_coding, m->canned);
    hex_write(out, m->octets, m->length);
    evbuffer_add_printf(out, "\"");
    text_write(out, m, standard);
    evbuffer_add_printf(out, ",\"tlvs\":[");
    for (unsigned i = 0; i < m->tlvs; i++) {
        evbuffer_add_printf(out, "%s{\"tag\":%u,\"value\":\"", i ? "," : "", m->tlv[i].tag);
        hex_write(out, m->tlv[i].value, m->tlv[i].length);
        evbuffer_add_printf(out, "\"}");
    }
    evbuffer_add_printf(out, "]");
}

static void entry_write(struct evbuffer *out, const struct journal_entry *entry,
                        const struct fault *fault)
{
    struct pdu_message message;
    char id[66] = "";

    if (entry->message)
        message_id_put(entry->message, (int)fault->id_style, id, sizeof id);
    evbuffer_add_printf(out, "{\"n\":%llu,\"time\":", (unsigned long long)entry->serial);
    json_time(out, entry->wall_ms);
    evbuffer_add_printf(out, ",\"session\":%u", entry->session);
    string_write(out, "system_id", entry->system_id);
    evbuffer_add_printf(out, ",\"status\":%u,\"message_id\":\"%s\"", entry->status, id);
    if (entry->length) {
        struct pdu_header header;
        pdu_header_get(entry->pdu, &header);
        evbuffer_add_printf(out, ",\"command\":\"%s\",\"sequence\":%u",
                            header.command == DATA_SM ? "data_sm" : "submit_sm", header.sequence);
        if (pdu_message_get(entry->pdu, entry->length, &message) == ESME_ROK)
            message_write(out, &message, fault->alphabet ? LATIN1 : GSM7);
        evbuffer_add_printf(out, ",\"pdu\":\"");
        hex_write(out, entry->pdu, entry->length);
        evbuffer_add_printf(out, "\"");
    }
    evbuffer_add_printf(out, "}");
}

void journal_write(const struct journal *j, const struct fault *fault, uint64_t since, size_t limit,
                   struct evbuffer *json)
{
    uint64_t first = j->serial > j->most ? j->serial - j->most + 1 : 1;
    const char *comma = "";

    if (since >= first)
        first = since + 1;
    evbuffer_add_printf(json, "[");
    for (uint64_t n = first; n <= j->serial && limit; n++, limit--) {
        evbuffer_add_printf(json, "%s\n", comma);
        entry_write(json, &j->ring[n % j->most], fault);
        comma = ",";
    }
    evbuffer_add_printf(json, "]\n");
}
