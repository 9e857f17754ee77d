/* Well-formed PDUs of every kind an SMSC sends, from which mutants are made. */
#ifndef TEST_FUZZ_PDU_SEEDS_H
#define TEST_FUZZ_PDU_SEEDS_H

#include <stddef.h>
#include <stdint.h>

enum { SEED_ROOM = 4096 };

/* Writes seed number `which` (any number) and returns its length, at most SEED_ROOM / 2. */
size_t pdu_seed(unsigned which, uint8_t out[SEED_ROOM]);
unsigned pdu_seed_count(void);

/* Changes a PDU of *length octets in place by a few random steps, keeping it within SEED_ROOM; most
 * mutants keep a truthful command_length, some lie. `random` is the generator's state, never 0. */
void pdu_mutate(uint8_t pdu[SEED_ROOM], size_t *length, uint64_t *random);

#endif
