/* smpp/switch/index: what was put is found until it is dropped, whatever shares its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "smpp/switch/index.h"

enum { THINGS = 400, STEPS = 200000 };

struct thing {
    struct index_hook hook;
    uint64_t hash;
    bool there;
};

static bool is_found(const struct index *index, const struct thing *thing)
{
    struct index_hook *hook = index_first(index, thing->hash);
    while (hook && index_thing(hook, struct thing, hook) != thing)
        hook = index_next(hook);
    return hook != NULL;
}

static void what_was_put_is_found_until_it_is_dropped(void **state)
{
    static struct thing things[THINGS];
    struct index index = {0};
    unsigned count = 0;
    (void)state;
    srandom(3);
    for (unsigned i = 0; i < THINGS; i++) /* few places and few kinds, and some hashes twice */
        things[i].hash = (uint64_t)(random() % 4) << 60 | (uint64_t)(random() % 40);
    for (unsigned step = 0; step < STEPS; step++) {
        struct thing *thing = &things[random() % THINGS];
        assert_int_equal(is_found(&index, thing), thing->there);
        if (thing->there)
            index_drop(&index, &thing->hook);
        else
            assert_int_equal(index_put(&index, &thing->hook, thing->hash), 0);
        thing->there = !thing->there;
        count += thing->there ? 1u : -1u;
        assert_int_equal(index.count, count);
        assert_int_equal(is_found(&index, thing), thing->there);
    }
    index_free(&index);
}

static void ids_of_one_millisecond_have_places_of_their_own(void **state)
{
    uint64_t first = (uint64_t)200000000000 << 18 | 77 << 9;
    (void)state;
    for (uint64_t nth = 1; nth < 512; nth++)
        assert_int_equal(index_hash_id(first + nth), index_hash_id(first) + nth);
    assert_int_equal(index_hash_id(first + (1 << 18)) - index_hash_id(first), (1 << 18) + 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_found_until_it_is_dropped),
        cmocka_unit_test(ids_of_one_millisecond_have_places_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
