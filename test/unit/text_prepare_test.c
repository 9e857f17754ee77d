/* Encoding, cutting and the octets of each segment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "smpp/text/text.h"

static struct text_sms sms;

static void prepare(const char *utf8, enum text_policy policy, const struct text_profile *profile)
{
    assert_int_equal(text_prepare(&sms, utf8, strlen(utf8), policy, profile), 0);
}

static void segment_is(unsigned i, const char *octets, size_t len)
{
    unsigned char out[TEXT_SEGMENT];
    assert_int_equal(text_segment(&sms, i, 0x1A5, out, sizeof out), len);
    assert_memory_equal(out, octets, len);
}

static const char *letters(size_t count)
{
    static char text[4096];
    memset(text, 'a', count);
    text[count] = '\0';
    return text;
}

static void translit_replaces_accents_and_shows_it(void **state)
{
    (void)state;
    prepare("¿Cómo está? “ñ” ½…", TEXT_TRANSLIT, NULL);
    assert_string_equal(sms.text, "¿Como esta? \"ñ\" 1/2...");
    assert_int_equal(sms.encoding, TEXT_GSM7);
    assert_int_equal(sms.data_coding, 0);
    assert_int_equal(sms.remaining, 160 - sms.units);
}

static void what_has_no_replacement_makes_it_ucs2_with_its_accents(void **state)
{
    (void)state;
    prepare("Cómo 😀", TEXT_TRANSLIT, NULL);
    assert_int_equal(sms.encoding, TEXT_UCS2);
    assert_int_equal(sms.data_coding, 8);
    assert_string_equal(sms.text, "Cómo 😀");
    assert_false(sms.udhi);
    segment_is(0, "\0C\0\xf3\0m\0o\0 \xd8\x3d\xde\x00", 14);
    prepare("Cómo 😀", TEXT_LOSSY, NULL);
    assert_string_equal(sms.text, "Como ?");
}

static void spanish_names_its_table_in_each_segment(void **state)
{
    (void)state;
    prepare("ó", TEXT_SPANISH, NULL);
    assert_int_equal(sms.encoding, TEXT_GSM7_SPANISH);
    assert_true(sms.udhi);
    segment_is(0, "\x03\x24\x01\x02\x1b\x6f", 6);
    prepare("óº", TEXT_SPANISH, NULL);
    assert_int_equal(sms.encoding, TEXT_UCS2);
}

static void a_long_text_has_a_reference_in_each_part(void **state)
{
    (void)state;
    const struct text_profile ref16 = {.ref16 = true};
    prepare(letters(161), TEXT_TRANSLIT, NULL);
    assert_int_equal(sms.segments, 2);
    assert_int_equal(sms.seg_units[0], 153);
    segment_is(1,
               "\x05\x00\x03\xa5\x02\x02"
               "aaaaaaaa",
               14);
    prepare(letters(161), TEXT_TRANSLIT, &ref16);
    assert_int_equal(sms.seg_units[0], 152);
    segment_is(1,
               "\x06\x08\x04\x01\xa5\x02\x02"
               "aaaaaaaaa",
               16);
}

static void sar_and_payload_leave_the_reference_to_tlvs(void **state)
{
    (void)state;
    unsigned char out[TEXT_OCTETS];
    const struct text_profile sar = {.parts = TEXT_SAR}, payload = {.parts = TEXT_PAYLOAD};
    prepare(letters(161), TEXT_TRANSLIT, &sar);
    assert_int_equal(sms.pdus, 2);
    assert_false(sms.udhi);
    segment_is(1, "aaaaaaaa", 8);
    prepare(letters(161), TEXT_TRANSLIT, &payload);
    assert_int_equal(sms.segments, 2);
    assert_int_equal(sms.pdus, 1);
    assert_int_equal(text_segment(&sms, 0, 1, out, sizeof out), 161);
    assert_int_equal(text_segment(&sms, 1, 1, out, sizeof out), -EINVAL);
    assert_int_equal(text_segment(&sms, 0, 1, out, 160), -ENOSPC);
}

static void latin1_links_get_latin1_but_septets_are_counted(void **state)
{
    (void)state;
    const struct text_profile latin1 = {.data_coding = 3, .charset = TEXT_CHARSET_LATIN1};
    prepare("ñ[ó€", TEXT_TRANSLIT, &latin1);
    assert_string_equal(sms.text, "ñ[oEUR");
    assert_int_equal(sms.units, 7);
    assert_int_equal(sms.data_coding, 3);
    segment_is(0, "\xf1[oEUR", 6);
    prepare("ó", TEXT_SPANISH, &latin1);
    assert_int_equal(sms.encoding, TEXT_UCS2);
}

static void emoji_stay_whole_at_a_border(void **state)
{
    (void)state;
    char text[200];
    memset(text, 'a', 65);
    strcpy(text + 65, "👍🏽bbbbbbbbbb");
    prepare(text, TEXT_TRANSLIT, NULL);
    assert_int_equal(sms.seg_units[0], 65);
    strcpy(text + 65, "🇩🇴bbbbbbbbbb");
    prepare(text, TEXT_UNICODE, NULL);
    assert_int_equal(sms.seg_units[0], 65);
}

static void a_cluster_longer_than_a_segment_is_cut_between_letters(void **state)
{
    (void)state;
    char text[600] = "z";
    for (int i = 0; i < 100; i++)
        strcat(text, "\u0325");
    prepare(text, TEXT_TRANSLIT, NULL);
    prepare("😀", TEXT_TRANSLIT, NULL);
    char both[700] = "😀";
    strcat(both, text);
    prepare(both, TEXT_TRANSLIT, NULL);
    assert_int_equal(sms.segments, 2);
    assert_int_equal(sms.seg_units[0], 67);
}

static void the_letter_that_makes_it_longer_is_named(void **state)
{
    (void)state;
    char text[300];
    memset(text, 'a', 80);
    strcpy(text + 80, "í😀");
    prepare(text, TEXT_TRANSLIT, NULL);
    assert_int_equal(sms.culprit, 0x1F600);
    prepare(text, TEXT_UNICODE, NULL);
    assert_int_equal(sms.culprit, 0xED);
    prepare("í😀", TEXT_TRANSLIT, NULL);
    assert_int_equal(sms.culprit, 0);
    prepare(letters(160), TEXT_TRANSLIT, NULL);
    assert_int_equal(sms.culprit, 0);
    memset(text, 'a', 159);
    strcpy(text + 159, "[");
    prepare(text, TEXT_TRANSLIT, NULL);
    assert_int_equal(sms.culprit, '[');
}

static void name_message_and_notice_fit_what_is_promised(void **state)
{
    (void)state;
    char name[81] = "", message[601] = "", notice[101] = "", text[TEXT_ROOM];
    for (int i = 0; i < 20; i++)
        strcat(name, "😀");
    for (int i = 0; i < 150; i++)
        strcat(message, "😀");
    memset(notice, 'n', 100);
    int len = text_compose(text, sizeof text, name, message, notice);
    assert_true(len > 0);
    assert_int_equal(text_prepare(&sms, text, (size_t)len, TEXT_TRANSLIT, NULL), 0);
    assert_int_equal(sms.units, 40 + 8 + 300 + 1 + 100);
    assert_int_equal(sms.segments, 7);
}

static void nothing_is_one_empty_sms_and_too_much_is_refused(void **state)
{
    (void)state;
    prepare("", TEXT_TRANSLIT, NULL);
    assert_int_equal(sms.segments, 1);
    assert_int_equal(sms.units, 0);
    segment_is(0, "", 0);
    prepare(letters(4095), TEXT_TRANSLIT, NULL);
    assert_int_equal(sms.segments, 27);
    static char huge[5000];
    memset(huge, 'a', sizeof huge);
    assert_int_equal(text_prepare(&sms, huge, sizeof huge, TEXT_TRANSLIT, NULL), -EMSGSIZE);
}

static void policies_have_names(void **state)
{
    (void)state;
    assert_int_equal(text_policy_parse("translit"), TEXT_TRANSLIT);
    assert_int_equal(text_policy_parse("ucs2-auto"), TEXT_UNICODE);
    assert_int_equal(text_policy_parse("latin"), -EINVAL);
    assert_string_equal(text_policy_name(TEXT_SPANISH), "spanish");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(translit_replaces_accents_and_shows_it),
        cmocka_unit_test(what_has_no_replacement_makes_it_ucs2_with_its_accents),
        cmocka_unit_test(spanish_names_its_table_in_each_segment),
        cmocka_unit_test(a_long_text_has_a_reference_in_each_part),
        cmocka_unit_test(sar_and_payload_leave_the_reference_to_tlvs),
        cmocka_unit_test(latin1_links_get_latin1_but_septets_are_counted),
        cmocka_unit_test(emoji_stay_whole_at_a_border),
        cmocka_unit_test(a_cluster_longer_than_a_segment_is_cut_between_letters),
        cmocka_unit_test(the_letter_that_makes_it_longer_is_named),
        cmocka_unit_test(name_message_and_notice_fit_what_is_promised),
        cmocka_unit_test(nothing_is_one_empty_sms_and_too_much_is_refused),
        cmocka_unit_test(policies_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
