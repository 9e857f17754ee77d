/* POST extend: "Seguir en línea", for one conversation or, without `conversation`, all. */
#ifndef SMSI_EXTEND_H
#define SMSI_EXTEND_H

#include "mod_smsinteractivo/answer/reply.h"

int extend_handle(struct visit *visit);

#endif
