// The page's template and its words: filled, escaped, and checked before httpd starts.
#include "mod_smsinteractivo/page/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <apr_strings.h>
#include <cmocka.h>

static apr_pool_t *pool;
static apr_bucket_alloc_t *buckets;
static const char *const names[] = {"a", "b", "list", "empty", NULL};

static int begin(void **state)
{
    (void)state;
    apr_initialize();
    apr_pool_create(&pool, NULL);
    buckets = apr_bucket_alloc_create(pool);
    return 0;
}

static int end(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}

static struct catalogue *catalogue_of(const char *text, const char **error)
{
    char path[] = "/tmp/catalogue-XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    struct catalogue *catalogue = catalogue_read(pool, path, error);
    unlink(path);
    return catalogue;
}

static const struct template *compile(const char *text, const char **error)
{
    const char *why;
    const struct catalogue *catalogue = catalogue_of("hi = Hola & <b>\n", &why);
    return template_compile(pool, text, catalogue, names, error);
}

static const char *fill(const char *text, const struct scope *scope)
{
    const char *error;
    const struct template *template = compile(text, &error);
    apr_bucket_brigade *out = apr_brigade_create(pool, buckets);
    char *filled;
    apr_size_t len;
    if (!template)
        fail_msg("%s", error);
    template_fill(template, scope, out);
    apr_brigade_pflatten(out, &filled, &len, pool);
    return apr_pstrmemdup(pool, filled, len);
}

static void values_and_texts_are_escaped(void **state)
{
    (void)state;
    struct scope *scope = scope_make(pool, NULL);
    scope_put(scope, "a", "<i>\"'&");
    scope_put(scope, "b", "{}");
    assert_string_equal(fill("1{{a}}2{{{b}}}3{{t.hi}}4", scope),
                        "1&lt;i&gt;&quot;&#39;&amp;2{}3Hola &amp; &lt;b&gt;4");
}

static void a_section_is_shown_for_a_value_and_each_item(void **state)
{
    (void)state;
    struct scope *scope = scope_make(pool, NULL);
    scope_put(scope, "a", "x");
    scope_put(scope, "empty", "");
    scope_put(scope_item(scope, "list"), "b", "1");
    struct scope *second = scope_item(scope, "list");
    scope_put(second, "b", "2");
    scope_put(second, "a", "y");
    assert_string_equal(fill("{{#list}}[{{a}}{{b}}]{{/list}}{{#a}}A{{/a}}{{#empty}}E{{/empty}}"
                             "{{^empty}}N{{/empty}}{{^list}}-{{/list}}{{^a}}-{{/a}}",
                             scope),
                        "[x1][y2]AN");
}

static void a_value_may_be_replaced(void **state)
{
    (void)state;
    struct scope *scope = scope_make(pool, NULL);
    scope_put(scope, "a", "old");
    scope_put(scope, "a", "new");
    assert_string_equal(fill("{{a}}", scope), "new");
}

static void mistakes_are_named_with_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } wrong[] = {
        {"\n\n{{nothing}}", "line 3: unknown name \"nothing\""},
        {"{{t.nothing}}", "line 1: no text has the key \"nothing\""},
        {"{{#a}}\n{{/b}}", "line 2: {{/b}} closes a section that is not open"},
        {"{{#a}}", "line 1: the section \"a\" is not closed"},
        {"\n{{/a}}", "line 2: {{/a}} closes a section that is not open"},
        {"{{a", "line 1: a tag is not closed"},
        {"{{}}", "line 1: a tag is not closed"},
        {"{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}",
         "line 1: too many sections inside of each other"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *error = NULL;
        assert_null(compile(wrong[i].text, &error));
        assert_non_null(error);
        if (!strstr(error, wrong[i].error))
            fail_msg("%s: %s", wrong[i].text, error);
    }
}

static void a_text_is_filled_in(void **state)
{
    (void)state;
    const char *error;
    const struct catalogue *catalogue = catalogue_of("# words\n a = {n} de {m}, {x}\nb=\n", &error);
    const char *pairs[] = {"n", "1", "m", "2", NULL};
    assert_string_equal(catalogue_fill(pool, catalogue, "a", pairs), "1 de 2, {x}");
    assert_string_equal(catalogue_fill(pool, catalogue, "a", NULL), "{n} de {m}, {x}");
    assert_string_equal(catalogue_fill(pool, catalogue, "none", pairs), "");
    assert_string_equal(catalogue_text(catalogue, "b"), "");
    assert_string_equal(catalogue->json, "{\"a\":\"{n} de {m}, {x}\",\"b\":\"\"}");
}

static void a_wrong_line_of_a_catalogue_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } wrong[] = {
        {"a = 1\nhola\n", "line 2 is not `key = text`"},
        {"a = 1\n\na = 2\n", "line 3 repeats a key"},
        {"A b = 1\n", "line 1 has a key of other characters"},
        {"= 1\n", "line 1 is not"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *error = NULL;
        assert_null(catalogue_of(wrong[i].text, &error));
        if (!error || !strstr(error, wrong[i].error))
            fail_msg("%s: %s", wrong[i].text, error ? error : "no error");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_texts_are_escaped),
        cmocka_unit_test(a_section_is_shown_for_a_value_and_each_item),
        cmocka_unit_test(a_value_may_be_replaced),
        cmocka_unit_test(mistakes_are_named_with_their_line),
        cmocka_unit_test(a_text_is_filled_in),
        cmocka_unit_test(a_wrong_line_of_a_catalogue_is_named),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
