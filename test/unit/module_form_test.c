// What comes in over HTTP: forms, cookies, origins; and JSON, which goes out.
#include "mod_smsinteractivo/visit/form.h"
#include "mod_smsinteractivo/answer/json.h"
#include "mod_smsinteractivo/visit/origin.h"
#include "mod_smsinteractivo/visit/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <apr_strings.h>
#include <cmocka.h>

static apr_pool_t *pool;

static int begin(void **state)
{
    (void)state;
    apr_initialize();
    return apr_pool_create(&pool, NULL);
}

static int end(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}

static apr_table_t *parse(const char *text)
{
    return form_parse(pool, apr_pstrdup(pool, text));
}

static void a_form_is_decoded(void **state)
{
    (void)state;
    apr_table_t *form = parse("name=Ana+Mar%C3%ADa&number=%2B1809&message=a%26b%3Dc&key=");
    assert_non_null(form);
    assert_string_equal(apr_table_get(form, "name"), "Ana Mar\xC3\xAD"
                                                     "a");
    assert_string_equal(apr_table_get(form, "number"), "+1809");
    assert_string_equal(apr_table_get(form, "message"), "a&b=c");
    assert_string_equal(apr_table_get(form, "key"), "");
}

static void an_ill_formed_body_is_no_form(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "name",
        "name=%",
        "name=%4",
        "name=%G1",
        "name=%00",
        "name=a&name=b",
        "name=a&&b=c",
        "name=%FF",
        "name=%C0%AF",
        "name=%ED%A0%80",
        "name=%F4%90%80%80",
        "name=%C3",
        "na%FFme=x",
        "{\"name\":1}",
        "a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1&l=1&m=1&n=1&o=1&p=1&q=1",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        if (parse(bodies[i]))
            fail_msg("%s was taken", bodies[i]);
    assert_non_null(parse(""));
}

static void a_cookie_is_found_among_others(void **state)
{
    (void)state;
    static const char id[] = "0123456789ab0123456789abcdef0123456789abcdef";
    struct session session;
    assert_true(session_of_cookies(&session, apr_pstrcat(pool, "smsi=", id, NULL), "smsi"));
    assert_string_equal(session.id, id);
    assert_false(session.fresh);
    assert_true(session_of_cookies(
        &session, apr_pstrcat(pool, "a=b; xsmsi=1;smsi=", id, " ; c", NULL), "smsi"));
    assert_string_equal(session.id, id);
}

static void what_is_not_our_cookie_is_no_session(void **state)
{
    (void)state;
    static const char *const headers[] = {
        "",
        ";;;",
        "smsi",
        "smsi=",
        "smsi=0123456789ab0123456789abcdef0123456789abcde",
        "smsi=0123456789ab0123456789abcdef0123456789abcdef0",
        "smsi=0123456789abcdef0123456789abcdef",
        "smsi=0123456789AB0123456789ABCDEF0123456789ABCDEF",
        "smsi=0123456789ab0123456789abcdef0123456789abcd\r\n",
        "__Host-smsi=0123456789ab0123456789abcdef0123456789abcdef",
        "smsi=\"0123456789ab0123456789abcdef0123456789abcdef\"",
    };
    struct session session;
    assert_false(session_of_cookies(&session, NULL, "smsi"));
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (session_of_cookies(&session, headers[i], "smsi"))
            fail_msg("%s was taken", headers[i]);
}

static void the_public_name_is_the_time_and_the_hash_of_the_cookie(void **state)
{
    (void)state;
    struct session session;
    static const char header[] = "smsi=00000000000000000000000000000000000000000000";
    assert_true(session_of_cookies(&session, header, "smsi"));
    /* printf %044d 0 | sha256sum */
    assert_string_equal(session.sid, "0000000000000029e96585ee5bfaa7b0");
}

static void new_sessions_are_never_the_same(void **state)
{
    (void)state;
    struct session one, other;
    assert_true(session_make(&one));
    assert_true(session_make(&other));
    assert_true(one.fresh);
    assert_string_not_equal(one.id, other.id);
    assert_string_not_equal(one.sid, other.sid);
}

static void names_of_sessions_are_in_the_order_they_came(void **state)
{
    (void)state;
    struct session one, later;
    assert_true(session_make(&one));
    do
        assert_true(session_make(&later));
    while (memcmp(later.id, one.id, TICKET_TIME_LEN) == 0);
    assert_true(strcmp(one.id, later.id) < 0);
    assert_true(strcmp(one.sid, later.sid) < 0);
}

static void an_heir_needs_the_secret_the_old_id_and_the_key(void **state)
{
    (void)state;
    struct captcha_secret secret = {"one"}, another = {"two"};
    struct session old, heir, again, differs;
    assert_true(session_make(&old));
    session_heir(&secret, &old, "a key", &heir);
    session_heir(&secret, &old, "a key", &again);
    assert_string_equal(heir.id, again.id);
    session_heir(&secret, &old, "another key", &differs);
    assert_string_not_equal(heir.id, differs.id);
    session_heir(&another, &old, "a key", &differs);
    assert_string_not_equal(heir.id, differs.id);
    assert_string_not_equal(heir.id, old.id);
    assert_memory_equal(heir.sid, old.sid, TICKET_TIME_LEN);
    assert_string_not_equal(heir.sid, old.sid);
}

static void a_token_is_of_its_session(void **state)
{
    (void)state;
    struct captcha_secret secret = {"one"};
    struct session one, other;
    char token[SESSION_SID_LEN + 1];
    assert_true(session_make(&one));
    assert_true(session_make(&other));
    session_token(&secret, &one, token);
    assert_true(session_token_is(&secret, &one, token));
    assert_false(session_token_is(&secret, &other, token));
    assert_false(session_token_is(&secret, &one, ""));
    assert_false(session_token_is(&secret, &one, one.sid));
}

static void an_origin_is_judged_by_what_the_browser_says(void **state)
{
    (void)state;
    static const struct {
        const char *site, *origin, *host;
        enum origin_proof proof;
    } cases[] = {
        {"same-origin", NULL, "h", ORIGIN_OURS},
        {"none", NULL, "h", ORIGIN_OURS},
        {"cross-site", "https://h", "h", ORIGIN_FOREIGN},
        {"same-site", "https://h", "h", ORIGIN_FOREIGN},
        {"whatever", "https://h", "h", ORIGIN_FOREIGN},
        {NULL, "https://h", "h", ORIGIN_OURS},
        {NULL, "https://H", "h", ORIGIN_OURS},
        {NULL, "https://h", "h:443", ORIGIN_OURS},
        {NULL, "http://h:80", "h", ORIGIN_OURS},
        {NULL, "http://h:8080", "h:8080", ORIGIN_OURS},
        {NULL, "http://h:8080", "h", ORIGIN_FOREIGN},
        {NULL, "https://h.evil", "h", ORIGIN_FOREIGN},
        {NULL, "https://evil", "h", ORIGIN_FOREIGN},
        {NULL, "ftp://h", "h", ORIGIN_FOREIGN},
        {NULL, "null", "h", ORIGIN_SILENT},
        {NULL, "", "h", ORIGIN_SILENT},
        {"", NULL, "h", ORIGIN_SILENT},
        {NULL, NULL, NULL, ORIGIN_SILENT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (origin_judge(cases[i].site, cases[i].origin, cases[i].host) != cases[i].proof)
            fail_msg("case %zu", i);
}

static void json_is_escaped_and_may_stand_in_html(void **state)
{
    (void)state;
    struct json json;
    json_begin(&json, pool, 4);
    json_object(&json, NULL);
    json_string(&json, "a", "\"\\\n\t\x01</script>&\xC3\xB1\xE2\x80\xA8\xFF");
    json_string(&json, "none", NULL);
    json_number(&json, "n", -9223372036854775807 - 1);
    json_array(&json, "l");
    json_number(&json, NULL, 0);
    json_object(&json, NULL);
    json_bool(&json, "b", true);
    json_object_end(&json);
    json_array_end(&json);
    json_array(&json, "e");
    json_array_end(&json);
    json_object_end(&json);
    assert_string_equal(
        json_end(&json),
        "{\"a\":\"\\\"\\\\\\n\\t\\u0001\\u003c/script\\u003e\\u0026\xC3\xB1\\u2028"
        "\xEF\xBF\xBD\",\"n\":-9223372036854775808,\"l\":[0,{\"b\":true}],\"e\":[]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_is_decoded),
        cmocka_unit_test(an_ill_formed_body_is_no_form),
        cmocka_unit_test(a_cookie_is_found_among_others),
        cmocka_unit_test(what_is_not_our_cookie_is_no_session),
        cmocka_unit_test(the_public_name_is_the_time_and_the_hash_of_the_cookie),
        cmocka_unit_test(new_sessions_are_never_the_same),
        cmocka_unit_test(names_of_sessions_are_in_the_order_they_came),
        cmocka_unit_test(an_heir_needs_the_secret_the_old_id_and_the_key),
        cmocka_unit_test(a_token_is_of_its_session),
        cmocka_unit_test(an_origin_is_judged_by_what_the_browser_says),
        cmocka_unit_test(json_is_escaped_and_may_stand_in_html),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
