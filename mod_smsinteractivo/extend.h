#ifndef SMSI_EXTEND_H
#define SMSI_EXTEND_H
/* POST extend: "Seguir en línea" (R5), for one conversation or, without `conversation`, all. */
#include "mod_smsinteractivo/reply.h"

int extend_handle(struct visit *visit);

#endif
