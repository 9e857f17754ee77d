/* GET static/FILE: styles, scripts and texts out of memory. With the right `v` they may be kept a
 * year, else they are asked for again by ETag. */
#ifndef SMSI_STATIC_H
#define SMSI_STATIC_H

#include "mod_smsinteractivo/answer/reply.h"

int static_handle(struct visit *visit, const char *file);

#endif
