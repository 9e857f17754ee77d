/* One part of a message as a submit_sm: its text encoded as the link wants it. */
#include "smpp/switch/switchboard.h"

#include <errno.h>
#include <string.h>

#include "smpp/switch/outbox_inner.h"
#include "smpp/wire/copy.h"

/* A way as one number, which stands in spools. */
enum { WAY_MARKS = 3, WAY_REF16 = 6, WAY_KNOWN = 256, WAY_MASK = 7 };

/* What others wrote there is none, and must not go back. */
static bool way_is_known(unsigned way)
{
    return way >> (WAY_REF16 + 1) == WAY_KNOWN >> (WAY_REF16 + 1) &&
           (way & WAY_MASK) <= TEXT_LOSSY && (way >> WAY_MARKS & WAY_MASK) <= TEXT_PAYLOAD;
}

static unsigned way_of(enum text_policy letters, enum text_parts marks, bool ref16)
{
    return WAY_KNOWN | (unsigned)letters | (unsigned)marks << WAY_MARKS |
           (unsigned)ref16 << WAY_REF16;
}

static bool encode_as(const struct outgoing *message, const struct conf_link *conf, unsigned way,
                      struct text_sms *sms)
{
    struct text_profile profile = conf->text;
    profile.parts = (enum text_parts)(way >> WAY_MARKS & WAY_MASK);
    profile.ref16 = way >> WAY_REF16 & 1;
    return text_prepare(sms, message->text, strlen(message->text),
                        (enum text_policy)(way & WAY_MASK), &profile) == 0 &&
           sms->pdus == message->parts;
}

/* As the link wants it, or as another link of the code did when its parts were counted. */
static bool way_find(struct outgoing *message, const struct conf_link *conf, struct text_sms *sms)
{
    const enum text_parts marks[] = {conf->text.parts, TEXT_UDH, TEXT_SAR, TEXT_PAYLOAD};
    const enum text_policy letters[] = {conf->letters, TEXT_TRANSLIT, TEXT_SPANISH, TEXT_UNICODE};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        for (size_t j = 0; j < sizeof letters / sizeof *letters; j++) {
            message->way = way_of(letters[j], marks[i], conf->text.ref16);
            if (encode_as(message, conf, message->way, sms))
                return true;
        }
    return false;
}

unsigned part_way(struct switchboard *sb, struct outgoing *message, bool again)
{
    struct text_sms sms;
    if (message->parts == 1 || message->part > 0)
        return 0;
    if (!again || !way_is_known(message->way)) {
        struct link *link = links_pick(&sb->links, message->lane->code);
        message->way = 0;
        if (link)
            (void)way_find(message, switch_link_conf(link), &sms); /* else refused when it goes */
    }
    return message->way;
}

/* All parts go in one way, whichever links they go over: else what stands where they meet would be
 * lost or come twice. */
static bool encode(struct outgoing *message, const struct conf_link *conf, struct text_sms *sms)
{
    bool is_chosen = message->parts > 1 && way_is_known(message->way);
    return (is_chosen && encode_as(message, conf, message->way, sms)) ||
           way_find(message, conf, sms);
}

int part_submit(struct switchboard *sb, struct link *link, struct outgoing *message, uint64_t tag)
{
    const struct conf_link *conf = switch_link_conf(link);
    unsigned char octets[TEXT_OCTETS + 4];
    char destination[MOBILE_ROOM + 1] = "1"; /* the country's code */
    struct text_sms sms;
    if (!encode(message, conf, &sms))
        return -EINVAL;
    int len = text_segment(&sms, message->part, message->reference, octets, sizeof octets);
    if (len < 0)
        return len;
    copy_put(destination + (conf->international ? 1 : 0), MOBILE_ROOM, message->lane->mobile);
    int64_t left_ms = message->expiry - switch_now(sb);
    bool is_sar = sms.parts == TEXT_SAR && sms.pdus > 1;
    struct link_submit submit = {
        .tag = tag,
        .source = message->lane->code,
        .destination = destination,
        .esm_class = sms.udhi ? ESM_UDHI : 0,
        .data_coding = sms.data_coding,
        .registered_delivery = message->kind == SPOOL_VISITOR && conf->receipts ? 0x11 : 0,
        .validity_s = left_ms < 1000 ? 1 : (uint32_t)(left_ms / 1000),
        .octets = octets,
        .length = (size_t)len,
        .payload = sms.parts == TEXT_PAYLOAD && len > 254,
        .has_sar = is_sar,
        .sar_reference = (uint16_t)message->reference,
        .sar_total = (uint8_t)(is_sar ? sms.pdus : 0),
        .sar_sequence = (uint8_t)(is_sar ? message->part + 1 : 0),
    };
    return link_submit(link, &submit);
}
