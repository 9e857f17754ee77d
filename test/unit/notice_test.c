/* Facts about smpp/switch/notice.h: notices never loop. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "smpp/conf/conf.h"
#include "smpp/switch/notice.h"

static struct notices notices;
static const struct notice_limits limits = {.hourly = 5, .same_answers = 3, .same_ms = 600000};
static const char mobile[] = "8095551234";
static const int64_t minute = 60000, start = 1795392000000;

static int begin(void **state)
{
    (void)state;
    notices_start(&notices);
    return 0;
}

static int end(void **state)
{
    (void)state;
    notices_end(&notices);
    return 0;
}

static enum notice_verdict answer(const char *text, int64_t now)
{
    enum notice_verdict verdict = notice_may(&notices, mobile, text, &limits, now);
    if (verdict == NOTICE_MAY)
        notice_sent(&notices, mobile, now);
    return verdict;
}

static void the_third_identical_answer_within_ten_minutes_gets_none(void **state)
{
    (void)state;
    assert_int_equal(answer("ok", start), NOTICE_MAY);
    assert_int_equal(answer("OK!", start + minute), NOTICE_MAY);
    assert_int_equal(answer("ok", start + 2 * minute), NOTICE_SAME);
    assert_int_equal(answer("otra cosa", start + 3 * minute), NOTICE_MAY);
    assert_int_equal(answer("ok", start + 10 * minute), NOTICE_MAY);
}

static void a_text_of_ours_that_comes_back_gets_none(void **state)
{
    (void)state;
    notice_wrote(&notices, mobile, "Claro: tu respuesta fue entregada a Ana.");
    assert_int_equal(answer("Claro: tu respuesta fue entregada a Ana.", start), NOTICE_ECHO);
    assert_int_equal(answer("CLARO tu respuesta fue entregada a Ana", start), NOTICE_ECHO);
    assert_int_equal(answer("gracias", start), NOTICE_MAY);
}

static void five_an_hour_and_no_more(void **state)
{
    (void)state;
    char text[32];
    for (int i = 0; i < 5; i++) {
        (void)snprintf(text, sizeof text, "respuesta %c", 'a' + i);
        assert_int_equal(answer(text, start + i * minute), NOTICE_MAY);
    }
    assert_int_equal(answer("la sexta", start + 6 * minute), NOTICE_HOURLY);
    assert_int_equal(answer("una hora más tarde", start + 60 * minute), NOTICE_MAY);
    assert_int_equal(answer("y otra", start + 60 * minute + 1), NOTICE_HOURLY);
}

static void as_many_an_hour_as_may_be_configured_are_counted(void **state)
{
    (void)state;
    struct notice_limits most = limits;
    char text[32];
    most.hourly = CONF_NOTICES;
    for (int i = 0; i <= CONF_NOTICES; i++) {
        (void)snprintf(text, sizeof text, "respuesta %d", i);
        assert_int_equal(notice_may(&notices, mobile, text, &most, start),
                         i < CONF_NOTICES ? NOTICE_MAY : NOTICE_HOURLY);
        notice_sent(&notices, mobile, start);
    }
}

static void another_mobile_is_counted_by_itself(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++)
        notice_sent(&notices, mobile, start);
    assert_int_equal(answer("hola", start), NOTICE_HOURLY);
    assert_int_equal(notice_may(&notices, "8295551234", "hola", &limits, start), NOTICE_MAY);
}

static void what_is_remembered_is_bounded(void **state)
{
    (void)state;
    char number[MOBILE_ROOM];
    for (int i = 0; i < NOTICE_MOBILES + 100; i++) {
        (void)snprintf(number, sizeof number, "809%07d", i);
        notice_sent(&notices, number, start);
    }
    assert_int_equal(notices.index.count, NOTICE_MOBILES);
}

static const char confirmation[] =
    "Claro: tu respuesta fue entregada a {nombre}. Costo RD$1.00+imp. "
    "Puedes seguir escribiendo por 5 min.";

static void is_one_sms(const char *name, const struct text_profile *profile, const char *shown)
{
    char out[TEXT_ROOM];
    struct text_sms sms;
    assert_int_equal(notice_fill(out, sizeof out, confirmation, name, profile), 0);
    assert_int_equal(text_prepare(&sms, out, strlen(out), TEXT_UNICODE, profile), 0);
    assert_int_equal(sms.encoding, TEXT_GSM7);
    assert_int_equal(sms.segments, 1);
    assert_non_null(strstr(out, shown));
}

/* 20 characters each; a per mille sign becomes four letters, a euro sign takes two septets. */
static void whatever_the_visitor_is_called_a_notice_is_one_sms(void **state)
{
    static const struct text_profile latin1 = {.data_coding = 3, .charset = TEXT_CHARSET_LATIN1};
    (void)state;
    is_one_sms("José Núñez", NULL, " a José Nuñez. Costo");
    is_one_sms("€€€€€€€€€€€€€€€€€€€€", NULL, " a €€€€€€€€€€€€€€€€€€€€. Costo");
    is_one_sms("‰‰‰‰‰‰‰‰‰‰‰‰‰‰‰‰‰‰‰‰", NULL, " a o/ooo/oo");
    is_one_sms("😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀", NULL, " a ????????????????????. Costo");
    is_one_sms("Δημήτρης", &latin1, " a ");
    is_one_sms(NULL, NULL, " a . Costo");
}

static void a_notice_that_fits_with_no_name_is_refused(void **state)
{
    char text[400], out[TEXT_ROOM];
    (void)state;
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_int_equal(notice_fill(out, sizeof out, text, "Ana", NULL), -EMSGSIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_third_identical_answer_within_ten_minutes_gets_none,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_text_of_ours_that_comes_back_gets_none, begin, end),
        cmocka_unit_test_setup_teardown(five_an_hour_and_no_more, begin, end),
        cmocka_unit_test_setup_teardown(as_many_an_hour_as_may_be_configured_are_counted, begin,
                                        end),
        cmocka_unit_test_setup_teardown(another_mobile_is_counted_by_itself, begin, end),
        cmocka_unit_test_setup_teardown(what_is_remembered_is_bounded, begin, end),
        cmocka_unit_test(whatever_the_visitor_is_called_a_notice_is_one_sms),
        cmocka_unit_test(a_notice_that_fits_with_no_name_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
