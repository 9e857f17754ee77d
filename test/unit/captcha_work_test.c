// The proof of work: what the page's Worker finds is what the server accepts, and nothing else.
#include "mod_smsinteractivo/captcha/captcha.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static const char id[] = "0123456789abcdef0123456789abcdef";

static void a_number_proves_as_many_bits_as_its_hash_has_zeros(void **state)
{
    (void)state;
    // sha256sum: 151 -> 004083cf..., 3611348 -> 0000003a..., 3 -> 02fb67d3...
    static const struct {
        const char *nonce;
        unsigned bits;
    } known[] = {{"151", 9}, {"3611348", 26}, {"3", 6}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        for (unsigned bits = 1; bits <= 64; bits++)
            assert_int_equal(captcha_work_verify(id, known[i].nonce, bits), bits <= known[i].bits);
    }
}

static void the_number_is_worth_nothing_for_another_id(void **state)
{
    (void)state;
    assert_false(captcha_work_verify("1123456789abcdef0123456789abcdef", "3611348", 20));
}

// Each tried behind ten digits in turn: one in two would pass if only the hash were looked at.
static void only_1_to_20_digits_are_a_number(void **state)
{
    (void)state;
    static const char *const bad[] = {" ",  "3 ",   "+3", "x3", "\n",
                                      ":3", "\xb2", "a",  "e9", "12345678901234567890"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        for (char digit = '0'; digit <= '9'; digit++) {
            char nonce[32];
            snprintf(nonce, sizeof nonce, "%c%s", digit, bad[i]);
            assert_false(captcha_work_verify(id, nonce, 1));
            snprintf(nonce, sizeof nonce, "%s%c", bad[i], digit);
            assert_false(captcha_work_verify(id, nonce, 1));
        }
    }
    assert_false(captcha_work_verify(id, "", 1));
    assert_false(captcha_work_verify(id, "3", 0));
    assert_false(captcha_work_verify(id, "3", 65));
    assert_false(captcha_work_verify("abc", "3", 1));
}

static void the_price_doubles_as_proofs_double(void **state)
{
    (void)state;
    assert_int_equal(captcha_work_bits(0), CAPTCHA_WORK_BITS_LEAST);
    assert_int_equal(captcha_work_bits(1), CAPTCHA_WORK_BITS_LEAST + 1);
    assert_int_equal(captcha_work_bits(3), captcha_work_bits(2));
    assert_int_equal(captcha_work_bits(4), captcha_work_bits(2) + 1);
    assert_int_equal(captcha_work_bits(UINT32_MAX), CAPTCHA_WORK_BITS_MOST);
}

static void what_the_page_finds_the_server_accepts(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        char other[CAPTCHA_ID_LENGTH + 1], command[128], nonce[32] = "";
        unsigned bits = 4 + 2 * i;
        snprintf(other, sizeof other, "%08xfedcba9876543210%08x", i * 77777, i);
        snprintf(command, sizeof command, "node test/captcha/work_run.js %s %u 2>&1", other, bits);
        FILE *node = popen(command, "r");
        assert_non_null(node);
        assert_non_null(fgets(nonce, sizeof nonce, node));
        while (fgetc(node) != EOF) // the speed it reports
            ;
        assert_int_equal(pclose(node), 0);
        nonce[strcspn(nonce, "\n")] = '\0';
        assert_true(captcha_work_verify(other, nonce, bits));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_proves_as_many_bits_as_its_hash_has_zeros),
        cmocka_unit_test(the_number_is_worth_nothing_for_another_id),
        cmocka_unit_test(only_1_to_20_digits_are_a_number),
        cmocka_unit_test(the_price_doubles_as_proofs_double),
        cmocka_unit_test(what_the_page_finds_the_server_accepts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
