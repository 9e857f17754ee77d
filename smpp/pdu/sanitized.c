/* Builds the harmless copy. Its octets hold the longest mandatory part there is: two addresses of
 * 65 and 16 others. */
#include <string.h>
#include "smpp/pdu/request.h"
#include "smpp/pdu/sanitized.h"

void sanitized_start(struct sanitized *copy, uint32_t command)
{
    memset(copy, 0, sizeof *copy);
    copy->length =
        (size_t)request_header(command, 0, 1, copy->octets, sizeof copy->octets - GUARD_SLACK);
}

static void put(struct sanitized *copy, struct reader *r, const void *octets, size_t length)
{
    if (copy->length + length > sizeof copy->octets - GUARD_SLACK) {
        r->broken = true;
        return;
    }
    memcpy(copy->octets + copy->length, octets, length);
    copy->length += length;
}

const char *sanitized_put_string(struct sanitized *copy, struct reader *r, size_t limit)
{
    const char *string = reader_take_string(r, limit);
    if (string)
        put(copy, r, string, strlen(string) + 1);
    return string;
}

const char *sanitized_put_blank(struct sanitized *copy, struct reader *r, size_t limit)
{
    size_t before = copy->length;
    const char *string = sanitized_put_string(copy, r, limit);
    if (string && !r->broken)
        memset(copy->octets + before, '0', copy->length - before - 1);
    return string;
}

void sanitized_put8(struct sanitized *copy, struct reader *r)
{
    uint8_t octet = reader_take8(r);
    put(copy, r, &octet, 1);
}

uint16_t sanitized_put_number(struct sanitized *copy, struct reader *r)
{
    uint8_t ton = reader_take8(r);
    uint8_t npi = reader_take8(r);
    put(copy, r, "\0\0", 2);
    return (uint16_t)(ton << 8 | npi);
}

void sanitized_skip_string(struct sanitized *copy, struct reader *r, size_t limit)
{
    reader_take_string(r, limit);
    put(copy, r, "", 1);
}

size_t sanitized_end(struct sanitized *copy)
{
    pdu_put32(copy->octets, (uint32_t)copy->length);
    return copy->length;
}
