/* Facts about smpp/switch/assembly.h: answers of several parts. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "smpp/switch/assembly.h"

static struct assemblies all;
static struct assembly *whole;
static char text[4096];
static const struct text_profile usual;

static int begin(void **state)
{
    (void)state;
    assemblies_start(&all);
    whole = NULL;
    return 0;
}

static int end(void **state)
{
    (void)state;
    if (whole)
        assembly_free(whole);
    assemblies_end(&all, free);
    return 0;
}

static struct assembly_part part_of(unsigned ref, unsigned seq, unsigned total, const char *octets)
{
    return (struct assembly_part){.mobile = "8095551234",
                                  .code = "2333",
                                  .ref = ref,
                                  .total = total,
                                  .seq = seq,
                                  .reply = 100 + seq,
                                  .octets = octets,
                                  .length = strlen(octets)};
}

/* Adds a part at `now`, with 10 s to wait; `whole` is set when that completes it. */
static int add_at(struct assembly_part part, int64_t now)
{
    struct assembly *at;
    int step = assembly_add(&all, &part, now, 10000, &at);
    if (step == ASSEMBLY_COMPLETE)
        whole = at;
    return step;
}

static int add(unsigned ref, unsigned seq, unsigned total, const char *octets)
{
    return add_at(part_of(ref, seq, total, octets), 0);
}

static const char *read_whole(void)
{
    assert_non_null(whole);
    assert_true(assembly_text(whole, &usual, "(binary)", text, sizeof text) >= 0);
    return text;
}

static void parts_in_any_order_make_the_same_text(void **state)
{
    (void)state;
    static const unsigned order[][3] = {{1, 2, 3}, {3, 2, 1}, {2, 3, 1}, {3, 1, 2}};
    static const char *const octets[] = {"uno ", "dos ", "tres"};
    for (unsigned i = 0; i < 4; i++) {
        for (unsigned k = 0; k < 3; k++)
            assert_int_equal(add(i, order[i][k], 3, octets[order[i][k] - 1]),
                             k == 2 ? ASSEMBLY_COMPLETE : ASSEMBLY_WAITS);
        assert_string_equal(read_whole(), "uno dos tres");
        assembly_free(whole);
        whole = NULL;
    }
}

static void a_repeated_part_counts_once(void **state)
{
    (void)state;
    assert_int_equal(add(7, 1, 2, "a"), ASSEMBLY_WAITS);
    assert_int_equal(add(7, 1, 2, "a"), ASSEMBLY_REPEATED);
    assert_int_equal(add(7, 2, 2, "b"), ASSEMBLY_COMPLETE);
    assert_string_equal(read_whole(), "ab");
}

static void another_part_under_the_same_number_is_of_another_message(void **state)
{
    (void)state;
    struct assembly_part part = part_of(7, 1, 2, "b");
    assert_int_equal(add(7, 1, 2, "a"), ASSEMBLY_WAITS);
    assert_int_equal(assembly_add(&all, &part, 0, 10000, &whole), ASSEMBLY_ANOTHER);
    assert_string_equal(read_whole(), "a[...]");
    assert_int_equal(add(7, 1, 2, "b"), ASSEMBLY_WAITS);
    assembly_free(whole);
    assert_int_equal(add(7, 2, 2, "c"), ASSEMBLY_COMPLETE);
    assert_string_equal(read_whole(), "bc");
}

static void more_of_the_same_under_the_same_number_is_another_message_too(void **state)
{
    (void)state;
    struct assembly_part part = part_of(7, 1, 2, "ab");
    assert_int_equal(add(7, 1, 2, "a"), ASSEMBLY_WAITS);
    assert_int_equal(assembly_add(&all, &part, 0, 10000, &whole), ASSEMBLY_ANOTHER);
}

static void references_of_eight_and_of_sixteen_bits_do_not_mix(void **state)
{
    (void)state;
    struct assembly_part wide = part_of(7, 1, 2, "a");
    wide.wide = true;
    assert_int_equal(add_at(wide, 0), ASSEMBLY_WAITS);
    assert_int_equal(add(7, 2, 2, "b"), ASSEMBLY_WAITS);
    wide.seq = 2;
    wide.octets = "c";
    assert_int_equal(add_at(wide, 0), ASSEMBLY_COMPLETE);
    assert_string_equal(read_whole(), "ac");
}

static void all_that_is_known_of_a_parts_octets_goes_into_one_number(void **state)
{
    (void)state;
    struct assembly_part part = {.data_coding = 0xf5, .wide = true}, again = {0};
    part.udh.single_shift = 2;
    part.udh.locking_shift = 3;
    part.udh.has_ports = true;
    assembly_coding_take(&again, assembly_coding(&part));
    assert_memory_equal(&again, &part, sizeof part);
}

static void messages_with_other_references_do_not_mix(void **state)
{
    (void)state;
    struct assembly_part wide = part_of(7, 2, 2, "wide");
    wide.wide = true;
    struct assembly_part other = part_of(7, 2, 2, "other");
    other.code = "2024";
    assert_int_equal(add(7, 1, 2, "a"), ASSEMBLY_WAITS);
    assert_int_equal(add(8, 2, 2, "x"), ASSEMBLY_WAITS);
    assert_int_equal(add(7, 2, 3, "y"), ASSEMBLY_WAITS);
    assert_int_equal(add_at(wide, 0), ASSEMBLY_WAITS);
    assert_int_equal(add_at(other, 0), ASSEMBLY_WAITS);
    assert_int_equal(add(7, 2, 2, "b"), ASSEMBLY_COMPLETE);
    assert_string_equal(read_whole(), "ab");
}

static void a_surrogate_pair_cut_between_parts_is_whole_again(void **state)
{
    (void)state;
    struct assembly_part first = part_of(1, 1, 2, ""), second = part_of(1, 2, 2, "");
    first.octets = "\x00\x61\xd8\x3d";
    second.octets = "\xde\x00\x00\x62";
    first.length = second.length = 4;
    first.data_coding = second.data_coding = 8;
    assert_int_equal(add_at(first, 0), ASSEMBLY_WAITS);
    assert_int_equal(add_at(second, 0), ASSEMBLY_COMPLETE);
    assert_string_equal(read_whole(), "a\xf0\x9f\x98\x80"
                                      "b");
}

static void parts_in_several_codings_are_read_each_in_its_own(void **state)
{
    (void)state;
    struct assembly_part second = part_of(1, 2, 3, "");
    second.octets = "\x00\xe1"; /* á in UCS-2 */
    second.length = 2;
    second.data_coding = 8;
    assert_int_equal(add(1, 1, 3, "a"), ASSEMBLY_WAITS);
    assert_int_equal(add_at(second, 0), ASSEMBLY_WAITS);
    assert_int_equal(add(1, 3, 3, "z"), ASSEMBLY_COMPLETE);
    assert_string_equal(read_whole(), "a\xc3\xa1z");
}

static void a_binary_part_is_said_to_be_one(void **state)
{
    (void)state;
    struct assembly_part second = part_of(1, 2, 2, "\x01\x02");
    second.data_coding = 4;
    assert_int_equal(add(1, 1, 2, "a"), ASSEMBLY_WAITS);
    assert_int_equal(add_at(second, 0), ASSEMBLY_COMPLETE);
    assert_string_equal(read_whole(), "a(binary)");
}

static void missing_parts_are_waited_for_until_the_deadline(void **state)
{
    (void)state;
    uint64_t replies[ASSEMBLY_PARTS];
    bool missing;
    assert_int_equal(add_at(part_of(1, 1, 4, "a"), 1000), ASSEMBLY_WAITS);
    assert_int_equal(add_at(part_of(1, 4, 4, "d"), 9000), ASSEMBLY_WAITS);
    assert_null(assembly_due(&all, 10999));
    whole = assembly_due(&all, 11000);
    assert_string_equal(read_whole(), "a[...]d");
    assert_int_equal(assembly_replies(whole, replies, &missing), 2);
    assert_true(missing);
    assert_int_equal(replies[0], 101);
    assert_int_equal(replies[1], 104);
    assert_null(assembly_due(&all, 99999));
}

static void unfinished_ones_are_bounded(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ASSEMBLY_MAX; i++)
        assert_int_equal(add(i, 1, 2, "a"), ASSEMBLY_WAITS);
    assert_int_equal(add(ASSEMBLY_MAX, 1, 2, "a"), -ENOSPC);
    assert_int_equal(add(5, 2, 2, "b"), ASSEMBLY_COMPLETE);
    assert_string_equal(read_whole(), "ab");
}

static void a_text_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    char little[3];
    assert_int_equal(add(1, 1, 2, "ab"), ASSEMBLY_WAITS);
    assert_int_equal(add(1, 2, 2, "cd"), ASSEMBLY_COMPLETE);
    assert_int_equal(assembly_text(whole, &usual, "", little, sizeof little), -ENOSPC);
}

static struct assembly_part foreign(unsigned seq, const char *octets, bool elsewhere)
{
    struct assembly_part part = part_of(1, seq, 3, octets);
    part.reply = 0;
    part.elsewhere = elsewhere;
    return part;
}

static void parts_that_another_smppd_was_given_complete_ours(void **state)
{
    uint64_t replies[ASSEMBLY_PARTS];
    bool missing;
    (void)state;
    assert_int_equal(add_at(foreign(1, "uno ", false), 0), ASSEMBLY_WAITS);
    assert_int_equal(add(1, 2, 3, "dos "), ASSEMBLY_WAITS);
    assert_int_equal(add_at(foreign(3, "tres", false), 0), ASSEMBLY_COMPLETE);
    assert_true(assembly_text(whole, &usual, "", text, sizeof text) > 0);
    assert_string_equal(text, "uno dos tres");
    assert_int_equal(assembly_replies(whole, replies, &missing), 1);
    assert_int_equal(replies[0], 102);
    assert_false(missing || assembly_is_elsewhere(whole));
}

static void the_smppd_that_comes_first_shows_the_whole(void **state)
{
    (void)state;
    assert_int_equal(add_at(foreign(1, "uno ", false), 0), ASSEMBLY_WAITS);
    assert_int_equal(add_at(foreign(2, "dos ", true), 0), ASSEMBLY_WAITS);
    assert_int_equal(add(1, 3, 3, "tres"), ASSEMBLY_COMPLETE);
    assert_true(assembly_is_elsewhere(whole));
}

static unsigned told;

static void count_told(void *ctx, const struct assembly_part *part)
{
    const struct assembly_part *wanted = ctx;
    told++;
    assert_string_equal(part->mobile, wanted->mobile);
    assert_string_equal(part->code, wanted->code);
    assert_int_equal(part->seq, wanted->seq);
    assert_int_equal(part->length, wanted->length);
    assert_int_equal(assembly_coding(part), assembly_coding(wanted));
}

static void a_part_of_ours_that_waits_is_told_once(void **state)
{
    struct assembly_part part = part_of(1, 2, 3, "dos"), back = {.wide = false};
    (void)state;
    part.data_coding = 8;
    part.udh = (struct udh){.single_shift = 2, .locking_shift = 3, .has_ports = true};
    assembly_coding_take(&back, assembly_coding(&part));
    assert_int_equal(assembly_coding(&back), assembly_coding(&part));
    told = 0;
    assert_int_equal(add_at(part, 500), ASSEMBLY_WAITS);
    assert_int_equal(add_at(foreign(1, "uno", false), 0), ASSEMBLY_WAITS);
    assemblies_waiting(&all, 499, count_told, &part);
    assert_int_equal(told, 0);
    assemblies_waiting(&all, 500, count_told, &part);
    assemblies_waiting(&all, 9999, count_told, &part);
    assert_int_equal(told, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(parts_in_any_order_make_the_same_text, begin, end),
        cmocka_unit_test_setup_teardown(a_repeated_part_counts_once, begin, end),
        cmocka_unit_test_setup_teardown(another_part_under_the_same_number_is_of_another_message,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            more_of_the_same_under_the_same_number_is_another_message_too, begin, end),
        cmocka_unit_test_setup_teardown(references_of_eight_and_of_sixteen_bits_do_not_mix, begin,
                                        end),
        cmocka_unit_test_setup_teardown(all_that_is_known_of_a_parts_octets_goes_into_one_number,
                                        begin, end),
        cmocka_unit_test_setup_teardown(messages_with_other_references_do_not_mix, begin, end),
        cmocka_unit_test_setup_teardown(a_surrogate_pair_cut_between_parts_is_whole_again, begin,
                                        end),
        cmocka_unit_test_setup_teardown(parts_in_several_codings_are_read_each_in_its_own, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_binary_part_is_said_to_be_one, begin, end),
        cmocka_unit_test_setup_teardown(missing_parts_are_waited_for_until_the_deadline, begin,
                                        end),
        cmocka_unit_test_setup_teardown(unfinished_ones_are_bounded, begin, end),
        cmocka_unit_test_setup_teardown(a_text_that_does_not_fit_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(parts_that_another_smppd_was_given_complete_ours, begin,
                                        end),
        cmocka_unit_test_setup_teardown(the_smppd_that_comes_first_shows_the_whole, begin, end),
        cmocka_unit_test_setup_teardown(a_part_of_ours_that_waits_is_told_once, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
