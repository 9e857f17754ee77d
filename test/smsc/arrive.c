// A message reaches a handset: switched off, in parts, or shown at once; and what its receipt says.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/smsc/handset.h"
#include "test/smsc/receipt.h"
#include "test/smsc/smsc.h"
#include "test/smsc/status.h"
#include "test/smsc/validity.h"

// What a timer may still find.
struct awaited {
    uint64_t serial;
    char number[21];
};

static struct awaited *awaited_new(const struct handset *handset, uint64_t serial)
{
    struct awaited *awaited = malloc(sizeof *awaited);

    if (awaited) {
        awaited->serial = serial;
        memcpy(awaited->number, handset->number, sizeof awaited->number);
    }
    return awaited;
}

uint32_t handset_judge(struct smsc *smsc, const char *address)
{
    struct handset *handset;
    char number[21];

    if (!number_clean(address, number))
        return ESME_RINVDSTADR;
    handset = handset_find(&smsc->handsets, number);
    if (!handset)
        return ESME_ROK;
    if (handset->not_claro)
        return (uint32_t)smsc->fault.not_claro_status;
    return handset->off && handset->held_count >= HANDSET_HELD ? ESME_RMSGQFUL : ESME_ROK;
}

static void group_show(struct smsc *smsc, struct handset *handset, struct parts *parts)
{
    char *text = parts_text(parts);
    enum alphabet alphabet = GSM7;

    for (unsigned i = 0; i < parts->total; i++)
        if (parts->part[i].here)
            alphabet = parts->part[i].alphabet;
    if (text)
        handset_keep(&smsc->handsets, handset, false, parts->from, text, parts->total,
                     parts->total - parts->here, alphabet_name(alphabet));
    free(text);
    TAILQ_REMOVE(&handset->groups, parts, link);
    handset->groups_count--;
    parts_free(parts);
}

static void group_due(void *with, void *what)
{
    struct smsc *smsc = with;
    struct awaited *awaited = what;
    struct handset *handset = handset_find(&smsc->handsets, awaited->number);
    struct parts *parts = handset ? TAILQ_FIRST(&handset->groups) : NULL;

    while (parts && parts->serial != awaited->serial)
        parts = TAILQ_NEXT(parts, link);
    free(awaited);
    if (parts)
        group_show(smsc, handset, parts);
}

static void part_show(struct smsc *smsc, struct handset *handset, const char *from,
                      const struct piece *piece)
{
    uint64_t serial = ++smsc->handsets.serial;
    struct parts *parts = parts_add(&handset->groups, from, piece, serial);
    struct awaited *awaited;

    if (!parts)
        return;
    if (parts->serial == serial) {
        awaited = awaited_new(handset, serial);
        if (awaited)
            later_add(&smsc->later, (uint64_t)smsc->fault.part_wait_ms * 1000, group_due, awaited,
                      free);
        if (++handset->groups_count > HANDSET_GROUPS)
            group_show(smsc, handset, TAILQ_FIRST(&handset->groups));
    }
    if (parts->here == parts->total)
        group_show(smsc, handset, parts);
}

static void message_show(struct smsc *smsc, struct handset *handset, const struct pdu_message *m)
{
    enum alphabet standard = smsc->fault.alphabet ? LATIN1 : GSM7;
    struct piece piece;

    snprintf(handset->address, sizeof handset->address, "%s", m->destination);
    handset->ton = m->destination_ton;
    handset->npi = m->destination_npi;
    piece_get(m, standard, &piece);
    if (piece.total > 1) {
        part_show(smsc, handset, m->source, &piece);
        return;
    }
    char *text = text_decode(piece.octets, piece.length, piece.alphabet, piece.spanish);
    if (text)
        handset_keep(&smsc->handsets, handset, false, m->source, text, 1, 0,
                     alphabet_name(piece.alphabet));
    free(text);
}

static bool state_is_shown(enum message_state state)
{
    return state != STATE_EXPIRED && state != STATE_DELETED && state != STATE_UNDELIVERABLE &&
           state != STATE_REJECTED;
}

static void message_settle(struct smsc *smsc, struct handset *handset, const struct accepted *a)
{
    enum message_state state = STATE_DELIVERED;

    if (smsc->fault.receipt_state)
        state = (enum message_state)smsc->fault.receipt_state;
    if (!smsc->fault.sink && handset && state_is_shown(state))
        message_show(smsc, handset, a->fields);
    if (!handset || !handset->no_receipts)
        receipt_send(smsc, a, state);
}

static void held_drop(struct handset *handset, struct held *held)
{
    TAILQ_REMOVE(&handset->held, held, link);
    handset->held_count--;
    free(held->copy);
    free(held);
}

static void held_expired(void *with, void *what)
{
    struct smsc *smsc = with;
    struct awaited *awaited = what;
    struct handset *handset = handset_find(&smsc->handsets, awaited->number);
    struct held *held = handset ? TAILQ_FIRST(&handset->held) : NULL;
    struct pdu_message fields;
    struct accepted view;

    while (held && held->serial != awaited->serial)
        held = TAILQ_NEXT(held, link);
    free(awaited);
    if (!held)
        return;
    accepted_view(held->copy, &fields, &view);
    if (!handset->no_receipts)
        receipt_send(smsc, &view, STATE_EXPIRED);
    held_drop(handset, held);
}

static void message_hold(struct smsc *smsc, struct handset *handset, const struct accepted *a)
{
    struct held *held = malloc(sizeof *held);
    struct awaited *awaited = awaited_new(handset, ++smsc->handsets.serial);

    if (held)
        held->copy = accepted_keep(a);
    if (!held || !held->copy || !awaited) {
        free(held ? held->copy : NULL);
        free(held);
        free(awaited);
        return;
    }
    held->serial = awaited->serial;
    TAILQ_INSERT_TAIL(&handset->held, held, link);
    handset->held_count++;
    later_add(&smsc->later, validity_us(a->fields->validity), held_expired, awaited, free);
    if (!handset->no_receipts)
        receipt_send(smsc, a, STATE_ENROUTE);
}

void handset_arrive(struct smsc *smsc, const struct accepted *a)
{
    struct handset *handset;
    char number[21];

    number_clean(a->fields->destination, number); // judged before
    handset = smsc->fault.sink ? handset_find(&smsc->handsets, number)
                               : handset_need(&smsc->handsets, number);
    if (handset && handset->off)
        message_hold(smsc, handset, a);
    else
        message_settle(smsc, handset, a);
}

void handset_switch(struct smsc *smsc, struct handset *handset, bool off)
{
    struct pdu_message fields;
    struct accepted view;
    struct held *held;

    handset->off = off;
    while (!off && (held = TAILQ_FIRST(&handset->held))) {
        accepted_view(held->copy, &fields, &view);
        message_settle(smsc, handset, &view);
        held_drop(handset, held);
    }
}
