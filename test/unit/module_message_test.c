// What a message goes out as: nothing that a handset would make a link of, whatever it was typed
// with.
#include "mod_smsinteractivo/guard/message.h"
#include "mod_smsinteractivo/guard/name.h"
#include "mod_smsinteractivo/guard/shown.h"
#include "mod_smsinteractivo/guard/words.h"
#include "smpp/text/utf8.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void goes_out_as(const char *typed, const char *sent)
{
    char out[MESSAGE_ROOM];
    assert_int_equal(message_check(typed, NULL, false, out), MESSAGE_FINE);
    assert_string_equal(out, sent);
}

// clang-format off
static void what_may_be_a_sentence_or_an_address_goes_out_as_no_link(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"evil.no", "evil,no"}, {"evil.me ahora", "evil,me ahora"}, {"Ana-Maria.me llamo", "Ana-Maria,me llamo"},
        {"a las 5.me avisas", "a las 5,me avisas"}, {"no.si.no", "no,si,no"}, {"mira claro-rd.help ya", "mira claro-rd,help ya"},
        {"Llegué.no\xC3\xB3 está", "Llegué.no\xC3\xB3 está"}, {"evil\xE3\x80\x82no", "evil,no"}, {"evil.NO", "evil,NO"}, {"1.2.3.4 es un punto", "1,2.3.4 es un punto"}, {"en 8.8.4.4.", "en 8,8.4.4."}, {"evil.no@x y", "evil,no@x y"}, {"no@.no", "no@.no"},
        {"M.J.R.de la Rosa", "M.J.R,de la Rosa"}, {"gana en premio.audi ya", "gana en premio,audi ya"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        goes_out_as(cases[i][0], cases[i][1]);
}

static void other_dots_stay(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Hola.Como estas.Bien", "EE.UU. es grande", "Sr.Perez", "el 23.11.2026 a las 8.30", "son 2.500 pesos", "son 1.234.567.890", "vale 1.2.3", "ok..me llamas",
        "escribe a ana@gmail.com", "ana.de.leon@casa.no", "foto.jpg", "a las 8 p.m. Me avisas", "Voy. Me llamas", "...", ".no", "n.a",
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        goes_out_as(texts[i], texts[i]);
}

static void sentences_without_a_blank_between_pass_whatever_they_say(void **state)
{
    (void)state;
    static const char *const first[] = {
        "voy", "ok", "dale", "gracias", "hola", "buenas", "no puedo", "llego tarde", "a las 5", "son 2000 pesos", "te amo", "jajaja",
        "Ana-Maria", "Juan", "¿dónde estás", "ven a casa", "el lunes", "se fue la luz", "apto 5", "Santo Domingo", "2 libras de arroz",
        "mi número es 8095551234", "covid19", "dile a Luis", "cobré en la caja 3", "xq", "compra pan", "fui al colmado-bar",
    };
    static const char *const then[] = {
        "me llamas", "me lo dices", "se me olvidó", "se fue", "la veo mañana", "la casa es grande", "es tarde", "de verdad", "de una",
        "su mamá dijo", "al rato llego", "no vengas", "no me esperes", "no", "si quieres", "sí", "ni idea", "va a llover", "ve tú solo",
        "vi a tu tía", "so loco", "id ustedes", "in love", "my love", "pa que veas", "ke haces", "bb te extraño", "bn y tú", "td bien",
        "it is late", "by the way", "lol", "casa de mi mamá", "red social", "bar cerrado", "soy yo", "uno nunca sabe", "total que no fui",
        "video nuevo", "taxi no hay", "gratis hoy", "mn te veo", "pf llámame", "pizza hoy", "mil gracias", "car wash",
    };
    char typed[200], sent[200];
    for (size_t i = 0; i < COUNT(first); i++)
        for (size_t j = 0; j < COUNT(then); j++) {
            (void)snprintf(typed, sizeof typed, "%s.%s", first[i], then[j]);
            (void)snprintf(sent, sizeof sent, "%s,%s", first[i], then[j]);
            goes_out_as(typed, sent);
        }
}
// clang-format on

static void where_links_are_allowed_dots_stay(void **state)
{
    char out[MESSAGE_ROOM];
    (void)state;
    assert_int_equal(message_check("evil.no", NULL, true, out), MESSAGE_FINE);
    assert_string_equal(out, "evil.no");
}

static void in_a_name_a_blank_stands_for_such_a_dot(void **state)
{
    char out[NAME_ROOM];
    (void)state;
    assert_int_equal(name_check("Ana M.de Leon", NULL, out), NAME_FINE);
    assert_string_equal(out, "Ana M de Leon");
    assert_int_equal(name_check("evil.no", NULL, out), NAME_FINE);
    assert_string_equal(out, "evil no");
}

/* `plain` with the letter `c` where it shows what stood there; how often it was not refused. */
static unsigned passes(const char *plain, uint32_t c, const char *shown, bool name,
                       const apr_array_header_t *words)
{
    unsigned passed = 0;
    for (const char *at = plain; (at = strstr(at, shown)); at++) {
        char typed[200], out[MESSAGE_ROOM], to[TEXT_ROOM];
        size_t len = (size_t)(at - plain);
        memcpy(typed, plain, len);
        len += utf8_put(typed + len, c);
        (void)snprintf(typed + len, sizeof typed - len, "%s", at + strlen(shown));
        bool fine = name ? name_check(typed, words, out) == NAME_FINE
                         : message_check(typed, words, false, out) == MESSAGE_FINE;
        shown_at_worst(to, out);
        if (fine && strcasecmp(to, plain) == 0)
            passed++;
    }
    if (passed)
        print_error("U+%04X in \"%s\"\n", (unsigned)c, plain);
    return passed;
}

static void a_letter_that_the_handset_shows_as_another_hides_nothing(void **state)
{
    apr_array_header_t *words;
    apr_pool_t *pool;
    unsigned passed = 0;
    (void)state;
    apr_initialize();
    apr_pool_create(&pool, NULL);
    words = apr_array_make(pool, 2, sizeof(struct word));
    assert_true(words_add(words, "claro") && words_add(words, "codigo de verificacion"));
    for (uint32_t c = 0x80; c < 0x20000; c++) {
        char one[5] = "", shown[TEXT_ROOM];
        if (c >= 0xD800 && c < 0xE000)
            continue;
        one[utf8_put(one, c)] = '\0';
        shown_at_worst(shown, one);
        for (char *s = shown; *s; s++)
            *s = (char)tolower((unsigned char)*s);
        if (!*shown || (unsigned char)*shown >= 0x80 || strcmp(shown, "?") == 0)
            continue;
        passed += passes("mira evil.com/x1", c, shown, false, words);
        passed += passes("evil.ae", c, shown, false, words);
        passed += passes("evil.no ya", c, shown, false, words);
        passed += passes("codigo de verificacion", c, shown, false, words);
        passed += passes("claro", c, shown, true, words);
    }
    apr_pool_destroy(pool);
    apr_terminate();
    assert_int_equal(passed, 0);
}

static void what_grows_on_the_handset_pushes_nothing_out_of_sight(void **state)
{
    char typed[MESSAGE_ROOM] = "", out[MESSAGE_ROOM];
    (void)state;
    for (int i = 0; i < 140; i++)
        strcat(typed, "\xE3\x8E\xAF"); /* shown as six characters */
    strcat(typed, " x[.]i\xC6\x9E"
                  "fo");
    assert_int_equal(message_check(typed, NULL, false, out), MESSAGE_LINK);
    assert_int_equal(name_check("Ana \xE2\x91\xB3\xE3\x89\x94", NULL, out),
                     NAME_DIGITS); /* 20 24 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_be_a_sentence_or_an_address_goes_out_as_no_link),
        cmocka_unit_test(other_dots_stay),
        cmocka_unit_test(sentences_without_a_blank_between_pass_whatever_they_say),
        cmocka_unit_test(where_links_are_allowed_dots_stay),
        cmocka_unit_test(in_a_name_a_blank_stands_for_such_a_dot),
        cmocka_unit_test(a_letter_that_the_handset_shows_as_another_hides_nothing),
        cmocka_unit_test(what_grows_on_the_handset_pushes_nothing_out_of_sight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
