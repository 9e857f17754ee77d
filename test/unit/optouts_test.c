/* smpp/switch/optouts: what a mobile refuses, with spool, memcached and the other smppd played. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "smpp/switch/switchboard.h"

static const char mobile[] = "8095551234", session[] = "0123456789abcdef0123456789abcdef";
static struct switchboard sb;
static int64_t now;
static unsigned published, removed;

/* ---- what the rest of smppd would do ---- */

int64_t switch_now(const struct switchboard *ignored)
{
    (void)ignored;
    return now;
}

bool switch_is_mobile(const char *digits)
{
    return digits != NULL;
}

bool switch_is_session(const char *name)
{
    return name != NULL;
}

int spool_optout_add(struct spool *spool, const struct spool_optout *row, struct spool_done done)
{
    (void)spool, (void)row, (void)done;
    return 0;
}

int spool_optout_remove(struct spool *spool, const char *number, int64_t until,
                        struct spool_done done)
{
    (void)spool, (void)number, (void)until, (void)done;
    removed++;
    return 0;
}

int storer_put(struct storer *storer, struct storer_job *job)
{
    (void)storer, (void)job;
    published++;
    return -1; /* it stays its owner's */
}

int storer_again(struct store *store, const char *key, char *value, size_t room,
                 struct storer_value *read)
{
    (void)store, (void)key, (void)value, (void)room, (void)read;
    return -1;
}

void outbox_refuse(struct switchboard *ignored, const char *number, const char *name,
                   const char *reason)
{
    (void)ignored, (void)number, (void)name;
    assert_string_equal(reason, "opted-out");
}

struct stray_post *strays_tell_begin(struct switchboard *ignored, struct line_writer *w,
                                     const char *verb, unsigned life_s)
{
    (void)ignored, (void)w, (void)verb, (void)life_s;
    return NULL;
}

void strays_tell(struct switchboard *ignored, struct stray_post *post, struct line_writer *w)
{
    (void)ignored, (void)post, (void)w;
}

/* ---- the facts ---- */

static int nobody_refuses(void **state)
{
    (void)state;
    sb = (struct switchboard){0};
    now = 1000;
    return 0;
}

static int end(void **state)
{
    (void)state;
    optouts_end(&sb.optouts);
    return 0;
}

/* A row that the spool's thread read before what the loop did since, and told after it. */
static void row_comes(const char *name, const char *how, int64_t since)
{
    struct spool_optout row = {.mobile = mobile, .session = name, .how = how, .since = since};
    published = removed = 0;
    optouts_found(&sb, &row, true);
}

static void a_refusal_holds_though_an_older_yes_is_read_back(void **state)
{
    (void)state;
    assert_int_equal(optouts_remove(&sb, mobile, NULL), 0);
    now = 2000;
    assert_int_equal(optouts_add(&sb, mobile, "", "sms", NULL), 0);
    row_comes("", "in", 1000);
    assert_true(optouts_has(&sb.optouts, mobile, session));
    assert_int_equal(published, 0);
}

static void a_yes_holds_though_an_older_refusal_is_read_back(void **state)
{
    (void)state;
    assert_int_equal(optouts_add(&sb, mobile, "", "sms", NULL), 0);
    assert_int_equal(optouts_add(&sb, mobile, session, "sms", NULL), 0);
    assert_int_equal(optouts_remove(&sb, mobile, NULL), 0); /* in the same moment */
    row_comes("", "sms", 1000);
    assert_int_equal(published, 0);
    row_comes(session, "sms", 1000);
    assert_int_equal(published, 0);
    assert_false(optouts_has(&sb.optouts, mobile, session));
}

static void what_still_holds_is_put_back(void **state)
{
    (void)state;
    assert_int_equal(optouts_remove(&sb, mobile, NULL), 0);
    now = 2000;
    assert_int_equal(optouts_add(&sb, mobile, session, "sms", NULL), 0);
    row_comes("", "in", 1000);
    assert_int_equal(published, 1);
    row_comes(session, "sms", 2000);
    assert_int_equal(published, 1);
    assert_true(optouts_has(&sb.optouts, mobile, session));
    assert_false(optouts_has(&sb.optouts, mobile, ""));
}

static void a_yes_of_a_month_ago_is_forgotten(void **state)
{
    static const int64_t month = (int64_t)30 * 86400 * 1000;
    (void)state;
    row_comes("", "in", 1000);
    assert_int_equal(removed, 0);
    optouts_end(&sb.optouts);
    sb = (struct switchboard){0}; /* started anew */
    now = 1000 + month;
    row_comes("", "in", 1000);
    assert_int_equal(removed, 1);
    assert_int_equal(published, 0);
    row_comes("", "sms", 1000); /* a refusal holds for ever */
    assert_int_equal(removed, 0);
    assert_true(optouts_has(&sb.optouts, mobile, session));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_refusal_holds_though_an_older_yes_is_read_back,
                                        nobody_refuses, end),
        cmocka_unit_test_setup_teardown(a_yes_holds_though_an_older_refusal_is_read_back,
                                        nobody_refuses, end),
        cmocka_unit_test_setup_teardown(what_still_holds_is_put_back, nobody_refuses, end),
        cmocka_unit_test_setup_teardown(a_yes_of_a_month_ago_is_forgotten, nobody_refuses, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
