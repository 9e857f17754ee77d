// The handsets show what the text vectors say, and joined parts read as one text.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test/smsc/parts.h"
#include "test/smsc/text.h"

enum { LINE = 16384, COLUMNS = 13 };

// One row of a table of tab-separated columns; how many there are.
static int row_read(FILE *file, char *line, char **column)
{
    int count = 0;

    if (!fgets(line, LINE, file))
        return 0;
    line[strcspn(line, "\n")] = 0;
    for (char *rest = line; count < COLUMNS && rest;)
        column[count++] = strsep(&rest, "\t");
    return count;
}

static unsigned digits_read(const char *hex)
{
    char two[3] = {hex[0], hex[1], 0};

    return (unsigned)strtoul(two, NULL, 16);
}

// "\xC3\xA9" to its octets, in place.
static char *unescape(char *text)
{
    char *out = text;

    for (const char *in = text; *in;)
        if (in[0] == '\\' && in[1] == 'x') {
            *out++ = (char)digits_read(in + 2);
            in += 4;
        } else {
            *out++ = *in++;
        }
    *out = 0;
    return text;
}

static size_t hex_octets(const char *hex, uint8_t *room)
{
    size_t length = 0;

    for (; hex[0] && hex[0] != '|'; hex += 2)
        room[length++] = (uint8_t)digits_read(hex);
    return length;
}

static FILE *table_open(const char *path)
{
    FILE *file = fopen(path, "r");
    char header[LINE];

    assert_non_null(file); // tests run at the top of the tree
    assert_non_null(fgets(header, sizeof header, file));
    return file;
}

static void answers_of_the_vectors_are_shown_as_they_say(void **state)
{
    FILE *file = table_open("test/text/text_vectors_mo.tsv");
    char line[LINE], *column[COLUMNS];
    int shown = 0;

    (void)state;
    while (row_read(file, line, column) >= 5) {
        uint8_t octets[512];
        size_t length = hex_octets(column[3], octets);
        if (!strcmp(column[4], "(no two agree)"))
            continue;
        enum alphabet alphabet = alphabet_of((uint8_t)atoi(column[2]), GSM7);
        char *text = text_decode(octets, length, alphabet, !strcmp(column[1], "gsm7+es"));
        assert_string_equal(text, unescape(column[4]));
        free(text);
        shown++;
    }
    fclose(file);
    assert_true(shown > 60);
}

// The SMS of one row, in reverse order, through the reassembly.
static char *row_show(char *hex, uint8_t data_coding, bool headed)
{
    struct parts_list list = TAILQ_HEAD_INITIALIZER(list);
    struct pdu_message m = {.data_coding = data_coding, .esm_class = headed ? 0x40 : 0};
    struct parts *parts = NULL;
    uint8_t octets[512];
    struct piece piece;

    for (char *part = hex; part;) {
        char *bar = strrchr(hex, '|');
        part = bar ? bar + 1 : hex;
        m.octets = octets;
        m.length = (uint16_t)hex_octets(part, octets);
        piece_get(&m, GSM7, &piece);
        parts = parts_add(&list, "2333", &piece, 1);
        if (bar)
            *bar = 0;
        else
            part = NULL;
    }
    assert_int_equal(parts->here, parts->total);
    char *text = parts_text(parts);
    parts_free(parts);
    return text;
}

static void messages_of_the_vectors_are_joined_and_shown_as_prepared(void **state)
{
    FILE *file = table_open("test/text/text_vectors.tsv");
    char line[LINE], *column[COLUMNS];
    int shown = 0;

    (void)state;
    while (row_read(file, line, column) >= 11) {
        char *hex = column[10];
        bool spanish = !strcmp(column[5], "gsm7+es");
        if (!strcmp(column[2], "gsm7-translit") || strchr(hex, ':')) // shown otherwise; a digest
            continue;
        uint8_t coding = (uint8_t)strtoul(column[6], NULL, 16);
        char *text = row_show(hex, coding, spanish || atoi(column[8]) > 1);
        assert_string_equal(text, unescape(column[4]));
        free(text);
        shown++;
    }
    fclose(file);
    assert_true(shown > 150);
}

static void what_a_handset_writes_has_the_octets_of_the_vectors(void **state)
{
    FILE *file = table_open("test/text/text_vectors.tsv");
    char line[LINE], *column[COLUMNS];
    int written = 0;

    (void)state;
    while (row_read(file, line, column) >= 11) {
        bool spanish = !strcmp(column[5], "gsm7+es"), missing;
        uint8_t expected[512], octets[512];
        if (!strcmp(column[2], "gsm7-translit") || strpbrk(column[10], ":|"))
            continue;
        size_t length = hex_octets(column[10], expected), header = spanish ? 4 : 0;
        enum alphabet alphabet = alphabet_of((uint8_t)strtoul(column[6], NULL, 16), GSM7);
        size_t put = text_encode(unescape(column[4]), alphabet, spanish, octets, 512, &missing);
        assert_false(missing);
        assert_int_equal(put, length - header);
        assert_memory_equal(octets, expected + header, put);
        written++;
    }
    fclose(file);
    assert_true(written > 100);
}

static void a_cut_never_parts_an_escape_or_a_surrogate_from_its_other_half(void **state)
{
    static const uint8_t gsm7[] = {'a', 0x1B, 0x65, 'b'}, ucs2[] = {0, 'a', 0xD8, 0x3D, 0xDE, 0};

    (void)state;
    assert_int_equal(text_cut(gsm7, 4, 2, GSM7), 1);
    assert_int_equal(text_cut(gsm7, 4, 3, GSM7), 3);
    assert_int_equal(text_cut(gsm7, 4, 4, GSM7), 4);
    assert_int_equal(text_cut(ucs2, 6, 5, UCS2), 2);
    assert_int_equal(text_cut(ucs2, 6, 3, UCS2), 2);
    assert_int_equal(text_cut(ucs2, 6, 6, UCS2), 6);
}

static void malformed_utf8_is_one_replacement_for_each_octet_and_ends_at_the_end(void **state)
{
    static const char *const texts[] = {"\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xFF", "\xC0\x80"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *at = texts[i];
        for (size_t n = strlen(texts[i]); n; n--)
            assert_int_equal(utf8_take(&at), 0xFFFD);
        assert_int_equal(utf8_take(&at), 0);
    }
}

static void a_gap_is_shown_where_a_part_is_missing(void **state)
{
    struct parts_list list = TAILQ_HEAD_INITIALIZER(list);
    struct piece piece = {.reference = 7, .total = 3, .octets = (const uint8_t *)"ab", .length = 2};
    struct parts *parts = NULL;

    (void)state;
    for (piece.number = 1; piece.number <= 3; piece.number += 2)
        parts = parts_add(&list, "2333", &piece, 1);
    assert_int_equal(parts->here, 2);
    char *text = parts_text(parts);
    assert_string_equal(text, "ab[...]ab");
    free(text);
    parts_free(parts);
}

static void a_header_that_contradicts_itself_makes_a_message_of_one_part(void **state)
{
    static const char *const headers[] = {"\5\0\3\1\2\3x", "\5\0\3\1\0\0x", "\5\0\3\1\2\0x",
                                          "\377x"};
    struct piece piece;

    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct pdu_message m = {
            .esm_class = 0x40, .octets = (const uint8_t *)headers[i], .length = i == 3 ? 2 : 7};
        piece_get(&m, GSM7, &piece);
        assert_int_equal(piece.total, 1);
        assert_int_equal(piece.number, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_of_the_vectors_are_shown_as_they_say),
        cmocka_unit_test(messages_of_the_vectors_are_joined_and_shown_as_prepared),
        cmocka_unit_test(what_a_handset_writes_has_the_octets_of_the_vectors),
        cmocka_unit_test(a_cut_never_parts_an_escape_or_a_surrogate_from_its_other_half),
        cmocka_unit_test(malformed_utf8_is_one_replacement_for_each_octet_and_ends_at_the_end),
        cmocka_unit_test(a_gap_is_shown_where_a_part_is_missing),
        cmocka_unit_test(a_header_that_contradicts_itself_makes_a_message_of_one_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
