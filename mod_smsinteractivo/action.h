#ifndef SMSI_ACTION_H
#define SMSI_ACTION_H
/* Which request is which: the table of what stands under the mount. */
#include <httpd.h>

/* The content handler: declines what is not ours. */
int action_handle(request_rec *r);

#endif
