/* The text that goes out for a message, and how long a message is for a person. */
#include "smpp/text/text.h"

#include <errno.h>
#include <string.h>

int text_compose(char *out, size_t room, const char *name, const char *message, const char *notice)
{
    bool noticed = notice && *notice;
    const char *const pieces[] = {name, " (web): ", message, noticed ? "\n" : "",
                                  noticed ? notice : ""};
    size_t used = 0;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        size_t len = strlen(pieces[i]);
        if (used + len >= room)
            return -ENOSPC;
        memcpy(out + used, pieces[i], len + 1);
        used += len;
    }
    return (int)used;
}

int text_chars(const char *utf8, size_t len)
{
    char clean[TEXT_ROOM];
    int octets = text_clean(clean, sizeof clean, utf8, len);
    if (octets < 0)
        return -EMSGSIZE;
    return (int)text_letters(clean, (size_t)octets);
}

unsigned text_letters(const char *clean, size_t len)
{
    unsigned count = 0;
    for (size_t i = 0; i < len; i++)
        count += (clean[i] & 0xC0) != 0x80;
    return count;
}
