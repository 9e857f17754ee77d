/* Every Sms* directive: its name, where it may stand, which values it takes. DIRECTIVES.md tells
 * administrators the same; a test holds the two against each other. */
#ifndef SMSI_DIRECTIVES_H
#define SMSI_DIRECTIVES_H

#include <httpd.h>
#include <http_config.h>

extern const command_rec directives[];

#endif
