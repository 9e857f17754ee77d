/* Which request is which: the table of what stands under the mount. */
#ifndef SMSI_ACTION_H
#define SMSI_ACTION_H

#include <httpd.h>

/* The content handler: declines what is not ours. */
int action_handle(request_rec *r);

#endif
