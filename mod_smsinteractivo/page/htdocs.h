/* The folder an administrator edits: template, texts, styles, scripts. Read into memory while
 * httpd reads its configuration, so that a graceful restart shows what was changed. */
#ifndef SMSI_HTDOCS_H
#define SMSI_HTDOCS_H

#include <apr_hash.h>

#include "mod_smsinteractivo/page/catalogue.h"
#include "mod_smsinteractivo/page/template.h"

enum language { LANGUAGE_ES, LANGUAGE_EN, LANGUAGES };

struct asset {
    const char *octets, *type, *etag; /* the ETag with its quotes */
    apr_size_t len;
};

struct htdocs {
    const struct catalogue *catalogue[LANGUAGES];
    const struct template *page[LANGUAGES];
    apr_hash_t *assets; /* struct asset by file name */
    const char *hash;   /* of all assets: the `v` of their URLs */
};

const char *language_name(enum language language); /* "es", "en" */
/* LANGUAGES where the word is none of ours. */
enum language language_parse(const char *word);

/* NULL with a sentence in `error`. `temp` is for the reading only. */
const struct htdocs *htdocs_read(apr_pool_t *pool, apr_pool_t *temp, const char *folder,
                                 const char **error);

#endif
