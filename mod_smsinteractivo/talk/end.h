/* POST end: "Terminar y borrar": all conversations, what is kept of them, the cookie. With
 * `conversation`, that one only; with `pending`, its draft too. */
#ifndef SMSI_END_H
#define SMSI_END_H

#include "mod_smsinteractivo/answer/reply.h"

int end_handle(struct visit *visit);

#endif
