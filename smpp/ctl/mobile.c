/* A mobile's number as an operator types it. */
#include "smpp/ctl/mobile.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

bool mobile_take(char out[MOBILE_ROOM], const char *typed)
{
    char digits[16];
    size_t n = 0;
    bool is_number = strspn(typed, "0123456789 ()-.+") == strlen(typed);
    for (const char *c = typed; is_number && *c && n < sizeof digits - 1; c++)
        if (isdigit((unsigned char)*c))
            digits[n++] = *c;
    digits[n] = '\0';
    const char *ten = n == 11 && digits[0] == '1' ? digits + 1 : digits;
    if (strlen(ten) != 10) {
        fprintf(stderr, "smppctl: `%s` is no number of ten digits, as in 8095551234.\n", typed);
        return false;
    }
    memcpy(out, ten, MOBILE_ROOM);
    return true;
}
