/* Seeds and mutations of PDUs; see pdu_seeds.h. */
#include <string.h>
#include "smpp/pdu/pdu.h"
#include "test/fuzz/pdu_seeds.h"

#define ADDRESSES                                                                                  \
    "\0\1\1"                                                                                       \
    "18095551234\0\0\0"                                                                            \
    "2333\0"
#define RECEIPT                                                                                    \
    "id:7f00a1 sub:001 dlvrd:001 submit date:2611230001 done date:2611230002 stat:DELIVRD "        \
    "err:000 text:"

static const struct {
    uint32_t command, status;
    const char *body;
    size_t length;
} seeds[] = {
#define SEED(command, status, body)                                                                \
    {                                                                                              \
        command, status, body, sizeof body - 1                                                     \
    }
    SEED(COMMAND_DELIVER_SM, 0, ADDRESSES "\0\0\0\0\0\0\0\0\0\4hola"),
    SEED(COMMAND_DELIVER_SM, 0, ADDRESSES "\4\0\0\0\0\0\0\0\0\x67" RECEIPT),
    SEED(COMMAND_DELIVER_SM, 0, ADDRESSES "\x40\0\0\0\0\0\0\x08\0\x0a\5\0\3\x2a\2\1\0a\0b"),
    SEED(COMMAND_DELIVER_SM, 0,
         ADDRESSES
         "\0\0\0\0\0\0\0\0\0\0\x04\x24\0\4hola\x02\x0c\0\2\1\2\x02\x0e\0\1\3\x02\x0f\0\1\1"),
    SEED(COMMAND_DELIVER_SM, 0,
         ADDRESSES "\4\0\0\0\0\0\0\0\0\0\0\x1e\0\7"
                   "7f00a1\0\x04\x27\0\1\2\x04\x23\0\3\3\0\1"),
    SEED(COMMAND_DELIVER_SM, 0,
         ADDRESSES "\0\0\0\0\0\0\0\0\0\0\x14\1\0\2ab\x14\2\0\0\x02\x04\0\2\0\1"),
    SEED(COMMAND_DATA_SM, 0, ADDRESSES "\0\0\0\x04\x24\0\4hola"),
    SEED(COMMAND_DATA_SM, 0,
         ADDRESSES "\4\0\0\0\x1e\0\7"
                   "7f00a1\0\x04\x27\0\1\5"),
    SEED(COMMAND_ALERT_NOTIFICATION, 0,
         "\1\1"
         "18095551234\0\0\0user\0\x04\x22\0\1\0"),
    SEED(COMMAND_OUTBIND, 0, "smsc\0secret\0"),
    SEED(COMMAND_SUBMIT_SM | COMMAND_RESPONSE, 0, "7f00a1\0"),
    SEED(COMMAND_SUBMIT_SM | COMMAND_RESPONSE, 0x58, "\0"),
    SEED(COMMAND_SUBMIT_SM | COMMAND_RESPONSE, 0x401, ""),
    SEED(COMMAND_SUBMIT_SM | COMMAND_RESPONSE, 0, "7f00a1\0\x04\x27\0\1\1"),
    SEED(COMMAND_BIND_TRANSCEIVER | COMMAND_RESPONSE, 0, "smsc\0\x02\x10\0\1\x34"),
    SEED(COMMAND_ENQUIRE_LINK, 0, ""),
    SEED(COMMAND_ENQUIRE_LINK | COMMAND_RESPONSE, 0, ""),
    SEED(COMMAND_GENERIC_NACK, 3, ""),
    SEED(COMMAND_UNBIND | COMMAND_RESPONSE, 0, ""),
#undef SEED
};

unsigned pdu_seed_count(void)
{
    return sizeof seeds / sizeof seeds[0];
}

size_t pdu_seed(unsigned which, uint8_t out[SEED_ROOM])
{
    unsigned i = which % pdu_seed_count();
    size_t length = PDU_HEADER + seeds[i].length;
    pdu_put32(out, (uint32_t)length);
    pdu_put32(out + 4, seeds[i].command);
    pdu_put32(out + 8, seeds[i].status);
    pdu_put32(out + 12, which + 1);
    memcpy(out + PDU_HEADER, seeds[i].body, seeds[i].length);
    return length;
}

/* xorshift: the same seed gives the same mutants everywhere. */
static uint32_t next(uint64_t *random, uint32_t below)
{
    uint64_t x = *random;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *random = x;
    return (uint32_t)(x >> 16) % below;
}

static void flip(uint8_t *pdu, size_t *length, uint64_t *random)
{
    pdu[next(random, (uint32_t)*length)] ^= (uint8_t)(1u << next(random, 8));
}

static void overwrite(uint8_t *pdu, size_t *length, uint64_t *random)
{
    static const uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xfe, 0xff};
    pdu[next(random, (uint32_t)*length)] = telling[next(random, sizeof telling)];
}

static void truncate(uint8_t *pdu, size_t *length, uint64_t *random)
{
    (void)pdu;
    if (*length > PDU_HEADER)
        *length = PDU_HEADER + next(random, (uint32_t)(*length - PDU_HEADER));
}

static void insert(uint8_t *pdu, size_t *length, uint64_t *random)
{
    size_t count = 1 + next(random, 40),
           at = PDU_HEADER + next(random, (uint32_t)(*length - PDU_HEADER + 1));
    if (*length + count > SEED_ROOM / 2)
        return;
    memmove(pdu + at + count, pdu + at, *length - at);
    memset(pdu + at, (int)next(random, 256), count);
    *length += count;
}

/* One to 40 TLVs, some of which lie about their length. */
static void append_tlvs(uint8_t *pdu, size_t *length, uint64_t *random)
{
    static const uint16_t tags[] = {0x001E, 0x0204, 0x020C, 0x020E, 0x020F,
                                    0x0423, 0x0424, 0x0427, 0x1400};
    for (unsigned count = 1 + next(random, 40); count > 0; count--) {
        uint16_t value = (uint16_t)next(random, 70);
        if (*length + 4 + value > SEED_ROOM / 2)
            return;
        pdu_put16(pdu + *length, tags[next(random, sizeof tags / sizeof tags[0])]);
        pdu_put16(pdu + *length + 2, next(random, 16) ? value : (uint16_t)next(random, 65536));
        memset(pdu + *length + 4, (int)next(random, 256), value);
        *length += 4u + value;
    }
}

static void duplicate(uint8_t *pdu, size_t *length, uint64_t *random)
{
    size_t body = *length - PDU_HEADER;
    if (body == 0 || *length + body > SEED_ROOM / 2 || next(random, 2))
        return;
    memcpy(pdu + *length, pdu + PDU_HEADER, body);
    *length += body;
}

void pdu_mutate(uint8_t pdu[SEED_ROOM], size_t *length, uint64_t *random)
{
    static void (*const steps[])(uint8_t *, size_t *, uint64_t *) = {
        flip, overwrite, truncate, insert, append_tlvs, duplicate};
    for (unsigned count = 1 + next(random, 4); count > 0; count--)
        steps[next(random, sizeof steps / sizeof steps[0])](pdu, length, random);
    if (next(random, 64))
        pdu_put32(pdu, (uint32_t)*length);
}
