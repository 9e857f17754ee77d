/* The text that goes out for a message, and how long a message is for a person. */
#include "smpp/text/text.h"

#include <errno.h>
#include <stdio.h>

int text_compose(char *out, size_t room, const char *name, const char *message, const char *notice)
{
    bool noticed = notice && *notice;
    int len = snprintf(out, room, "%s (web): %s%s%s", name, message, noticed ? "\n" : "",
                       noticed ? notice : "");
    return len < 0 || (size_t)len >= room ? -ENOSPC : len;
}

int text_chars(const char *utf8, size_t len)
{
    char clean[TEXT_ROOM];
    int octets = text_clean(clean, sizeof clean, utf8, len);
    if (octets < 0)
        return -EMSGSIZE;
    int chars = 0;
    for (int i = 0; i < octets; i++)
        chars += (clean[i] & 0xC0) != 0x80;
    return chars;
}
