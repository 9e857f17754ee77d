// Hexadecimal, for control requests and the journal.
#ifndef SMSC_HEX_H
#define SMSC_HEX_H

#include <stddef.h>
#include <stdint.h>

struct evbuffer;

// The octets read into room, or -1 where it is not hex, not even, or too long. Spaces are skipped.
long hex_read(const char *hex, uint8_t *room, size_t size);
void hex_write(struct evbuffer *out, const uint8_t *octets, size_t length);

#endif
