/* Who wrote what to which code: an answer taken from its PDU; see answer_inner.h. */
#include "smpp/switch/answer_inner.h"

#include <string.h>

#include "smpp/wire/copy.h"

bool answer_sender(char *out, const struct pdu_address *address)
{
    const char *digits = address->digits;
    digits += *digits == '+';
    digits += *digits == '1' && strlen(digits) == 11;
    bool is_mobile = switch_is_mobile(digits);
    copy_put(out, PDU_ADDRESS_MAX + 1, is_mobile ? digits : address->digits);
    return is_mobile;
}

static void code_plain(char *out, const struct pdu_address *address)
{
    copy_put(out, PDU_ADDRESS_MAX + 1, address->digits + (*address->digits == '+'));
}

/* UDH, or SAR TLVs, or neither. */
static void part_read(struct answer *answer, const struct message *message)
{
    struct assembly_part *part = &answer->part;
    int header = 0;
    if (message->esm_class & ESM_UDHI)
        header = udh_take(&part->udh, message->octets, message->length);
    if (header < 0) { /* broken: all of it is shown as it came */
        header = 0;
        part->udh = (struct udh){0};
    }
    memcpy(answer->octets, message->octets + header, message->length - (size_t)header);
    part->octets = answer->octets;
    part->length = message->length - (size_t)header;
    part->data_coding = message->data_coding;
    part->total = part->seq = 1;
    if (part->udh.total > 1) {
        part->ref = part->udh.ref;
        part->wide = part->udh.ref16;
        part->total = part->udh.total;
        part->seq = part->udh.seq;
    } else if (message->has_sar && message->sar_total > 1) {
        part->ref = message->sar_reference;
        part->wide = true;
        part->total = message->sar_total;
        part->seq = message->sar_sequence;
    }
}

void answer_read(struct answer *answer, const struct message *message)
{
    struct switchboard *sb = answer->sb;
    const struct conf_link *conf = switch_link_conf(answer->link);
    answer->profile = conf->text;
    copy_put(answer->smsc, sizeof answer->smsc, conf->peer);
    answer->is_mobile = answer_sender(answer->mobile, &message->source);
    code_plain(answer->code, &message->destination);
    answer->is_our_code = conf_link_of(sb->conf, answer->mobile) != NULL;
    copy_put(answer->id, sizeof answer->id, message->receipted_message_id);
    answer->arrival = switch_arrival(sb, answer->link, message->sequence);
    part_read(answer, message);
    answer->part.mobile = answer->mobile;
    answer->part.code = answer->code;
    if (answer->part.total == 1 &&
        answer_text(answer->text, answer->text_room, &answer->part, &answer->profile) > 0 &&
        answer->is_mobile)
        answer->word = optword_of(sb->conf, answer->text);
}
