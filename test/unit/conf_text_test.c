/* Facts about the SMS texts of smppd.conf: one GSM-7 SMS each, known placeholders only. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "smpp/conf/conf.h"

#define LINK "\n[link main]\nhost = a\nsystem_id = b\ncodes = 2333\n"

static char told[4096];

static void listen(void *ctx, const char *sentence)
{
    (void)ctx;
    snprintf(told, sizeof told, "%s", sentence);
}

static struct conf *load(const char *line)
{
    char path[] = "/tmp/conf-text-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    told[0] = '\0';
    dprintf(fd, "%s" LINK, line);
    close(fd);
    struct conf *conf = conf_load(path, listen, NULL);
    unlink(path);
    return conf;
}

static void accepted(const char *line)
{
    struct conf *conf = load(line);
    if (!conf)
        fail_msg("<<%s>> was refused: %s", line, told);
    conf_drop(conf);
}

static void refused(const char *line, const char *why)
{
    struct conf *conf = load(line);
    if (conf || !strstr(told, why))
        fail_msg("<<%s>> should be refused with <<%s>>, told <<%s>>", line, why, told);
}

static const char *filled(const char *key, int len, const char *end)
{
    static char line[512];
    snprintf(
        line, sizeof line, "%s = %.*s%s", key, len,
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        end);
    return line;
}

static void a_text_may_fill_one_sms_and_no_more(void **state)
{
    (void)state;
    accepted(filled("text_help", 160, ""));
    refused(filled("text_help", 161, ""), "it takes 161 of the 160 characters");
}

static void says(const char *line, const char *notice)
{
    struct conf *conf = load(line);
    assert_non_null(conf);
    assert_string_equal(conf->texts.notice, notice);
    conf_drop(conf);
}

static void the_minutes_are_those_of_the_conversation(void **state)
{
    (void)state;
    says("", "Responde aqui: RD$1.00+imp. c/u. Tienes 5 min. No recibir mas: BAJA");
    says("text_notice = {minutos} min\nconversation = 2h", "120 min");
    says("conversation = 119s\ntext_notice = {minutos} min", "1 min");
    says("conversation = 1s\ntext_notice = {minutos} min", "1 min");
    refused("text_notice = {minutos} y {minutos}", "{minutos} stands in it twice");
}

static void an_escape_pair_counts_twice(void **state)
{
    (void)state;
    accepted(filled("text_help", 158, "€"));
    refused(filled("text_help", 159, "€"), "it takes 161");
}

static void a_name_is_counted_at_its_longest(void **state)
{
    (void)state;
    accepted(filled("text_late", 120, "{nombre}"));
    refused(filled("text_late", 121, "{nombre}"), "with {nombre} at its longest");
}

static void a_letter_outside_gsm7_is_refused_and_shown(void **state)
{
    (void)state;
    accepted("text_help = ¿Qué? ñ ü É");
    refused("text_help = conversación", "`ó` is not in the GSM-7 alphabet");
}

static void only_nombre_is_a_placeholder(void **state)
{
    (void)state;
    refused("text_late = Hola {numero}", "the placeholder `{numero}` is unknown");
    refused("text_late = Hola {nombre", "the placeholder `{nombre` is unknown");
    refused("text_late = {nombre} {nombre}", "stands in it twice");
    refused("text_help = Hola {nombre}", "{nombre} has no meaning here");
}

static void a_text_is_not_empty(void **state)
{
    (void)state;
    refused("text_notice =", "it is empty. Write what the mobile shall read.");
}

static void a_name_is_put_where_the_placeholder_stands(void **state)
{
    (void)state;
    char out[32];
    assert_int_equal(conf_text(out, sizeof out, "a {nombre}.", "Ana"), 6);
    assert_string_equal(out, "a Ana.");
    assert_int_equal(conf_text(out, sizeof out, "plain", NULL), 5);
    assert_string_equal(out, "plain");
    assert_int_equal(conf_text(out, 6, "a {nombre}.", "Ana"), -ENOSPC);
    assert_int_equal(conf_text(out, sizeof out, "{nombre}", "%s{nombre}"), 10);
    assert_string_equal(out, "%s{nombre}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_may_fill_one_sms_and_no_more),
        cmocka_unit_test(the_minutes_are_those_of_the_conversation),
        cmocka_unit_test(an_escape_pair_counts_twice),
        cmocka_unit_test(a_name_is_counted_at_its_longest),
        cmocka_unit_test(a_letter_outside_gsm7_is_refused_and_shown),
        cmocka_unit_test(only_nombre_is_a_placeholder),
        cmocka_unit_test(a_text_is_not_empty),
        cmocka_unit_test(a_name_is_put_where_the_placeholder_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
