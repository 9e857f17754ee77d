/* No memory; see shortage.h. */
#include "smpp/switch/shortage.h"

#include "smpp/logbook/log.h"

void shortage_tell(const char *what)
{
    log_error("SD0307", "out of memory: refused until there is some: what=%s", what);
}
