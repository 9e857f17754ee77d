// Never a text or a whole number: what a demonstration prints may be kept.
#include "test/smsc/trace.h"

#include <stdarg.h>
#include <stdio.h>

#include "test/smsc/smsc.h"

void trace(const struct smsc *smsc, const char *format, ...)
{
    va_list arguments;

    if (!smsc->options.verbose)
        return;
    va_start(arguments, format);
    printf("smsc: ");
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
    fflush(stdout);
}
