// Huffman codes as DEFLATE wants them (RFC 1951, 3.2.2): canonical and of limited length.
#ifndef CAPTCHA_HUFFMAN_H
#define CAPTCHA_HUFFMAN_H

#include <stdint.h>

enum { HUFFMAN_SYMBOLS = 257, HUFFMAN_LONGEST = 15 };

struct huffman {
    uint8_t length[HUFFMAN_SYMBOLS]; // bits; 0: never occurs
    uint16_t code[HUFFMAN_SYMBOLS];  // the bit sent first is the lowest
};

// Makes the code of symbols 0 .. symbols-1 that occur `count` times each; at least two do, and all
// together fewer than 65,536 times. longest: bits, at most HUFFMAN_LONGEST. Where a code would come
// out longer the counts are made rougher.
void huffman_make(struct huffman *huffman, uint16_t *count, unsigned symbols, unsigned longest);

#endif
