// The SMSC's codec stays inside what it is given, whatever that is, and reads back what it wrote.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "test/smsc/parts.h"
#include "test/smsc/pdu.h"
#include "test/smsc/status.h"
#include "test/smsc/text.h"

enum { ROOM = 4096 };

// Room that ends where reading on is a crash.
static uint8_t *guarded;

static int guard_open(void **state)
{
    long page = sysconf(_SC_PAGESIZE);
    uint8_t *pages =
        mmap(NULL, ROOM + (size_t)page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)state;
    if (pages == MAP_FAILED || mprotect(pages + ROOM, (size_t)page, PROT_NONE))
        return -1;
    guarded = pages;
    return 0;
}

// The octets moved to the very end of the room.
static const uint8_t *at_the_end(const uint8_t *octets, size_t length)
{
    return memcpy(guarded + ROOM - length, octets, length);
}

static size_t whole_submit(uint8_t *room, size_t size)
{
    static const uint8_t text[] = "hola";
    struct pdu_message m = {.service_type = "WEB",
                            .source = "2333",
                            .destination = "18095551234",
                            .validity = "000000001500000R",
                            .esm_class = 0x40,
                            .registered = 1,
                            .data_coding = 8,
                            .octets = text,
                            .length = 4};

    m.tlv[m.tlvs++] = (struct pdu_tlv){TLV_SAR_TOTAL, 1, (const uint8_t *)"\x02"};
    m.tlv[m.tlvs++] = (struct pdu_tlv){TLV_SAR_REFERENCE, 2, (const uint8_t *)"\x01\x02"};
    return pdu_message_put(room, size, SUBMIT_SM, 7, &m);
}

static void a_message_is_read_as_it_was_written(void **state)
{
    uint8_t room[256];
    size_t length = whole_submit(room, sizeof room);
    struct pdu_message m;
    struct pdu_header h;

    (void)state;
    pdu_header_get(room, &h);
    assert_int_equal(h.length, length);
    assert_int_equal(h.command, SUBMIT_SM);
    assert_int_equal(h.sequence, 7);
    assert_int_equal(pdu_message_get(room, length, &m), ESME_ROK);
    assert_string_equal(m.service_type, "WEB");
    assert_string_equal(m.source, "2333");
    assert_string_equal(m.destination, "18095551234");
    assert_string_equal(m.validity, "000000001500000R");
    assert_int_equal(m.data_coding, 8);
    assert_int_equal(m.length, 4);
    assert_memory_equal(m.octets, "hola", 4);
    assert_int_equal(pdu_tlv_number(&m, TLV_SAR_TOTAL, 0), 2);
    assert_int_equal(pdu_tlv_number(&m, TLV_SAR_REFERENCE, 0), 0x0102);
    assert_int_equal(pdu_tlv_number(&m, TLV_SAR_NUMBER, 99), 99);
}

static void a_truncated_message_is_refused_at_every_octet_but_between_tlvs(void **state)
{
    uint8_t room[256];
    size_t length = whole_submit(room, sizeof room), first = length - 5 - 6;
    struct pdu_message m;

    (void)state;
    for (size_t cut = 0; cut < length; cut++) {
        uint32_t status = pdu_message_get(at_the_end(room, cut), cut, &m);
        if (cut == first || cut == first + 5)
            assert_int_equal(status, ESME_ROK);
        else
            assert_int_not_equal(status, ESME_ROK);
    }
}

static void a_short_message_longer_than_the_pdu_is_a_wrong_message_length(void **state)
{
    uint8_t room[256];
    size_t length = whole_submit(room, sizeof room);
    struct pdu_message m;
    const uint8_t *text;

    (void)state;
    text = memmem(room, length, "\x04hola", 5);
    assert_non_null(text);
    room[text - room] = 255;
    assert_int_equal(pdu_message_get(at_the_end(room, length), length, &m), ESME_RINVMSGLEN);
}

static void an_address_without_end_within_its_limit_is_refused(void **state)
{
    uint8_t room[256];
    struct pdu_writer w;
    struct pdu_message m;

    (void)state;
    pdu_begin(&w, room, sizeof room, SUBMIT_SM, 0, 1);
    pdu_put_string(&w, "");
    pdu_put_octets(&w, "\1\1", 2);
    pdu_put_string(&w, "123456789012345678901"); // 21 digits, 20 are allowed
    for (int i = 0; i < 40; i++)
        pdu_put_u8(&w, 0);
    size_t length = pdu_end(&w);
    assert_int_equal(pdu_message_get(at_the_end(room, length), length, &m), ESME_RINVCMDLEN);
}

static void a_bind_with_a_password_of_nine_letters_is_refused(void **state)
{
    static const uint8_t rest[] = {0, 0x34, 0, 0, 0};
    uint8_t room[64];
    struct pdu_writer w;
    struct pdu_bind bind;

    (void)state;
    for (int letters = 8; letters <= 9; letters++) {
        pdu_begin(&w, room, sizeof room, BIND_TRANSCEIVER, 0, 1);
        pdu_put_string(&w, "esme");
        pdu_put_string(&w, letters == 8 ? "12345678" : "123456789");
        pdu_put_octets(&w, rest, sizeof rest);
        size_t length = pdu_end(&w);
        assert_int_equal(pdu_bind_get(at_the_end(room, length), length, &bind),
                         letters == 8 ? ESME_ROK : ESME_RINVCMDLEN);
    }
}

static void a_payload_stands_for_an_empty_short_message(void **state)
{
    uint8_t room[2048], text[1000];
    struct pdu_message out = {.source = "1", .destination = "2", .octets = text, .length = 1000}, m;

    (void)state;
    memset(text, 'x', sizeof text);
    size_t length = pdu_message_put(room, sizeof room, DELIVER_SM, 1, &out);
    assert_int_equal(pdu_message_get(at_the_end(room, length), length, &m), ESME_ROK);
    assert_int_equal(m.length, 1000);
    assert_memory_equal(m.octets, text, sizeof text);
}

static void more_tlvs_than_are_kept_are_counted_and_passed_over(void **state)
{
    uint8_t room[1024];
    size_t length = whole_submit(room, sizeof room);
    struct pdu_message m;

    (void)state;
    for (int i = 0; i < 100; i++) {
        memcpy(room + length, "\x14\x00\x00\x01x", 5);
        length += 5;
    }
    assert_int_equal(pdu_message_get(at_the_end(room, length), length, &m), ESME_ROK);
    assert_int_equal(m.tlvs, PDU_TLVS);
    assert_int_equal(m.tlvs_passed_over, 102 - PDU_TLVS);
}

static void a_writer_never_leaves_its_room(void **state)
{
    uint8_t whole[256];
    size_t length = whole_submit(whole, sizeof whole);

    (void)state;
    for (size_t room = 0; room < length; room++)
        assert_int_equal(whole_submit(guarded + ROOM - room, room), 0);
    assert_int_equal(whole_submit(guarded + ROOM - length, length), length);
}

// What is shown of a message, with everything behind it: no octet beyond the PDU may be touched.
static void message_look(const struct pdu_message *m)
{
    struct piece piece;

    piece_get(m, GSM7, &piece);
    assert_true(piece.total >= 1 && piece.number >= 1 && piece.number <= piece.total);
    assert_true(piece.octets + piece.length <= guarded + ROOM);
    free(text_decode(piece.octets, piece.length, piece.alphabet, piece.spanish));
}

static void mutated_messages_are_read_within_their_octets_and_written_back_the_same(void **state)
{
    uint8_t seed[256], mutant[256], again[512];
    size_t length = whole_submit(seed, sizeof seed);
    struct pdu_message m, second;
    int accepted = 0;

    (void)state;
    srand(1);
    for (int round = 0; round < 300000; round++) {
        memcpy(mutant, seed, length);
        for (int changes = rand() % 4 + 1; changes; changes--)
            mutant[16 + (size_t)rand() % (length - 16)] = (uint8_t)rand();
        if (pdu_message_get(at_the_end(mutant, length), length, &m) != ESME_ROK)
            continue;
        accepted++;
        message_look(&m);
        if (pdu_tlv_find(&m, TLV_MESSAGE_PAYLOAD) || m.length > 254)
            continue; // written another way
        size_t put = pdu_message_put(again, sizeof again, SUBMIT_SM, 7, &m);
        assert_int_equal(put, length);
        assert_int_equal(pdu_message_get(again, put, &second), ESME_ROK);
        assert_memory_equal(again + 16, guarded + ROOM - length + 16, length - 16);
    }
    assert_true(accepted > 1000);
}

static void status_names_are_read_with_and_without_their_prefix(void **state)
{
    uint32_t status;

    (void)state;
    assert_true(status_parse("RTHROTTLED", &status) && status == 0x58);
    assert_true(status_parse("esme_rthrottled", &status) && status == 0x58);
    assert_true(status_parse("0x401", &status) && status == 0x401);
    assert_false(status_parse("RNOTHING", &status));
    assert_false(status_parse("", &status));
    assert_false(status_parse("-1", &status));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_read_as_it_was_written),
        cmocka_unit_test(a_truncated_message_is_refused_at_every_octet_but_between_tlvs),
        cmocka_unit_test(a_short_message_longer_than_the_pdu_is_a_wrong_message_length),
        cmocka_unit_test(an_address_without_end_within_its_limit_is_refused),
        cmocka_unit_test(a_bind_with_a_password_of_nine_letters_is_refused),
        cmocka_unit_test(a_payload_stands_for_an_empty_short_message),
        cmocka_unit_test(more_tlvs_than_are_kept_are_counted_and_passed_over),
        cmocka_unit_test(a_writer_never_leaves_its_room),
        cmocka_unit_test(mutated_messages_are_read_within_their_octets_and_written_back_the_same),
        cmocka_unit_test(status_names_are_read_with_and_without_their_prefix),
    };

    return cmocka_run_group_tests(tests, guard_open, NULL);
}
