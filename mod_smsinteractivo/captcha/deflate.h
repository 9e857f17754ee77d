// Packs octets as a zlib stream (RFC 1950, RFC 1951) by Huffman codes alone.
#ifndef CAPTCHA_DEFLATE_H
#define CAPTCHA_DEFLATE_H

#include <stddef.h>

// count: 1 to 65,000 octets. Returns the length of what it wrote to out, or -ENOBUFS.
int deflate_write(const unsigned char *octets, size_t count, unsigned char *out, size_t room);

#endif
