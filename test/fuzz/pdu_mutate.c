/* Mutates PDUs and runs the fuzz target over them, without clang: `pdu_mutate COUNT [SEED]`, under
 * ASan and UBSan. `pdu_mutate --seeds DIRECTORY` writes the well-formed ones as a corpus. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "test/fuzz/pdu_seeds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int seeds_write(const char *directory)
{
    uint8_t pdu[SEED_ROOM];
    char path[4096];
    for (unsigned i = 0; i < pdu_seed_count(); i++) {
        size_t length = pdu_seed(i, pdu);
        snprintf(path, sizeof path, "%s/seed-%02u", directory, i);
        FILE *file = fopen(path, "wb");
        if (!file || fwrite(pdu, 1, length, file) != length || fclose(file) != 0) {
            perror(path);
            return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    uint8_t pdu[SEED_ROOM];
    if (argc == 3 && strcmp(argv[1], "--seeds") == 0)
        return seeds_write(argv[2]);
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    uint64_t random = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    if (count == 0 || random == 0) {
        fprintf(stderr, "usage: pdu_mutate COUNT [SEED]; both at least 1\n");
        return 2;
    }
    for (unsigned long i = 0; i < count; i++) {
        size_t length = pdu_seed((unsigned)i, pdu);
        pdu_mutate(pdu, &length, &random);
        LLVMFuzzerTestOneInput(pdu, length);
    }
    printf("%lu mutated PDUs, no error\n", count);
    return 0;
}
