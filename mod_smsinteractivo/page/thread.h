/* One conversation on the page: who wrote what to whom and when, and what became of it. */
#ifndef SMSI_THREAD_H
#define SMSI_THREAD_H

#include "mod_smsinteractivo/talk/conversation.h"
#include "mod_smsinteractivo/page/template.h"

/* id, to, shown, name, code, live or ended, minutes. */
void conversation_put(apr_pool_t *pool, struct scope *scope, const struct conversation *one);

/* The section `thread` with its `events`. Uses up all's transcript. */
void thread_put(struct visit *visit, struct scope *scope, struct conversations *all,
                const struct conversation *one);

#endif
