// Reassembles by (sender, reference, total), in any order; octets are joined before they are
// decoded, so that a letter cut between two parts is whole again.
#include "test/smsc/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// 3GPP TS 23.040, 9.2.3.24: information elements of tag, length, value.
static void element_read(struct piece *piece, uint8_t tag, const uint8_t *value, size_t length)
{
    if (tag == 0x00 && length == 3) {
        piece->reference = value[0];
        piece->total = value[1];
        piece->number = value[2];
    } else if (tag == 0x08 && length == 4) {
        piece->reference = (unsigned)(value[0] << 8 | value[1]) | 0x10000;
        piece->total = value[2];
        piece->number = value[3];
    } else if (tag == 0x24 && length == 1) {
        piece->spanish = value[0] == 2;
    }
}

static void header_read(struct piece *piece)
{
    size_t end = piece->length ? (size_t)piece->octets[0] + 1 : 0, at = 1;

    if (end == 0 || end > piece->length)
        return;
    while (at + 2 <= end && at + 2 + piece->octets[at + 1] <= end) {
        element_read(piece, piece->octets[at], piece->octets + at + 2, piece->octets[at + 1]);
        at += 2u + piece->octets[at + 1];
    }
    piece->octets += end;
    piece->length -= end;
}

void piece_get(const struct pdu_message *m, enum alphabet standard, struct piece *piece)
{
    *piece = (struct piece){.alphabet = alphabet_of(m->data_coding, standard),
                            .octets = m->octets,
                            .length = m->length,
                            .total = 1,
                            .number = 1};
    if (m->esm_class & 0x40)
        header_read(piece);
    if (piece->total == 1 && pdu_tlv_find(m, TLV_SAR_TOTAL)) {
        piece->reference = pdu_tlv_number(m, TLV_SAR_REFERENCE, 0) | 0x20000;
        piece->total = pdu_tlv_number(m, TLV_SAR_TOTAL, 1);
        piece->number = pdu_tlv_number(m, TLV_SAR_NUMBER, 1);
    }
    if (piece->number == 0 || piece->number > piece->total || piece->total > 255)
        piece->total = piece->number = 1;
}

static struct parts *parts_find(struct parts_list *list, const char *from,
                                const struct piece *piece)
{
    struct parts *parts;

    TAILQ_FOREACH(parts, list, link)
    if (parts->reference == piece->reference && parts->total == piece->total &&
        !strcmp(parts->from, from))
        return parts;
    return NULL;
}

struct parts *parts_add(struct parts_list *list, const char *from, const struct piece *piece,
                        uint64_t serial)
{
    struct parts *parts = parts_find(list, from, piece);
    uint8_t *octets = malloc(piece->length + 1);

    if (!parts && octets) {
        parts = calloc(1, sizeof *parts + piece->total * sizeof *parts->part);
        if (parts) {
            parts->serial = serial;
            parts->reference = piece->reference;
            parts->total = piece->total;
            snprintf(parts->from, sizeof parts->from, "%s", from);
            TAILQ_INSERT_TAIL(list, parts, link);
        }
    }
    if (!parts || !octets) {
        free(octets);
        return NULL;
    }
    struct part *part = &parts->part[piece->number - 1];
    parts->here += !part->here;
    free(part->octets);
    memcpy(octets, piece->octets, piece->length);
    *part = (struct part){true, piece->spanish, piece->alphabet, piece->length, octets};
    return parts;
}

// The text of parts first..last-1, which are all there and of one alphabet.
static char *run_text(const struct parts *parts, unsigned first, unsigned last)
{
    size_t length = 0;
    char *text = NULL;

    for (unsigned i = first; i < last; i++)
        length += parts->part[i].length;
    uint8_t *octets = malloc(length + 1);
    if (!octets)
        return NULL;
    length = 0;
    for (unsigned i = first; i < last; i++) {
        memcpy(octets + length, parts->part[i].octets, parts->part[i].length);
        length += parts->part[i].length;
    }
    text = text_decode(octets, length, parts->part[first].alphabet, parts->part[first].spanish);
    free(octets);
    return text;
}

static unsigned run_end(const struct parts *parts, unsigned first)
{
    const struct part *part = parts->part;
    unsigned i = first + 1;

    while (i < parts->total && part[i].here == part[first].here &&
           (!part[i].here ||
            (part[i].alphabet == part[first].alphabet && part[i].spanish == part[first].spanish)))
        i++;
    return i;
}

char *parts_text(const struct parts *parts)
{
    char *whole = strdup("");

    for (unsigned i = 0; whole && i < parts->total;) {
        unsigned end = run_end(parts, i);
        char *run = parts->part[i].here ? run_text(parts, i, end) : strdup("[...]");
        char *joined = NULL;
        if (!run || asprintf(&joined, "%s%s", whole, run) < 0)
            joined = NULL;
        free(run);
        free(whole);
        whole = joined;
        i = end;
    }
    return whole;
}

void parts_free(struct parts *parts)
{
    for (unsigned i = 0; i < parts->total; i++)
        free(parts->part[i].octets);
    free(parts);
}
