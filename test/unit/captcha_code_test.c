// The letters of a security code: uniform, kept secret by the key, and kindly compared.
#include "mod_smsinteractivo/captcha/captcha.h"
#include "mod_smsinteractivo/captcha/alphabet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static const struct captcha_secret secret = {"a deployment"};

static void codes_have_5_or_6_symbols_each_equally_often(void **state)
{
    (void)state;
    enum { CODES = 20000 };
    unsigned seen[128] = {0}, symbols = 0, longer = 0;
    char code[CAPTCHA_CODE_ROOM], id[CAPTCHA_ID_LENGTH + 1];
    for (unsigned i = 0; i < CODES; i++) {
        snprintf(id, sizeof id, "%032x", i);
        captcha_code(&secret, id, 20000, code);
        assert_in_range(strlen(code), 5, 6);
        longer += strlen(code) == 6;
        for (const char *symbol = code; *symbol; symbol++, symbols++)
            seen[(unsigned char)*symbol]++;
    }
    assert_in_range(longer, CODES * 48 / 100, CODES * 52 / 100);
    unsigned fair = symbols / (unsigned)strlen(ALPHABET);
    for (const char *symbol = ALPHABET; *symbol; symbol++) {
        assert_in_range(seen[(unsigned char)*symbol], fair * 95 / 100, fair * 105 / 100);
        symbols -= seen[(unsigned char)*symbol];
    }
    assert_int_equal(symbols, 0);
}

static void case_spaces_and_dashes_do_not_count(void **state)
{
    (void)state;
    assert_true(captcha_matches("MSKA2", "MSKA2"));
    assert_true(captcha_matches("mska2", "MSKA2"));
    assert_true(captcha_matches("  mS-k.A 2\r\n", "MSKA2"));
}

static void a_look_alike_is_taken_for_what_it_looks_like(void **state)
{
    (void)state;
    assert_true(captcha_matches("0O8461", "DDBABL"));
    assert_true(captcha_matches("5zf7vX", "S2ETYK"));
}

static void no_look_alike_stands_for_two_symbols_nor_is_itself_drawn(void **state)
{
    (void)state;
    for (int typed = '0'; typed <= 'z'; typed++) {
        unsigned meanings = 0;
        char text[2] = {(char)typed, '\0'}, upper = (char)(typed >= 'a' ? typed - 32 : typed);
        for (const char *symbol = ALPHABET; *symbol; symbol++) {
            char code[2] = {*symbol, '\0'};
            meanings += captcha_matches(text, code);
            if (upper == *symbol)
                assert_true(captcha_matches(text, code));
        }
        assert_in_range(meanings, 0, 1);
    }
}

static void anything_else_does_not_match(void **state)
{
    (void)state;
    assert_false(captcha_matches("", "MSKA2"));
    assert_false(captcha_matches("", ""));
    assert_false(captcha_matches("MSKA", "MSKA2"));
    assert_false(captcha_matches("MSKA22", "MSKA2"));
    assert_false(captcha_matches("MSKAE", "MSKA2"));
    assert_false(captcha_matches("KSMA2", "MSKA2"));
    assert_false(captcha_matches("MSKA2\xc3\xa1", "MSKA2"));
}

static void an_id_is_32_small_hexadecimal_digits(void **state)
{
    (void)state;
    assert_true(captcha_id_is_valid("0123456789abcdef0123456789abcdef"));
    assert_false(captcha_id_is_valid("0123456789ABCDEF0123456789abcdef"));
    assert_false(captcha_id_is_valid("0123456789abcdef0123456789abcde"));
    assert_false(captcha_id_is_valid("0123456789abcdef0123456789abcdef0"));
    assert_false(captcha_id_is_valid("0123456789abcdef0123456789abcd|1"));
    assert_false(captcha_id_is_valid("0123456789abcdef0123456789abcdef|"));
    assert_false(captcha_id_is_valid(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_have_5_or_6_symbols_each_equally_often),
        cmocka_unit_test(case_spaces_and_dashes_do_not_count),
        cmocka_unit_test(a_look_alike_is_taken_for_what_it_looks_like),
        cmocka_unit_test(no_look_alike_stands_for_two_symbols_nor_is_itself_drawn),
        cmocka_unit_test(anything_else_does_not_match),
        cmocka_unit_test(an_id_is_32_small_hexadecimal_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
