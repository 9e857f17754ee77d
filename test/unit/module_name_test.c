// Names and messages: what is refused, in which disguise, and what must not be.
#include "mod_smsinteractivo/guard/message.h"
#include "mod_smsinteractivo/guard/name.h"
#include "mod_smsinteractivo/guard/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static apr_pool_t *pool;
static apr_array_header_t *reserved;

static int begin(void **state)
{
    static const char *const words[] = {"claro", "banco", "ministerio",    "whatsapp", "policía",
                                        "911",   "bhd",   "América Móvil", "!claros"};
    (void)state;
    apr_initialize();
    apr_pool_create(&pool, NULL);
    reserved = apr_array_make(pool, 8, sizeof(struct word));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_true(words_add(reserved, words[i]));
    return 0;
}

static int end(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}

struct name_case {
    const char *typed;
    enum name_fault fault;
};

static void names_check(const struct name_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char out[NAME_ROOM];
        enum name_fault fault = name_check(cases[i].typed, reserved, out);
        if (fault != cases[i].fault)
            fail_msg("\"%s\" is %s", cases[i].typed, fault ? name_fault_text(fault) : "fine");
    }
}
#define NAMES_CHECK(cases) names_check(cases, sizeof(cases) / sizeof *(cases))

static void a_reserved_name_is_refused_in_every_disguise(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        {"Claro", NAME_RESERVED},
        {"CLARO", NAME_RESERVED},
        {"Cláro", NAME_RESERVED},
        {"C1aro", NAME_RESERVED},
        {"Clar0", NAME_RESERVED},
        {"C|@r0!", NAME_RESERVED},
        {"c l a r o", NAME_RESERVED},
        {"c.l.a.r.o", NAME_RESERVED},
        {"cla ro", NAME_RESERVED},
        {"Soporte Claro", NAME_RESERVED},
        {"miclaro", NAME_RESERVED},
        {"Claro!", NAME_RESERVED},
        {"Klaro", NAME_FINE}, /* another word: the file's business */
        {"Claaro", NAME_RESERVED},
        {"Ccllaarroo", NAME_RESERVED},
        {"Cla aro", NAME_RESERVED},
        {"miClarro", NAME_RESERVED},
        {"(laro", NAME_RESERVED},
        {"[laro RD", NAME_RESERVED},
        {"Clar()", NAME_RESERVED},
        {"c/aro", NAME_RESERVED},
        {"cl^ro", NAME_RESERVED},
        {"\xC2\xA9laro", NAME_RESERVED}, /* a sign of copyright */
        {"clar\xC2\xB0", NAME_RESERVED}, /* a sign of degrees */
        {"\xC4\x88laro", NAME_RESERVED}, /* a C with a circumflex */
        {"(BHD)", NAME_RESERVED},
        {"Claro Claros", NAME_RESERVED},
        {"C.laros", NAME_FINE},
        {"rninisterio", NAME_RESERVED},
        {"vvhatsapp", NAME_RESERVED},
        {"Policia", NAME_RESERVED},
        {"P0L1C1A", NAME_RESERVED},
        {"BHD", NAME_RESERVED},
        {"B.H.D.", NAME_RESERVED},
        {"BHD!", NAME_RESERVED},
        {"America Movil", NAME_RESERVED},
        {"911", NAME_RESERVED},
    };
    NAMES_CHECK(cases);
}

static void a_reserved_name_in_letters_that_look_alike_is_refused(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        {"\xD0\xA1laro", NAME_RESERVED},      /* a Cyrillic C */
        {"cl\xCE\xB1ro", NAME_RESERVED},      /* a Greek alpha */
        {"\xEF\xBC\xA3laro", NAME_RESERVED},  /* a C of full width */
        {"cla\xE2\x80\x8Bro", NAME_RESERVED}, /* a zero-width space */
        {"cla\xC2\xADro", NAME_RESERVED},     /* a soft hyphen */
        {"\xF0\x9D\x93\xAC\xF0\x9D\x93\xB5"
         "aro",
         NAME_RESERVED},                         /* mathematical script */
        {"\xC2\xA2laro", NAME_RESERVED},         /* a sign of cents */
        {"\xEA\x93\x9Alaro", NAME_RESERVED},     /* a Lisu C */
        {"C\xC7\x80\x61ro", NAME_RESERVED},      /* a click */
        {"\xCF\xBE\x6C\x61ro", NAME_RESERVED},   /* a dotted lunate sigma */
        {"clar\xE2\xB5\x94", NAME_RESERVED},     /* a Tifinagh o */
        {"Clar\xD1\xB3", NAME_RESERVED},         /* a Cyrillic fita */
        {"cl\xF0\x9D\x9B\x82ro", NAME_RESERVED}, /* a mathematical alpha */
        {"\xEA\xAE\xAFlaro", NAME_RESERVED},     /* a small Cherokee tli */
        {"\xF0\x9F\x85\xB2laro", NAME_RESERVED}, /* a C in a square */
    };
    NAMES_CHECK(cases);
}

static void innocent_names_are_taken(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        {"Ana", NAME_FINE},        {"Marc La Rosa", NAME_FINE},
        {"Clara", NAME_FINE},      {"Blanco", NAME_FINE},
        {"José Ñáñez", NAME_FINE}, {"Clarissa O'Neill", NAME_FINE},
        {"Paco Lara", NAME_FINE},  {"J.R.", NAME_FINE},
        {"María 2", NAME_FINE},    {"\xF0\x9F\x98\x80", NAME_FINE},
        {"Abhdul", NAME_FINE},     {"tu tía Lola :)", NAME_FINE},
        {"Claros", NAME_FINE},     {"Ana María Clarós", NAME_FINE},
        {"Clarita", NAME_FINE},    {"Carla Arroyo", NAME_FINE},
        {"Ana 91", NAME_FINE},     {"Anna Bianco", NAME_FINE},
        {"Claribel", NAME_FINE},   {"Dr. Claros", NAME_FINE},
        {"ing.Perez", NAME_FINE},  {"Nicola Rosa", NAME_FINE},
        {"Ana/Luis", NAME_FINE},   {"Ana \xF0\x9F\x87\xA9\xF0\x9F\x87\xB4", NAME_FINE},
    };
    NAMES_CHECK(cases);
}

static void length_digits_and_links_of_a_name_are_judged(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        {"", NAME_MISSING},
        {" \xE2\x80\x8B ", NAME_MISSING},
        {"...", NAME_MISSING},
        {"\xC2\xA0", NAME_MISSING},     /* no-break space */
        {"\xE2\xA0\x80", NAME_MISSING}, /* a Braille cell without dots */
        {"\xCC\x81", NAME_MISSING},     /* an accent on nothing */
        {"\xEE\x80\x80", NAME_MISSING}, /* of private use */
        {"\xE6\x9D\x8E", NAME_FINE},
        {"12345678901234567890a", NAME_LONG},
        {"ñandúñandúñandúñandú", NAME_FINE},
        {"ñandúñandúñandúñandúx", NAME_LONG},
        {"Ana 1234", NAME_DIGITS},
        {"Ana 1 2 3 4", NAME_DIGITS},
        {"Ana 12-34", NAME_DIGITS},
        {"Ana 123 b 4", NAME_FINE},
        {"ana.com", NAME_LINK},
        {"www.x", NAME_LINK},
    };
    NAMES_CHECK(cases);
}

static void a_name_is_cleaned(void **state)
{
    (void)state;
    char out[NAME_ROOM];
    assert_int_equal(name_check("  Ana \t  Mari\xCC\x81"
                                "a\n",
                                NULL, out),
                     NAME_FINE);
    assert_string_equal(out, "Ana María");
}

static void a_message_has_1_to_150_characters(void **state)
{
    (void)state;
    char out[MESSAGE_ROOM], text[151 * 4 + 1] = "";
    for (int i = 0; i < 150; i++)
        strcat(text, "\xF0\x9F\x98\x80");
    assert_int_equal(message_check(text, NULL, false, out), MESSAGE_FINE);
    strcat(text, "x");
    assert_int_equal(message_check(text, NULL, false, out), MESSAGE_LONG);
    assert_int_equal(message_check(" \r\n ", NULL, false, out), MESSAGE_MISSING);
    assert_int_equal(message_check("  hola\r\nAna ", NULL, false, out), MESSAGE_FINE);
    assert_string_equal(out, "hola\nAna");
}

static void links_may_be_allowed_and_words_refused(void **state)
{
    (void)state;
    char out[MESSAGE_ROOM];
    assert_int_equal(message_check("ve a x.com", NULL, false, out), MESSAGE_LINK);
    assert_int_equal(message_check("ve a x.com", NULL, true, out), MESSAGE_FINE);
    assert_int_equal(message_check("tu B4nc0 dice", reserved, true, out), MESSAGE_WORD);
}

static void parts_are_counted_with_name_and_notice(void **state)
{
    (void)state;
    char text[151];
    memset(text, 'x', 150);
    text[150] = '\0';
    assert_int_equal(message_parts("Ana", "hola", NULL, "translit"), 1);
    assert_int_equal(message_parts("Ana", text, NULL, "translit"), 2); /* 11 + 150 septets */
    assert_int_equal(message_parts("A", text, NULL, "translit"), 1);
    assert_int_equal(message_parts("A", text, "y un aviso", "translit"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reserved_name_is_refused_in_every_disguise),
        cmocka_unit_test(a_reserved_name_in_letters_that_look_alike_is_refused),
        cmocka_unit_test(innocent_names_are_taken),
        cmocka_unit_test(length_digits_and_links_of_a_name_are_judged),
        cmocka_unit_test(a_name_is_cleaned),
        cmocka_unit_test(a_message_has_1_to_150_characters),
        cmocka_unit_test(links_may_be_allowed_and_words_refused),
        cmocka_unit_test(parts_are_counted_with_name_and_notice),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
