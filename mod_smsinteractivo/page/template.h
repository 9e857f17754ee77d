/* The subset of Mustache that htdocs/README.md describes: compiled when httpd reads its
 * configuration, filled for each page. */
#ifndef SMSI_TEMPLATE_H
#define SMSI_TEMPLATE_H

#include <apr_buckets.h>
#include <apr_pools.h>

#include "mod_smsinteractivo/page/catalogue.h"

struct template;

/* `names`: every name that may stand in it, NULL at the end. Texts of the catalogue become part of
 * the template. NULL with a sentence ("line 12: ...") in `error`. */
const struct template *template_compile(apr_pool_t *pool, const char *text,
                                        const struct catalogue *catalogue, const char *const *names,
                                        const char **error);

/* Names and what stands for them; a name not found is looked for in the parent. */
struct scope;
struct scope *scope_make(apr_pool_t *pool, const struct scope *parent);
/* Puts or replaces; `value` is kept, not copied; NULL or "" is empty. */
void scope_put(struct scope *scope, const char *name, const char *value);
/* A further item of the list `name`: a scope whose parent is `scope`. */
struct scope *scope_item(struct scope *scope, const char *name);

void template_fill(const struct template *template, const struct scope *scope,
                   apr_bucket_brigade *out);

#endif
