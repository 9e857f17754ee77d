/* Parts given to other smppd and taken from them; see stray_part.h. */
#include "smpp/switch/stray_part.h"

#include <stdlib.h>
#include <string.h>

#include "smpp/switch/answer_show.h"
#include "smpp/switch/switchboard.h"
#include "smpp/wire/line.h"

enum {
    ALONE_MS = 1000,
    PART_OCTETS = 160,
    LIFE_S = 60 /* a visitor who wipes a conversation need not wait for more */
};

/* ---- given ---- */

static void hex_put(char *out, const unsigned char *octets, size_t length)
{
    static const char digit[] = "0123456789abcdef";
    for (size_t i = 0; i < length; i++) {
        *out++ = digit[octets[i] >> 4];
        *out++ = digit[octets[i] & 15];
    }
    *out = '\0';
}

static void part_post(void *ctx, const struct assembly_part *part)
{
    struct switchboard *sb = ctx;
    char hex[2 * PART_OCTETS + 1];
    struct line_writer w;
    struct stray_post *post =
        part->length <= PART_OCTETS ? strays_tell_begin(sb, &w, "part", LIFE_S) : NULL;
    if (!post)
        return; /* longer than any SMS: missing there, as what memcached did not take */
    hex_put(hex, part->octets, part->length);
    line_put(&w, "mobile", part->mobile);
    line_put(&w, "code", part->code);
    line_put_number(&w, "ref", part->ref);
    line_put_number(&w, "total", part->total);
    line_put_number(&w, "seq", part->seq);
    line_put_number(&w, "coding", assembly_coding(part));
    line_put(&w, "octets", hex);
    strays_tell(sb, post, &w);
}

void stray_parts_post(struct switchboard *sb)
{
    assemblies_waiting(&sb->answers.assemblies, switch_now(sb) - ALONE_MS, part_post, sb);
}

/* ---- taken ---- */

/* The octets, or -1 where it is no hex or too much of it. */
static int hex_take(unsigned char *out, size_t room, const char *hex)
{
    size_t length = strlen(hex) / 2;
    if (length > room || strlen(hex) % 2 || strspn(hex, "0123456789abcdef") != 2 * length)
        return -1;
    for (size_t i = 0; i < length; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        out[i] = (unsigned char)strtoul(pair, NULL, 16);
    }
    return (int)length;
}

void stray_part_take(struct switchboard *sb, const struct line *line)
{
    unsigned char octets[PART_OCTETS];
    const char *from = line_get(line, "from"), *hex = line_get(line, "octets");
    struct assembly *at;
    struct assembly_part part = {
        .mobile = line_get(line, "mobile"),
        .code = line_get(line, "code"),
        .ref = (unsigned)line_number(line, "ref", 0),
        .total = (unsigned)line_number(line, "total", 0),
        .seq = (unsigned)line_number(line, "seq", 0),
        .octets = octets,
    };
    int length = hex ? hex_take(octets, sizeof octets, hex) : -1;
    if (!from || !part.mobile || !part.code || length < 0 || part.seq < 1 ||
        part.seq > part.total || part.total > ASSEMBLY_PARTS)
        return;
    part.length = (size_t)length;
    part.elsewhere = strcmp(from, sb->conf->instance) < 0;
    assembly_coding_take(&part, (unsigned)line_number(line, "coding", 0));
    if (answer_part_add(sb, &part, &at) == ASSEMBLY_COMPLETE)
        answer_show_whole(sb, at);
}
