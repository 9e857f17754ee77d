/* Delivery receipts: what became of a message, told by TLVs or by a text that every vendor writes a
 * little differently ("id:1 sub:001 dlvrd:001 submit date:... stat:DELIVRD err:000 text:...";
 * SMPP 3.4, appendix B). */
#ifndef SMPP_PDU_RECEIPT_H
#define SMPP_PDU_RECEIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "smpp/pdu/message.h"

enum { RECEIPT_ERR_MAX = 15, RECEIPT_KEYS = 3, RECEIPT_KEY_MAX = 80 };

struct receipt {
    char id[PDU_MESSAGE_ID_MAX + 1]; /* as received; "" if the receipt names none */
    enum message_state state;        /* MESSAGE_STATE_NONE if the receipt tells none */
    /* Delivered, expired, deleted, undeliverable or rejected; but an intermediate notification
     * tells of an attempt, and the SMSC goes on trying. */
    bool final;
    bool bare; /* its text alone says so: a person may have written it */
    /* The text's err field, or "T/CODE" of network_error_code; "" if none. */
    char err[RECEIPT_ERR_MAX + 1];
};

/* Whether a received message is a receipt or an intermediate notification rather than a person's
 * text: esm_class says so, or receipted_message_id with message_state, or (esm_class 0 from vendors
 * who forget it) a text that begins as a receipt and holds both an id and a known stat. Fills *out
 * then. */
bool receipt_take(const struct message *message, struct receipt *out);

/* The visitor's reason slug for a receipt that is final and not a delivery ("unreachable",
 * "expired", ...); see status.c. */
const char *receipt_reason(const struct receipt *receipt);

/* Under which keys a message id may have been kept. keys[0] is the id in lower case without leading
 * zeros: keep a submit_sm_resp's id under that one. A receipt is looked up under all of them in
 * order: keys[1] and keys[2], where the id can be read so, are its decimal number as hex and its
 * hex number as decimal. Returns how many (0 for an empty id). */
size_t receipt_id_keys(const char *id, char keys[RECEIPT_KEYS][RECEIPT_KEY_MAX]);

/* Keys that stand in no order, a space between them, in their order; one that stands alone is what
 * it is. Returns how many, 0 where they are not those of one id. */
size_t receipt_keys_order(const char *words, char keys[RECEIPT_KEYS][RECEIPT_KEY_MAX]);

#endif
