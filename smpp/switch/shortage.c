/* No memory; see shortage.h. */
#include "smpp/switch/shortage.h"

#include "smpp/logbook/log.h"
#include "smpp/switch/switchboard.h"

void shortage_tell(struct switchboard *sb, const char *what)
{
    sb->shortage = (struct shortage){.what = what, .at = switch_now(sb)};
    log_error("SD0307", "out of memory: refused until there is some: what=%s", what);
}
