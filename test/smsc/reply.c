// Chooses the alphabet, cuts the text, heads each part, and queues the parts in the order wished.
#include "test/smsc/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/smsc/hex.h"
#include "test/smsc/smsc.h"
#include "test/smsc/text.h"
#include "test/smsc/trace.h"

enum { PARTS_MOST = 255, OCTETS_MOST = 40000, ADDRESS_MOST = 20 };
enum concat { CONCAT_UDH8, CONCAT_UDH16, CONCAT_SAR, CONCAT_PAYLOAD };

// What is to be sent, encoded.
struct draft {
    enum alphabet alphabet;
    bool spanish, raw;
    uint8_t data_coding;
    uint8_t esm_class;
    enum concat concat;
    unsigned reference;
    uint8_t octets[OCTETS_MOST];
    size_t length;
    size_t cut[PARTS_MOST + 1]; // where each part begins
    unsigned parts;
};

static const struct coding {
    const char *name;
    enum alphabet alphabet;
    bool spanish;
    uint8_t data_coding;
} codings[] = {
    {"gsm7", GSM7, false, 0},     {"spanish", GSM7, true, 0},   {"ucs2", UCS2, false, 8},
    {"latin1", LATIN1, false, 3}, {"binary", BINARY, false, 4},
};

static bool text_fits(struct draft *d, const struct coding *coding, const char *text)
{
    bool missing;
    size_t most = sizeof d->octets;

    d->alphabet = coding->alphabet;
    d->spanish = coding->spanish;
    d->data_coding = coding->data_coding;
    if (coding->alphabet == BINARY) {
        d->length = strlen(text) < most ? strlen(text) : most;
        memcpy(d->octets, text, d->length);
        return true;
    }
    d->length = text_encode(text, d->alphabet, d->spanish, d->octets, most, &missing);
    return !missing;
}

static const char *text_encode_as(struct draft *d, const struct reply *reply)
{
    const char *coding = reply->coding && *reply->coding ? reply->coding : "auto";

    if (!strcmp(coding, "auto")) {
        if (!text_fits(d, &codings[0], reply->text))
            (void)text_fits(d, &codings[2], reply->text); // UCS-2 has everything
        return NULL;
    }
    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++)
        if (!strcmp(codings[i].name, coding))
            return text_fits(d, &codings[i], reply->text) ? NULL
                                                          : "the coding lacks a letter of the text";
    return "coding is one of auto, gsm7, spanish, ucs2, latin1, binary";
}

static bool number_read(const char *word, unsigned long most, unsigned long *value)
{
    char *end;

    if (!word || !*word)
        return true;
    *value = strtoul(word, &end, 0);
    return !*end && *word != '-' && *value <= most;
}

static const char *draft_settings(struct smsc *smsc, struct draft *d, const struct reply *reply)
{
    static const char *const concats[] = {"udh8", "udh16", "sar", "payload"};
    unsigned long reference = smsc->handsets.serial & 0xFFFF, esm = 0, coding = d->data_coding;

    if (!number_read(reply->reference, 0xFFFF, &reference) ||
        !number_read(reply->esm_class, 255, &esm) || !number_read(reply->data_coding, 255, &coding))
        return "reference, esm_class and data_coding are numbers";
    d->reference = (unsigned)reference;
    d->esm_class = (uint8_t)esm;
    d->data_coding = (uint8_t)coding;
    d->concat = CONCAT_UDH8;
    if (!reply->concat || !*reply->concat)
        return NULL;
    for (unsigned i = 0; i < 4; i++)
        if (!strcmp(concats[i], reply->concat)) {
            d->concat = (enum concat)i;
            return NULL;
        }
    return "concat is one of udh8, udh16, sar, payload";
}

// Octets of user data one SMS has for text behind a header of `header` octets, its length's own
// octet included (3GPP TS 23.040, 9.2.3.24: 140 octets, 160 septets).
static size_t part_room(const struct draft *d, size_t header)
{
    return d->alphabet == GSM7 ? (140 - header) * 8 / 7 : 140 - header;
}

static const char *draft_cut(struct draft *d)
{
    size_t shift = d->spanish ? 3 : 0, at = 0, most;

    d->parts = 0;
    if (d->raw || d->concat == CONCAT_PAYLOAD || d->length <= part_room(d, shift + (shift > 0))) {
        d->cut[0] = 0;
        d->cut[1] = d->length;
        d->parts = 1;
        return NULL;
    }
    most = part_room(d, 1 + shift + (d->concat == CONCAT_UDH16 ? 6 : 5));
    while (at < d->length) {
        if (d->parts == PARTS_MOST)
            return "the text takes more than 255 parts";
        d->cut[d->parts++] = at;
        at += text_cut(d->octets + at, d->length - at, most, d->alphabet);
    }
    d->cut[d->parts] = at;
    return NULL;
}

static size_t header_put(const struct draft *d, unsigned number, uint8_t *room)
{
    size_t at = 1;

    if (d->spanish) {
        memcpy(room + at, "\x24\x01\x02", 3);
        at += 3;
    }
    if (d->parts > 1 && d->concat == CONCAT_UDH8) {
        const uint8_t element[] = {0, 3, (uint8_t)d->reference, (uint8_t)d->parts, (uint8_t)number};
        memcpy(room + at, element, sizeof element);
        at += sizeof element;
    } else if (d->parts > 1 && d->concat == CONCAT_UDH16) {
        const uint8_t element[] = {8,
                                   4,
                                   (uint8_t)(d->reference >> 8),
                                   (uint8_t)d->reference,
                                   (uint8_t)d->parts,
                                   (uint8_t)number};
        memcpy(room + at, element, sizeof element);
        at += sizeof element;
    }
    if (at == 1 || d->raw)
        return 0;
    room[0] = (uint8_t)(at - 1);
    return at;
}

static int part_send(struct smsc *smsc, const struct draft *d, unsigned number,
                     struct pdu_message *m, const struct handset *handset, uint64_t answer)
{
    static uint8_t octets[OCTETS_MOST + 16];
    uint8_t sar[4] = {(uint8_t)(d->reference >> 8), (uint8_t)d->reference, (uint8_t)d->parts,
                      (uint8_t)number};
    size_t header = header_put(d, number, octets);
    size_t length = d->cut[number] - d->cut[number - 1];

    memcpy(octets + header, d->octets + d->cut[number - 1], length);
    m->octets = octets;
    m->length = (uint16_t)(header + length);
    m->esm_class = (uint8_t)(d->esm_class | (header ? 0x40 : 0));
    m->data_coding = d->data_coding;
    m->tlvs = 0;
    if (d->concat == CONCAT_PAYLOAD) {
        m->tlv[m->tlvs++] = (struct pdu_tlv){TLV_MESSAGE_PAYLOAD, m->length, octets};
        m->length = 0;
    } else if (d->parts > 1 && d->concat == CONCAT_SAR) {
        m->tlv[m->tlvs++] = (struct pdu_tlv){TLV_SAR_REFERENCE, 2, sar};
        m->tlv[m->tlvs++] = (struct pdu_tlv){TLV_SAR_TOTAL, 1, sar + 2};
        m->tlv[m->tlvs++] = (struct pdu_tlv){TLV_SAR_NUMBER, 1, sar + 3};
    }
    return deliver_add(smsc, DELIVER_ANSWER, NULL, m, handset->number, answer);
}

// How the network names this mobile to the ESME.
static void source_put(struct smsc *smsc, const struct handset *handset, const char *from,
                       char *room, struct pdu_message *m)
{
    int64_t form = smsc->fault.number_form;
    bool known = form == NUMBER_MIRROR && *handset->address;

    m->source_ton = known ? handset->ton : form == NUMBER_NATIONAL ? 2 : 1;
    m->source_npi = known ? handset->npi : 1;
    m->source = room;
    if (from && *from)
        snprintf(room, 21, "%.20s", from);
    else if (known)
        snprintf(room, 21, "%s", handset->address);
    else
        snprintf(room, 21, "%s%.18s",
                 form == NUMBER_NATIONAL ? ""
                 : form == NUMBER_PLUS   ? "+1"
                                         : "1",
                 handset->number);
}

static const char *parts_send(struct smsc *smsc, const struct draft *d, const struct reply *reply,
                              const struct handset *handset, uint64_t answer)
{
    const char *order = reply->order && *reply->order ? reply->order : NULL;
    struct pdu_message m = {.destination = reply->to};
    char source[21];

    source_put(smsc, handset, reply->from, source, &m);
    for (unsigned i = 1; order ? *order != 0 : i <= d->parts; i++) {
        char *end;
        unsigned long number = order ? strtoul(order, &end, 10) : i;
        if (order && (end == order || (*end && *end != ',')))
            return "order is like 2,1,3";
        if (order)
            order = *end ? end + 1 : end;
        if (number < 1 || number > d->parts)
            return "order names a part that does not exist";
        if (part_send(smsc, d, (unsigned)number, &m, handset, answer))
            return "the queue of answers is full";
    }
    return NULL;
}

static const char *draft_make(struct smsc *smsc, struct draft *d, const struct reply *reply)
{
    const char *why = NULL;

    *d = (struct draft){.raw = reply->hex && *reply->hex};
    if (!reply->to || !*reply->to || strlen(reply->to) > ADDRESS_MOST)
        return "to is missing or longer than 20";
    if (d->raw) {
        long length = hex_read(reply->hex, d->octets, sizeof d->octets);
        if (length < 0)
            return "hex is not an even number of hex digits";
        d->length = (size_t)length;
        d->alphabet = BINARY;
    } else if (!reply->text || !*reply->text) {
        return "text is missing";
    } else {
        why = text_encode_as(d, reply);
    }
    if (!why)
        why = draft_settings(smsc, d, reply);
    return why ? why : draft_cut(d);
}

uint64_t reply_send(struct smsc *smsc, const char *number, const struct reply *reply,
                    unsigned *parts, const char **why)
{
    static struct draft draft; // one thread; too large for the stack
    struct handset *handset;
    uint64_t serial;

    *why = draft_make(smsc, &draft, reply);
    if (*why)
        return 0;
    handset = handset_need(&smsc->handsets, number);
    serial = handset ? handset_keep(&smsc->handsets, handset, true, reply->to,
                                    draft.raw ? reply->hex : reply->text, draft.parts, 0,
                                    draft.raw ? "raw" : alphabet_name(draft.alphabet))
                     : 0;
    if (!serial) {
        *why = "out of memory";
        return 0;
    }
    *parts = draft.parts;
    *why = parts_send(smsc, &draft, reply, handset, serial);
    smsc->stats.answers += !*why;
    trace(smsc, "answer to=%s parts=%u", reply->to, draft.parts);
    deliver_pump(smsc);
    return *why ? 0 : serial;
}
