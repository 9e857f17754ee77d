/* The deployment's secret: from it follow codes, drawings, tokens and session ids. */
#ifndef SMSI_SECRET_H
#define SMSI_SECRET_H

#include <apr_pools.h>

#include "mod_smsinteractivo/captcha/captcha.h"

#define SECRET_FILE "/etc/smsinteractivo/secret" /* where SmsSecretFile says nothing */

/* Reads FILE: 64 hexadecimal digits, readable by its owner alone. NULL, or a sentence that says
 * what is wrong and what to do. */
const char *secret_read(apr_pool_t *pool, const char *file, struct captcha_secret *secret);

#endif
