#ifndef SMSI_EXTEND_H
#define SMSI_EXTEND_H
/* POST extend: "Seguir en línea", for one conversation or, without `conversation`, all. */
#include "mod_smsinteractivo/answer/reply.h"

int extend_handle(struct visit *visit);

#endif
