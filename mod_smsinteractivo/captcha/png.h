// Writes a sheet as PNG.
#ifndef CAPTCHA_PNG_H
#define CAPTCHA_PNG_H

#include "mod_smsinteractivo/captcha/sheet.h"

// Black on white (dark: the reverse). ISO/IEC 15948, 5: signature, IHDR, PLTE, IDAT, IEND.
// Returns the length or -ENOBUFS.
int png_write(const struct sheet *sheet, bool dark, unsigned char *out, size_t room);

#endif
