/* Facts about smpp/storer/batch.h: jobs that swap together lose and double nothing, whatever
 * others do between what is read and what is swapped. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "smpp/storer/answer_look.h"
#include "smpp/storer/route_move.h"
#include "smpp/storer/closing_job.h"
#include "smpp/storer/publish.h"
#include "test/unit/one_batch.h"

static const char mobile[] = "8095551234", ana[] = "0000000000000000000000000000000a",
                  luis[] = "0000000000000000000000000000000b",
                  eva[] = "0000000000000000000000000000000c";
static const int64_t now = 1000000000000;
static unsigned names;

/* ---- who claims ---- */

static void claim_then(struct claim *claim)
{
    (void)claim; /* the test looks */
}

static struct claim *claim_of(const char *session)
{
    struct claim *claim = claim_new(claim_then, 2);
    assert_non_null(claim);
    claim->now = now;
    claim->idle = 300000;
    claim->memory = 86400000;
    claim->count = claim->up = claim->carried = 2;
    strcpy(claim->codes[0], "2333");
    strcpy(claim->codes[1], "2024");
    strcpy(claim->mobile, mobile);
    strcpy(claim->session, session);
    strcpy(claim->name, "Ana");
    (void)snprintf(claim->conversation, sizeof claim->conversation, "%016x", ++names);
    assert_int_equal(claim_put(NULL, claim), 0);
    return claim;
}

static void three_claims_in_one_batch_get_the_two_codes_there_are(void **state)
{
    (void)state;
    struct claim *one = claim_of(ana), *two = claim_of(luis), *three = claim_of(eva);
    batch_do();
    assert_int_equal(one->job.e, 0);
    assert_int_equal(two->job.e, 0);
    assert_int_equal(three->job.e, -EBUSY);
    assert_true(one->fresh && two->fresh);
    assert_string_not_equal(one->taken.code, two->taken.code);
    claim_free(one);
    claim_free(two);
    claim_free(three);
}

static void each_message_of_a_batch_counts_for_the_quota_of_its_mobile(void **state)
{
    (void)state;
    char key[STORER_KEY_ROOM];
    struct claim *claims[4];
    for (int i = 0; i < 4; i++) {
        claims[i] = claim_of(ana);
        claims[i]->hourly = 3;
        if (i ==
            0) /* it opens the conversation; what the others write is the same, octet by octet */
            batch_do();
    }
    batch_do();
    routes_key(key, mobile);
    assert_non_null(strstr(memory_of(key), " sent=3\n"));
    assert_int_equal(claims[2]->job.e, 0);
    assert_int_equal(claims[3]->job.e, -EDQUOT);
    for (int i = 0; i < 4; i++)
        claim_free(claims[i]);
}

static struct claim *elsewhere;

static void another_claims(void)
{
    elsewhere = claim_of(luis);
    batch_do();
}

static void claims_that_others_were_faster_than_are_made_again(void **state)
{
    (void)state;
    struct claim *one = claim_of(ana), *two = claim_of(ana);
    memory_meanwhile = another_claims;
    batch_do();
    assert_int_equal(one->job.e, 0);
    assert_true(one->fresh);
    assert_int_equal(two->job.e, 0);
    assert_string_equal(two->taken.conversation, one->taken.conversation);
    assert_int_equal(elsewhere->job.e, 0);
    assert_string_not_equal(elsewhere->taken.code, one->taken.code);
    claim_free(one);
    claim_free(two);
    claim_free(elsewhere);
}

static void nothing_is_claimed_from_routes_that_are_lost_before_the_swap(void **state)
{
    (void)state;
    another_claims();
    struct claim *one = claim_of(ana), *two = claim_of(eva);
    memory_meanwhile = memory_empty;
    batch_do();
    assert_int_equal(one->job.e, -EAGAIN);
    assert_int_equal(two->job.e, -EAGAIN);
    claim_free(one);
    claim_free(two);
    claim_free(elsewhere);
}

/* ---- what is written ---- */

static void publish_then(struct publish *publish)
{
    (void)publish; /* the test looks */
}

static struct publish *publish_of(const char *message, bool begins)
{
    struct transcript_conversation line = {
        .id = "1", .to = "8095551234", .code = "2333", .name = "Ana", .until = now + 300000};
    struct transcript_event event = {.conversation = "1",
                                     .type = "sent",
                                     .message = message,
                                     .from = "Ana",
                                     .to = mobile,
                                     .text = "hola",
                                     .state = "queued",
                                     .time = now};
    struct publish *publish = publish_new(ana, &line, &event);
    assert_non_null(publish);
    publish->now = now;
    publish->then = publish_then;
    publish->begins = begins;
    assert_int_equal(publish_put(NULL, publish), 0);
    return publish;
}

static struct publish *sent_of(const char *message)
{
    return publish_of(message, false);
}

static const char *transcript(void)
{
    char key[STORER_KEY_ROOM];
    transcript_key(key, ana);
    return memory_of(key);
}

static struct publish *also;

static void another_publishes(void)
{
    also = sent_of("another");
    batch_do();
}

/* What a lost connection still held may come after all that is sent by the next one. */
static void a_claim_that_comes_after_its_undoing_is_lost(void **state)
{
    (void)state;
    static const char late[] = "routes v=1\n";
    char key[STORER_KEY_ROOM], value[ROUTE_VALUE_MAX];
    routes_key(key, mobile);
    for (int others = 0; others < 2; others++) {
        struct claim *other = others ? claim_of(luis) : NULL;
        size_t len;
        uint64_t cas = 0;
        if (others)
            batch_do();
        (void)store_get(NULL, key, value, sizeof value, &len, &cas); /* as the claim read it */
        assert_int_equal(
            route_move(NULL, ROUTE_MOVE_UNDO, mobile, "00000000000000ff", 0, now, 86400000), 0);
        struct storer_job *undo = first;
        batch_do();
        assert_int_equal(undo->e, 0);
        undo->done(undo);
        assert_int_equal(store_cas(NULL, key, late, strlen(late), 0, cas), -EEXIST);
        assert_int_equal(strstr(memory_of(key), luis) != NULL, others);
        if (other)
            claim_free(other);
        assert_int_equal(empty(state), 0);
    }
}

static void events_that_others_were_faster_than_follow_theirs(void **state)
{
    (void)state;
    struct publish *one = sent_of("one"), *two = sent_of("two");
    memory_meanwhile = another_publishes;
    batch_do();
    assert_int_equal(also->n, 1);
    assert_int_equal(one->n, 2);
    assert_int_equal(two->n, 3);
    assert_non_null(strstr(transcript(), " last=3 "));
    assert_null(strstr(strstr(transcript(), "message=one") + 1, "message=one"));
    publish_free(one);
    publish_free(two);
    publish_free(also);
}

/* Of another smppd's session, an answer's event after a restart. */
static void an_event_without_a_line_follows_what_stands_there(void **state)
{
    (void)state;
    another_publishes();
    struct transcript_event event = {.conversation = "1", .type = "reply", .message = "one"};
    struct publish *one = publish_new(ana, NULL, &event);
    one->now = now;
    one->then = publish_then;
    one->begins = true;
    assert_int_equal(publish_put(NULL, one), 0);
    batch_do();
    assert_int_equal(one->n, 2);
    publish_free(one);
    publish_free(also);
}

static void what_begins_a_transcript_waits_for_what_memcached_has_lost(void **state)
{
    (void)state;
    struct publish *one = publish_of("one", true);
    batch_do();
    assert_int_equal(one->n, 1);
    memory_empty();
    assert_int_equal(publish_put(NULL, one), 0);
    batch_do();
    assert_int_equal(one->job.e, -ESTALE);
    assert_null(transcript());
    publish_free(one);
}

static void what_begins_goes_on_where_others_have_begun(void **state)
{
    (void)state;
    another_publishes();
    struct publish *one = publish_of("one", true), *two = publish_of("two", true);
    batch_do();
    assert_int_equal(one->n, 2);
    assert_int_equal(two->n, 3);
    assert_non_null(strstr(transcript(), " last=3 "));
    publish_free(one);
    publish_free(two);
    publish_free(also);
}

static void closing_then(struct closing *closing)
{
    (void)closing; /* the test looks */
}

static void what_the_visitor_wiped_does_not_come_back(void **state)
{
    (void)state;
    struct publish *one = sent_of("one");
    batch_do();
    struct publish *two = sent_of("two"), *three = sent_of("three");
    struct closing *end = closing_new(CLOSING_END, closing_then);
    assert_non_null(end);
    strcpy(end->session, ana);
    end->now = now;
    end->memory = 86400000;
    assert_int_equal(closing_put(NULL, end), 0);
    batch_do();
    assert_int_equal(end->job.e, 0);
    assert_null(transcript());
    publish_free(one);
    publish_free(two);
    publish_free(three);
    free(end);
}

static struct storer_job read_of(void key(char *, const char *), size_t len)
{
    struct storer_job job = {.value = {{.len = len}}};
    key(job.key[0], ana);
    return job;
}

static void a_batch_reads_a_quarter_of_a_megabyte_of_transcripts_like_those_before(void **state)
{
    (void)state;
    struct storer_job small = read_of(transcript_key, 400), many = read_of(transcript_key, 32768),
                      lone = read_of(transcript_key, 1 << 20), new = read_of(transcript_key, 0),
                      short_one = read_of(transcript_key, 8192);
    new.value[0].e = -ENOENT;
    assert_int_equal(batch_most(NULL, 20), 20);
    assert_int_equal(batch_most(&new, 20), 20);
    assert_int_equal(batch_most(&small, 20), STORER_BATCH);
    assert_int_equal(batch_most(&many, 20), 8);
    assert_int_equal(batch_most(&lone, 20), 1);
    many.next = &new;
    new.next = &short_one;
    assert_int_equal(batch_most(&many, 64), 12);
}

static void what_a_batch_reads_beside_transcripts_does_not_make_the_next_one_longer(void **state)
{
    (void)state;
    struct storer_job transcript = read_of(transcript_key, 32768), routes = read_of(routes_key, 90);
    assert_int_equal(batch_most(&routes, 16), 16);
    routes.next = &transcript;
    assert_int_equal(batch_most(&routes, 64), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(three_claims_in_one_batch_get_the_two_codes_there_are, empty),
        cmocka_unit_test_setup(each_message_of_a_batch_counts_for_the_quota_of_its_mobile, empty),
        cmocka_unit_test_setup(claims_that_others_were_faster_than_are_made_again, empty),
        cmocka_unit_test_setup(nothing_is_claimed_from_routes_that_are_lost_before_the_swap, empty),
        cmocka_unit_test_setup(a_claim_that_comes_after_its_undoing_is_lost, empty),
        cmocka_unit_test_setup(events_that_others_were_faster_than_follow_theirs, empty),
        cmocka_unit_test_setup(an_event_without_a_line_follows_what_stands_there, empty),
        cmocka_unit_test_setup(what_begins_a_transcript_waits_for_what_memcached_has_lost, empty),
        cmocka_unit_test_setup(what_begins_goes_on_where_others_have_begun, empty),
        cmocka_unit_test_setup(what_the_visitor_wiped_does_not_come_back, empty),
        cmocka_unit_test(a_batch_reads_a_quarter_of_a_megabyte_of_transcripts_like_those_before),
        cmocka_unit_test(what_a_batch_reads_beside_transcripts_does_not_make_the_next_one_longer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
