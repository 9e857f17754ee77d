/*
 * Who wrote to whom and when, never what: a line per message, report and end, in a file of
 * its own, mode 0600. Each day begins a new file; yesterday's is renamed to FILE.YYYY-MM-DD by the
 * child that writes first, or by httpd's parent where none does, and deleted by the parent when its
 * days are over.
 */
#ifndef SMSI_AUDIT_H
#define SMSI_AUDIT_H

#include "mod_smsinteractivo/visit/visit.h"

/* Before the children are made, as root: makes the file's directory where it is missing, for the
 * children to own. NULL, or what is wrong and what to do. */
const char *audit_prepare(apr_pool_t *pool, const struct deployment *deployment);
/* In the parent, often: turns and deletes once a day. What cannot be deleted is logged. */
void audit_keep(const struct deployment *deployment, const server_rec *server);
/* In child_init, and when the child ends. */
void audit_begin(const struct deployment *deployment);
void audit_end(void);

/* `mobile` and `conversation` may be "". What cannot be written is logged and counted. */
void audit_write(struct visit *visit, const struct session *session, const char *what,
                 const char *conversation, const char *mobile);

#endif
