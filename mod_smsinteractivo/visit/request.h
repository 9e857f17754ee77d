/* The body of a POST, read by ourselves: at most 4 KiB, within 10 seconds. */
#ifndef SMSI_REQUEST_H
#define SMSI_REQUEST_H

#include "mod_smsinteractivo/answer/problem.h"
#include "mod_smsinteractivo/visit/visit.h"

/* Reads and parses the form into visit->form. PROBLEM_NONE, or what is wrong with it; what was not
 * read is not waited for: the connection ends after the answer. */
enum problem request_form(struct visit *visit);

/* Whether the form came from our page: PROBLEM_NONE or PROBLEM_FOREIGN. */
enum problem request_origin(const struct visit *visit);

#endif
