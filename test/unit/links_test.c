/* Which of several links takes the next message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "smpp/link/links.h"
#include "test/unit/peer.h"

static bool all_carry(const struct link_conf *conf, const char *short_code)
{
    return strcmp(short_code, conf->profile ? conf->profile : "2333") == 0;
}

static void the_first_in_priority_with_room_is_picked(void **state)
{
    struct peer *p = *state, *q = peer_new();
    struct link *both[2];
    struct links_choice choice = {.links = both, .count = 2, .carries = all_carry};
    struct link_conf conf = peer_conf(q);
    p->answers_submits = false;
    peer_bound(p);
    conf.priority = 1;
    peer_link(q, &conf);
    assert_true(peer_wait(q, &q->up, 1));
    both[0] = q->link;
    both[1] = p->link;
    assert_ptr_equal(links_pick(&choice, "2333"), p->link);
    assert_null(links_pick(&choice, "2024"));
    for (uint64_t i = 0; i < 10; i++)
        peer_submit(p, i);
    assert_ptr_equal(links_pick(&choice, "2333"), q->link);
    link_pause(q->link);
    assert_null(links_pick(&choice, "2333"));
    assert_true(links_up(&choice, "2333"));
    assert_false(links_up(&choice, "2024"));
    peer_free(q);
}

static void of_two_of_one_priority_the_emptier_one_is_picked(void **state)
{
    struct peer *p = *state, *q = peer_new();
    p->answers_submits = q->answers_submits = false;
    peer_bound(p);
    peer_bound(q);
    struct link *both[] = {p->link, q->link};
    struct links_choice choice = {.links = both, .count = 2};
    for (uint64_t i = 0; i < 5; i++) {
        peer_submit(p, i);
        assert_ptr_equal(links_pick(&choice, "2333"), q->link);
        peer_submit(q, i);
        peer_submit(q, i);
        assert_ptr_equal(links_pick(&choice, "2333"), p->link);
        peer_submit(p, i);
    }
    peer_free(q);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, peer_setup, peer_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_in_priority_with_room_is_picked),
        TEST(of_two_of_one_priority_the_emptier_one_is_picked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
