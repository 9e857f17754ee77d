// What deflate.c packs: zlib, which shares no code with it, unpacks the same octets.
#include "mod_smsinteractivo/captcha/deflate.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <zlib.h>

enum { MOST = 65000, ROOM = MOST + MOST / 4 };

static unsigned char octets[MOST], packed[ROOM], unpacked[MOST];

static int packed_and_back(size_t count)
{
    int length = deflate_write(octets, count, packed, sizeof packed);
    assert_in_range(length, 1, ROOM);
    uLongf room = sizeof unpacked;
    assert_int_equal(uncompress(unpacked, &room, packed, (uLong)length), Z_OK);
    assert_int_equal(room, count);
    assert_memory_equal(unpacked, octets, count);
    return length;
}

static void any_octets_come_back(void **state)
{
    (void)state;
    srandom(1);
    for (int round = 0; round < 2000; round++) {
        size_t count = 1 + (size_t)random() % 5000;
        unsigned values = 1 + (unsigned)random() % 256;
        for (size_t i = 0; i < count; i++) // the lower a value the more often
            octets[i] =
                (unsigned char)((unsigned)random() % values * ((unsigned)random() % 256) >> 8);
        packed_and_back(count);
    }
}

static void octets_all_alike_take_a_bit_each(void **state)
{
    (void)state;
    for (int value = 0; value < 256; value += 51) {
        memset(octets, value, sizeof octets);
        assert_in_range(packed_and_back(1), 1, 40);
        assert_in_range(packed_and_back(MOST), MOST / 8, MOST / 8 + 40);
    }
}

// The rarest of values that grow like Fibonacci's numbers (the end of the block is the first of
// them) would have codes of 21 bits.
static void codes_longer_than_deflate_allows_are_shortened(void **state)
{
    (void)state;
    size_t count = 0;
    unsigned char value = 0;
    for (size_t a = 1, b = 2, c; count + a <= MOST; c = a + b, a = b, b = c, value++) {
        memset(octets + count, value, a);
        count += a;
    }
    assert_in_range(value, 20, 255);
    packed_and_back(count);
}

static void all_values_equally_often_gain_nothing_and_lose_little(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 256 * 16; i++)
        octets[i] = (unsigned char)(i * 7);
    assert_in_range(packed_and_back(256 * 16), 256 * 16, 256 * 16 + 64);
}

static void too_little_room_is_an_error_and_nothing_is_written_behind_it(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 300; i++)
        octets[i] = (unsigned char)(i * i);
    size_t needed = (size_t)packed_and_back(300);
    for (size_t room = 0; room < needed; room++) {
        memset(packed, 0xa5, sizeof packed);
        assert_int_equal(deflate_write(octets, 300, packed, room), -ENOBUFS);
        for (size_t at = room; at < needed + 8; at++)
            assert_int_equal(packed[at], 0xa5);
    }
    assert_int_equal(deflate_write(octets, 300, packed, needed), needed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_octets_come_back),
        cmocka_unit_test(octets_all_alike_take_a_bit_each),
        cmocka_unit_test(codes_longer_than_deflate_allows_are_shortened),
        cmocka_unit_test(all_values_equally_often_gain_nothing_and_lose_little),
        cmocka_unit_test(too_little_room_is_an_error_and_nothing_is_written_behind_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
