/* Puts a text into a room of fixed size. Many are put for each message, and snprintf takes ten
 * times as long. */
#ifndef SMPP_WIRE_COPY_H
#define SMPP_WIRE_COPY_H

#include <stddef.h>
#include <string.h>

/* Cut to room - 1 octets, NUL-terminated; NULL is "". */
static inline void copy_put(char *to, size_t room, const char *from)
{
    size_t len = from ? strnlen(from, room - 1) : 0;
    if (len)
        memcpy(to, from, len);
    to[len] = '\0';
}

#endif
