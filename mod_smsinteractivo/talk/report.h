/* POST report: a visitor says that a conversation is abuse; it goes to the audit trail and a line
 * of the log, for a person to look at. */
#ifndef SMSI_REPORT_H
#define SMSI_REPORT_H

#include "mod_smsinteractivo/answer/reply.h"

int report_handle(struct visit *visit);

#endif
