/* What an answer costs, reckoned in whole centavos. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "smpp/spool/charge.h"

static const struct charge_tariff DEFAULT = {
    .price = 100, .taxes = 3, .tax = {{"ITBIS", 1800}, {"ISC", 1000}, {"CDT", 200}}};

static void one_peso_and_taxes_are_one_peso_thirty(void **context)
{
    struct charge charge;

    (void)context;
    assert_int_equal(charge_of(&DEFAULT, 1, 1, &charge), 0);
    assert_int_equal(charge.price, 100);
    assert_int_equal(charge.amount[0], 18);
    assert_int_equal(charge.amount[1], 10);
    assert_int_equal(charge.amount[2], 2);
    assert_int_equal(charge.total, 130);
    assert_string_equal(charge.tax[2].name, "CDT");
}

static void each_tax_is_rounded_by_itself_halves_up(void **context)
{
    static const struct {
        int64_t price;
        int rate;
        int64_t amount;
    } ROW[] = {
        {0, 1800, 0},
        {1, 1800, 0},
        {2, 1800, 0},
        {3, 1800, 1},
        {25, 200, 1},
        {24, 200, 0},
        {75, 200, 2},
        {74, 200, 1},
        {50, 100, 1},
        {49, 100, 0},
        {150, 100, 2},
        {149, 100, 1},
        {199, 1000, 20},
        {194, 1000, 19},
        {195, 1000, 20},
        {100, 1, 0},
        {4999, 1, 0},
        {5000, 1, 1},
        {1, 10000, 1},
        {1000000000, 10000, 1000000000},
        {1000000000, 1, 100000},
    };

    (void)context;
    for (size_t i = 0; i < sizeof ROW / sizeof ROW[0]; i++) {
        struct charge_tariff tariff = {
            .price = ROW[i].price, .taxes = 1, .tax = {{"T", ROW[i].rate}}};
        struct charge charge;

        assert_int_equal(charge_of(&tariff, 1, 0, &charge), 0);
        assert_int_equal(charge.amount[0], ROW[i].amount);
        assert_int_equal(charge.total, ROW[i].price + ROW[i].amount);
    }
}

static void the_total_is_the_sum_of_what_is_printed(void **context)
{
    struct charge charge;

    (void)context;
    for (int64_t price = 0; price < 5000; price++) {
        struct charge_tariff tariff = DEFAULT;

        tariff.price = price;
        charge_of(&tariff, 1, 0, &charge);
        assert_int_equal(charge.total,
                         price + charge.amount[0] + charge.amount[1] + charge.amount[2]);
        assert_true(charge.total * 100 - price * 130 <= 150);
        assert_true(charge.total * 100 - price * 130 >= -150);
    }
}

static void a_tariff_holds_from_its_date_on(void **context)
{
    struct charge_tariff tariffs[3] = {DEFAULT, DEFAULT, DEFAULT};
    struct charge charge;

    (void)context;
    tariffs[0].from = 1000;
    tariffs[1].from = 2000;
    tariffs[1].price = 200;
    tariffs[2].from = 3000;
    tariffs[2].price = 300;
    assert_int_equal(charge_of(tariffs, 3, 999, &charge), -ENOENT);
    assert_int_equal(charge.total, 0);
    charge_of(tariffs, 3, 1000, &charge);
    assert_int_equal(charge.total, 130);
    charge_of(tariffs, 3, 1999, &charge);
    assert_int_equal(charge.total, 130);
    charge_of(tariffs, 3, 2000, &charge);
    assert_int_equal(charge.total, 260);
    charge_of(tariffs, 3, INT64_MAX, &charge);
    assert_int_equal(charge.total, 390);
}

static void tariffs_that_make_no_sense_are_refused(void **context)
{
    struct charge_tariff tariffs[2] = {DEFAULT, DEFAULT};
    char why[200];

    (void)context;
    tariffs[1].from = 1;
    assert_int_equal(charge_check(tariffs, 2, why, sizeof why), 0);
    assert_int_equal(charge_check(tariffs, 0, why, sizeof why), -EINVAL);
    tariffs[1].from = 0;
    assert_int_equal(charge_check(tariffs, 2, why, sizeof why), -EINVAL);
    tariffs[0].price = -1;
    assert_int_equal(charge_check(tariffs, 1, why, sizeof why), -EINVAL);
    tariffs[0].price = 1000000001;
    assert_int_equal(charge_check(tariffs, 1, why, sizeof why), -EINVAL);
    tariffs[0] = DEFAULT;
    tariffs[0].taxes = CHARGE_TAXES + 1;
    assert_int_equal(charge_check(tariffs, 1, why, sizeof why), -EINVAL);
    tariffs[0] = DEFAULT;
    tariffs[0].tax[0].rate = 10001;
    assert_int_equal(charge_check(tariffs, 1, why, sizeof why), -EINVAL);
    tariffs[0] = DEFAULT;
    strcpy(tariffs[0].tax[0].name, "a,b");
    assert_int_equal(charge_check(tariffs, 1, why, sizeof why), -EINVAL);
    memset(tariffs[0].tax[0].name, 'a', sizeof tariffs[0].tax[0].name);
    assert_int_equal(charge_check(tariffs, 1, why, sizeof why), -EINVAL);
    tariffs[0].tax[0].name[0] = '\0';
    assert_int_equal(charge_check(tariffs, 1, why, sizeof why), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_peso_and_taxes_are_one_peso_thirty),
        cmocka_unit_test(each_tax_is_rounded_by_itself_halves_up),
        cmocka_unit_test(the_total_is_the_sum_of_what_is_printed),
        cmocka_unit_test(a_tariff_holds_from_its_date_on),
        cmocka_unit_test(tariffs_that_make_no_sense_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
