/* The digest of answers, against the vectors of its authors' paper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "smpp/spool/digest.h"

/* Key 00 01 .. 0f; SipHash: a fast short-input PRF, appendix A, and its reference vectors. */
static void the_papers_example_comes_out(void **context)
{
    uint8_t key[16], octets[15];

    (void)context;
    for (unsigned i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    for (unsigned i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)i;
    assert_true(digest_of(key, octets, 15) == UINT64_C(0xa129ca6149be45e5));
    assert_true(digest_of(key, octets, 0) == UINT64_C(0x726fdb47dd0e0e31));
    assert_true(digest_of(key, octets, 8) == UINT64_C(0x93f5f5799a932462));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_papers_example_comes_out)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
