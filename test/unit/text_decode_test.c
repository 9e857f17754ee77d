/* What a mobile sent: alphabets, national tables, headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "smpp/text/text.h"
#include "smpp/text/udh.h"

#define OCTETS(string) (const unsigned char *)(string), sizeof(string) - 1

static void decodes(const unsigned char *octets, size_t len, unsigned data_coding,
                    const struct udh *udh, const char *text)
{
    char out[512];
    assert_int_equal(text_decode(out, sizeof out, octets, len, data_coding, NULL, udh),
                     strlen(text));
    assert_string_equal(out, text);
}

static void escapes_without_a_symbol_follow_the_standard(void **state)
{
    (void)state;
    decodes(OCTETS("\x1b\x41\x1b\x1b\x41\x1b"), 0, NULL, "A A ");
    decodes(OCTETS("\0A\x1b\x65"), 0, NULL, "@A€");
}

static void unknown_octets_are_shown_not_dropped(void **state)
{
    (void)state;
    decodes(OCTETS("a\x80\xff\x1b\x90"), 0, NULL, "a\ufffd\ufffd\ufffd");
    decodes(OCTETS("a\xe9"), 1, NULL, "a\ufffd");
    decodes(OCTETS("a\0b"), 3, NULL, "a\ufffdb");
    decodes(OCTETS("\0A\xd8\x3d\0B\xde\x00\0"), 8, NULL, "A\ufffdB\ufffd\ufffd");
}

static void national_tables_are_those_the_header_names(void **state)
{
    (void)state;
    const struct udh spanish = {.single_shift = 2},
                     turkish = {.single_shift = 1, .locking_shift = 1};
    const struct udh portuguese = {.single_shift = 3, .locking_shift = 3},
                     hindi = {.single_shift = 6, .locking_shift = 6};
    const struct udh urdu = {.single_shift = 13, .locking_shift = 13},
                     unknown = {.single_shift = 200, .locking_shift = 99};
    decodes(OCTETS("\x1b\x61\x1b\x69\x1b\x09\x1b\x65"), 0, &spanish, "áíç€");
    decodes(OCTETS("\x04\x07\x0b\x0c\x1c\x1d\x40\x60\x1b\x69"), 0, &turkish, "€ıĞğŞşİçı");
    decodes(OCTETS("\x04\x06\x07\x1a\x7b\x7c\x1b\x12\x1b\x05"), 0, &portuguese, "êúí|ãõΦê");
    decodes(OCTETS("\x28\x2b\x00\x1b\x1c\x1b\x41\x7f"), 0, &hindi, ")द\u0901०Aॿ");
    decodes(OCTETS("\x00\x02\x2c\x7f\x1b\x1c\x1b\x3f"), 0, &urdu, "اب,\u0670۰۔");
    decodes(OCTETS("a\x1b\x65"), 0, &unknown, "a€");
}

/* The tables of the Indic scripts follow one plan, so each stays inside its script's block. */
static void indic_tables_hold_their_own_script(void **state)
{
    (void)state;
    static const uint16_t blocks[14] = {
        [4] = 0x980, [5] = 0xA80,  [6] = 0x900,  [7] = 0xC80, [8] = 0xD00,
        [9] = 0xB00, [10] = 0xA00, [11] = 0xB80, [12] = 0xC00};
    for (uint8_t language = 4; language <= 12; language++) {
        const struct udh udh = {.locking_shift = language, .single_shift = language};
        char letter[8];
        unsigned own = 0;
        for (unsigned septet = 0; septet < 128; septet++) {
            unsigned char octets[2] = {septet == 0x1b ? 0x1b : (unsigned char)septet, 0x1b};
            int len =
                text_decode(letter, sizeof letter, octets, septet == 0x1b ? 2 : 1, 0, NULL, &udh);
            if (len == 3 && strcmp(letter, "\ufffd") != 0) {
                unsigned cp =
                    (letter[0] & 0xFu) << 12 | (letter[1] & 0x3Fu) << 6 | (letter[2] & 0x3Fu);
                assert_in_range(cp, blocks[language], blocks[language] + 0x7Fu);
                own++;
            }
        }
        assert_in_range(own, 51, 84);
    }
}

static void data_coding_may_be_a_class_of_gsm(void **state)
{
    (void)state;
    const struct text_profile latin1 = {.charset = TEXT_CHARSET_LATIN1};
    static const struct {
        unsigned data_coding;
        enum text_alphabet alphabet;
    } known[] = {
        {0x00, TEXT_IS_GSM7},   {0x01, TEXT_IS_ASCII},    {0x03, TEXT_IS_LATIN1},
        {0x04, TEXT_IS_BINARY}, {0x08, TEXT_IS_UCS2},     {0x10, TEXT_IS_GSM7},
        {0x18, TEXT_IS_UCS2},   {0x15, TEXT_IS_BINARY},   {0x20, TEXT_IS_BINARY},
        {0x48, TEXT_IS_UCS2},   {0xC8, TEXT_IS_GSM7},     {0xD8, TEXT_IS_GSM7},
        {0xE8, TEXT_IS_UCS2},   {0xF0, TEXT_IS_GSM7},     {0xF5, TEXT_IS_BINARY},
        {0x90, TEXT_IS_GSM7},   {0x06, TEXT_IS_CYRILLIC}, {0x0E, TEXT_IS_BINARY},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_int_equal(text_alphabet(known[i].data_coding, NULL), known[i].alphabet);
    assert_int_equal(text_alphabet(0xF1, &latin1), TEXT_IS_LATIN1);
}

static void binary_is_no_text(void **state)
{
    (void)state;
    char out[16];
    const struct udh ports = {.has_ports = true};
    assert_int_equal(text_decode(out, sizeof out, OCTETS("abc"), 4, NULL, NULL), -ENOTSUP);
    assert_int_equal(text_decode(out, sizeof out, OCTETS("abc"), 0, NULL, &ports), -ENOTSUP);
    assert_int_equal(text_decode(out, 3, OCTETS("abc"), 0, NULL, NULL), -ENOSPC);
}

static void headers_are_read(void **state)
{
    (void)state;
    struct udh udh;
    assert_int_equal(
        udh_take(&udh, OCTETS("\x0b\x00\x03\xa5\x03\x02\x24\x01\x02\x25\x01\x0dhello")), 12);
    assert_int_equal(udh.ref, 0xa5);
    assert_false(udh.ref16);
    assert_int_equal(udh.total, 3);
    assert_int_equal(udh.seq, 2);
    assert_int_equal(udh.single_shift, 2);
    assert_int_equal(udh.locking_shift, 13);
    assert_int_equal(udh_take(&udh, OCTETS("\x06\x08\x04\x01\xa5\x02\x01")), 7);
    assert_true(udh.ref16 && udh.ref == 0x1a5);
    assert_int_equal(udh_take(&udh, OCTETS("\x06\x05\x04\x0b\x84\x23\xf0")), 7);
    assert_true(udh.has_ports && udh.port_to == 2948 && udh.port_from == 9200);
    assert_int_equal(udh_take(&udh, OCTETS("\x00")), 1);
}

static void wrong_elements_are_ignored_and_broken_headers_refused(void **state)
{
    (void)state;
    struct udh udh;
    assert_int_equal(udh_take(&udh, OCTETS("\x05\x00\x03\xa5\x02\x03")), 6);
    assert_int_equal(udh.total, 0);
    assert_int_equal(udh_take(&udh, OCTETS("\x05\x00\x03\xa5\x02\x00")), 6);
    assert_int_equal(udh.total, 0);
    assert_int_equal(udh_take(&udh, OCTETS("\x05\x71\x01\x00\x24\x00")), 6);
    assert_int_equal(udh.single_shift, 0);
    assert_int_equal(udh_take(&udh, OCTETS("\x05\x00\x04\xa5\x02\x01")), -EBADMSG);
    assert_int_equal(udh_take(&udh, OCTETS("\x06\x00\x03\xa5\x02\x01")), -EBADMSG);
    assert_int_equal(udh_take(&udh, OCTETS("\x01\x00")), -EBADMSG);
    assert_int_equal(udh_take(&udh, OCTETS("")), -EBADMSG);
}

static void headers_written_read_back(void **state)
{
    (void)state;
    unsigned char out[UDH_ROOM];
    struct udh back, udh = {.single_shift = 2, .ref = 0x1234, .ref16 = true, .total = 4, .seq = 3};
    int len = udh_put(&udh, out, sizeof out);
    assert_int_equal(len, 10);
    assert_int_equal(udh_take(&back, out, (size_t)len), len);
    assert_memory_equal(&back, &udh, sizeof udh);
    assert_int_equal(udh_put(&udh, out, 9), -ENOSPC);
    assert_int_equal(udh_put(&(struct udh){.total = 1, .seq = 1}, out, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_without_a_symbol_follow_the_standard),
        cmocka_unit_test(unknown_octets_are_shown_not_dropped),
        cmocka_unit_test(national_tables_are_those_the_header_names),
        cmocka_unit_test(indic_tables_hold_their_own_script),
        cmocka_unit_test(data_coding_may_be_a_class_of_gsm),
        cmocka_unit_test(binary_is_no_text),
        cmocka_unit_test(headers_are_read),
        cmocka_unit_test(wrong_elements_are_ignored_and_broken_headers_refused),
        cmocka_unit_test(headers_written_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
