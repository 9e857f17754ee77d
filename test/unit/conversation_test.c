/* smpp/switch/conversation and due: which conversation is looked at next, whose each is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "smpp/switch/conversation.h"

enum { MANY = 300, STEPS = 50000, MOMENTS = 1000 };

static struct conversation *conversation_of(struct conversations *all, uint64_t id, int64_t until)
{
    struct route route = {.code = "2333", .until = until};
    char mobile[MOBILE_ROOM];
    conversation_hex(route.conversation, id);
    (void)snprintf(route.session, sizeof route.session, "session%d", (int)(id % 7));
    (void)snprintf(mobile, sizeof mobile, "809%07d", (int)id);
    return conversation_put(all, mobile, &route);
}

/* By looking at each. */
static struct conversation *first_of(struct conversation *const *live)
{
    struct conversation *first = NULL;
    for (unsigned i = 0; i < MANY; i++)
        if (live[i] && (!first || live[i]->check < first->check ||
                        (live[i]->check == first->check && live[i]->id < first->id)))
            first = live[i];
    return first;
}

static void assert_first(struct conversations *all, struct conversation *const *live)
{
    struct conversation *first = first_of(live);
    assert_ptr_equal(conversation_due(all, MOMENTS), first);
    if (first)
        assert_null(conversation_due(all, first->check - 1));
}

static void the_first_moment_is_looked_at_first_whatever_was_moved_or_dropped(void **state)
{
    struct conversations all;
    struct conversation *live[MANY] = {NULL};
    (void)state;
    srandom(7);
    conversations_start(&all, MANY);
    for (unsigned step = 0; step < STEPS; step++) {
        const struct conversation *first = conversation_due(&all, MOMENTS);
        unsigned i = first && random() % 2 ? (unsigned)first->id - 1 : (unsigned)random() % MANY;
        int64_t at = random() % MOMENTS;
        if (!live[i]) {
            live[i] = conversation_of(&all, i + 1, at);
        } else if (random() % 3) {
            conversation_check(&all, live[i], at);
        } else {
            conversation_drop(&all, live[i]);
            live[i] = NULL;
        }
        assert_first(&all, live);
    }
    conversations_end(&all);
}

static void one_that_was_renewed_is_looked_at_when_its_new_time_is_over(void **state)
{
    struct conversations all;
    (void)state;
    conversations_start(&all, MANY);
    struct conversation *one = conversation_of(&all, 1, 10), *other = conversation_of(&all, 2, 30);
    conversation_renew(&all, one, 50);
    assert_null(conversation_due(&all, 29));
    assert_ptr_equal(conversation_due(&all, 30), other);
    conversation_check(&all, other, 100);
    assert_null(conversation_due(&all, 49));
    assert_ptr_equal(conversation_due(&all, 50), one);
    conversation_renew(&all, other, 60); /* it was put off: not for longer than it lives now */
    conversation_drop(&all, one);
    assert_ptr_equal(conversation_due(&all, 60), other);
    conversations_end(&all);
}

static void a_session_has_its_own_conversations_and_ends_with_the_last(void **state)
{
    struct conversations all;
    const struct conversation *one;
    unsigned count = 0;
    (void)state;
    conversations_start(&all, MANY);
    for (uint64_t id = 1; id <= 21; id++)
        assert_non_null(conversation_of(&all, id, 1));
    const struct session *session = session_find(&all, "session3");
    TAILQ_FOREACH(one, &session->own, in_session)
    assert_int_equal(one->id, 3 + 7 * count++);
    assert_int_equal(count, 3);
    for (uint64_t id = 3; id <= 17; id += 7)
        conversation_drop(&all, conversation_find(&all, id));
    assert_null(session_find(&all, "session3"));
    conversations_end(&all);
}

static void a_conversation_goes_by_the_name_given_last(void **state)
{
    static const char *const names[] = {"Ana", "Ana María", "Ana María", "", "Eva"};
    struct conversations all;
    struct route route = {
        .conversation = "0000000000000001", .session = "session1", .code = "2333"};
    (void)state;
    conversations_start(&all, MANY);
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(route.name, sizeof route.name, "%s", names[i]);
        const struct conversation *conversation = conversation_put(&all, "8095551234", &route);
        assert_string_equal(conversation->name, names[i]);
    }
    conversations_end(&all);
}

static void a_mobile_is_told_of_all_its_conversations_and_of_a_pair_the_newest(void **state)
{
    static const char *const mobiles[] = {"8095551234", "8095551235"}, *const codes[] = {"2333",
                                                                                         "2024"};
    struct conversations all;
    const struct conversation *one = NULL;
    uint64_t found = 0;
    (void)state;
    conversations_start(&all, MANY);
    for (uint64_t id = 1; id <= 8; id++) {
        struct route route = {.session = "s"};
        conversation_hex(route.conversation, id);
        (void)snprintf(route.code, sizeof route.code, "%s", codes[id / 2 % 2]);
        assert_non_null(conversation_put(&all, mobiles[id % 2], &route));
    }
    while ((one = conversation_of_mobile(&all, mobiles[1], one)))
        found |= (uint64_t)1 << one->id;
    assert_int_equal(found, 1 << 1 | 1 << 3 | 1 << 5 | 1 << 7);
    assert_int_equal(conversation_of_pair(&all, mobiles[1], codes[0])->id, 5);
    assert_int_equal(conversation_of_pair(&all, mobiles[0], codes[1])->id, 6);
    assert_null(conversation_of_pair(&all, mobiles[0], "2025"));
    assert_null(conversation_of_mobile(&all, "8095551236", NULL));
    conversations_end(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_moment_is_looked_at_first_whatever_was_moved_or_dropped),
        cmocka_unit_test(one_that_was_renewed_is_looked_at_when_its_new_time_is_over),
        cmocka_unit_test(a_session_has_its_own_conversations_and_ends_with_the_last),
        cmocka_unit_test(a_conversation_goes_by_the_name_given_last),
        cmocka_unit_test(a_mobile_is_told_of_all_its_conversations_and_of_a_pair_the_newest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
