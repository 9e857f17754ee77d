/* Facts about smpp/switch/optword.h: which answers are words to the service. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "smpp/switch/optword.h"

static const struct conf conf = {
    .words_stop = {7, {"BAJA", "ALTO", "PARAR", "SALIR", "CANCELAR", "STOP", "NO MAS"}},
    .words_block = {1, {"BLOQUEAR"}},
    .words_start = {2, {"ALTA", "START"}},
    .words_help = {3, {"AYUDA", "INFO", "HELP"}},
};

static void words_are_known_whatever_their_case_accents_and_marks(void **state)
{
    (void)state;
    static const char *const texts[] = {"BAJA",
                                        "baja",
                                        "  Baja. ",
                                        "¡Baja!",
                                        "b a j a",
                                        "BÁJA",
                                        "no más",
                                        "NO-MÁS!!",
                                        "\"Stop\"",
                                        "salir\n",
                                        "BAJA \xf0\x9f\x99\x8f",
                                        "baj\xcc\x81"
                                        "a"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(optword_of(&conf, texts[i]), OPTWORD_STOP);
    assert_int_equal(optword_of(&conf, "Bloquear"), OPTWORD_BLOCK);
    assert_int_equal(optword_of(&conf, "alta"), OPTWORD_START);
    assert_int_equal(optword_of(&conf, "¿Ayuda?"), OPTWORD_HELP);
}

static void a_word_inside_a_sentence_is_a_message(void **state)
{
    (void)state;
    static const char *const texts[] = {"ya voy a salir",
                                        "salir ya",
                                        "alta tension",
                                        "no mas que eso",
                                        "bajas",
                                        "no",
                                        "",
                                        "   ",
                                        "!!!",
                                        "\xf0\x9f\x99\x8f",
                                        "БАЈА",
                                        "baja\xff"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(optword_of(&conf, texts[i]), OPTWORD_NONE);
}

static void a_long_text_is_a_message(void **state)
{
    (void)state;
    char text[2000];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(optword_of(&conf, text), OPTWORD_NONE);
}

static void folding_tells_when_it_ran_out_of_room(void **state)
{
    (void)state;
    char out[5];
    assert_true(text_fold(out, sizeof out, "Ñ a n-ú"));
    assert_string_equal(out, "nanu");
    assert_false(text_fold(out, sizeof out, "nañúa"));
    assert_string_equal(out, "nanu");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_known_whatever_their_case_accents_and_marks),
        cmocka_unit_test(a_word_inside_a_sentence_is_a_message),
        cmocka_unit_test(a_long_text_is_a_message),
        cmocka_unit_test(folding_tells_when_it_ran_out_of_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
