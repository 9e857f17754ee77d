/* See shown.h. */
#include "mod_smsinteractivo/guard/shown.h"

#include <stdio.h>
#include <string.h>

void shown_at_worst(char out[static TEXT_ROOM], const char *utf8)
{
    struct text_sms sms;
    bool fits = text_prepare(&sms, utf8, strlen(utf8), TEXT_LOSSY, NULL) == 0;
    (void)snprintf(out, TEXT_ROOM, "%s", fits ? sms.text : utf8); /* names and messages fit */
}
