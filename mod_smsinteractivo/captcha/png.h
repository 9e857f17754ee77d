// Writes a sheet as PNG. zlib is included in png.c alone.
#ifndef CAPTCHA_PNG_H
#define CAPTCHA_PNG_H

#include "mod_smsinteractivo/captcha/sheet.h"

enum { PNG_ROW = 1 + CAPTCHA_WIDTH / 4, PNG_DESK = 32 * 1024 };

// What writing needs: the filtered rows, and the memory zlib works in.
struct png_desk {
    unsigned char rows[CAPTCHA_HEIGHT][PNG_ROW];
    size_t used;
    _Alignas(16) unsigned char memory[PNG_DESK];
};

// Three greys from ink (dark: ink is white). ISO/IEC 15948, 5: signature, IHDR, PLTE, IDAT, IEND.
// Returns the length, -ENOBUFS or -ENOMEM.
int png_write(const struct sheet *sheet, bool dark, struct png_desk *desk, unsigned char *out,
              size_t room);

#endif
