/* GET metrics for Prometheus (text format 0.0.4), and our section on mod_status. */
#ifndef SMSI_METRICS_H
#define SMSI_METRICS_H

#include "mod_smsinteractivo/answer/reply.h"

int metrics_handle(struct visit *visit);

/* mod_status's hook: HTML, or `Name: value` lines for ?auto. */
int metrics_status(request_rec *r, int flags);

#endif
