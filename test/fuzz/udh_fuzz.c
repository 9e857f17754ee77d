/* User data headers as mobiles send them, and the answers in parts that are joined by them: each
 * input is a row of parts (a length, a data_coding, the octets of a short message). What a header
 * says can be written again and read back the same; a text is told for any set of parts. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/switch/assembly.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void header_check(const struct udh *udh, int header, size_t length)
{
    unsigned char again[UDH_ROOM];
    struct udh back;
    assert(header >= 1 && (size_t)header <= length);
    assert(udh->total ? udh->seq >= 1 && udh->seq <= udh->total : udh->seq == 0);
    int written = udh_put(udh, again, sizeof again);
    assert(written >= 0);
    if (written == 0)
        return;
    assert(udh_take(&back, again, (size_t)written) == written);
    assert(back.single_shift == udh->single_shift);
    if (udh->total > 1)
        assert(back.ref == udh->ref && back.ref16 == udh->ref16 && back.total == udh->total &&
               back.seq == udh->seq);
}

static void whole_check(const struct assembly *assembly)
{
    static char text[ASSEMBLY_TEXT];
    static const struct text_profile usual;
    uint64_t replies[ASSEMBLY_PARTS];
    bool missing;
    unsigned here = assembly_replies(assembly, replies, &missing);
    assert(here >= 1 && here <= assembly_total(assembly));
    assert(missing == (here < assembly_total(assembly)));
    int len = assembly_text(assembly, &usual, "(mensaje no compatible)", text, sizeof text);
    assert(len < 0 || strlen(text) == (size_t)len);
}

static void part_add(struct assemblies *all, const struct udh *udh, unsigned data_coding,
                     const uint8_t *octets, size_t length, int64_t now)
{
    struct assembly *at;
    struct assembly_part part = {
        .mobile = "8095551234",
        .code = "2333",
        .ref = udh->ref,
        .total = udh->total,
        .seq = udh->seq,
        .wide = udh->ref16,
        .reply = (uint64_t)now,
        .data_coding = data_coding,
        .udh = *udh,
        .octets = octets,
        .length = length,
    };
    int step;
    do {
        step = assembly_add(all, &part, now, 20, &at);
        if (step != ASSEMBLY_COMPLETE && step != ASSEMBLY_ANOTHER)
            return;
        whole_check(at);
        assembly_free(at);
    } while (step == ASSEMBLY_ANOTHER);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct assemblies all;
    struct assembly *late;
    int64_t now = 1;
    assemblies_start(&all);
    while (size > 2) {
        size_t length = data[0] < size - 2 ? data[0] : size - 2;
        const uint8_t *octets = data + 2;
        struct udh udh;
        int header = udh_take(&udh, octets, length);
        if (header >= 0 && length > 0)
            header_check(&udh, header, length);
        if (header >= 0 && udh.total > 1)
            part_add(&all, &udh, data[1], octets + header, length - (size_t)header, now);
        data += 2 + length;
        size -= 2 + length;
        now++;
    }
    while ((late = assembly_due(&all, now + 20))) {
        whole_check(late);
        assembly_free(late);
    }
    assemblies_end(&all, free);
    return 0;
}
