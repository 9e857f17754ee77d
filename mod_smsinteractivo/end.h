#ifndef SMSI_END_H
#define SMSI_END_H
/* POST end: "Terminar y borrar" (R23): all conversations, what is kept of them, the cookie. With
 * `conversation`, that one only; with `pending`, its draft too. */
#include "mod_smsinteractivo/reply.h"

int end_handle(struct visit *visit);

#endif
