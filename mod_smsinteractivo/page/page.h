/* The page as HTML, whole without JavaScript: the same screens and words as with it. Functions that
 * answer a form answer JSON instead where that was asked for. */
#ifndef SMSI_PAGE_H
#define SMSI_PAGE_H

#include "mod_smsinteractivo/send/pending.h"
#include "mod_smsinteractivo/answer/reply.h"

/* Every name page.html may use (htdocs/README.md). */
extern const char *const page_names[];
/* The first key the page's code needs and the catalogue lacks, or NULL. */
const char *page_text_missing(const struct catalogue *catalogue);

/* GET: the form, a conversation, or what the query asks for. */
int page_handle(struct visit *visit);
/* The form with what was typed. */
int page_form(struct visit *visit, const struct pending *draft);
/* The security code's screen; `fault` may be NULL. Always HTML. */
int page_challenge(struct visit *visit, const struct pending *pending, const struct fault *fault);

/* Something is wrong: the form again, with `draft` or what was typed. */
int page_fault(struct visit *visit, const struct fault *fault, const struct pending *draft);
/* Something is wrong and the same code screen is shown again; `pending` NULL: as page_fault. */
int page_again(struct visit *visit, const struct fault *fault, const struct pending *pending);

#endif
