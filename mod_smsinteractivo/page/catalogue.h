/* The words a visitor reads in one language: `key = text`, one a line, UTF-8, `#` a comment. */
#ifndef SMSI_CATALOGUE_H
#define SMSI_CATALOGUE_H

#include <apr_hash.h>
#include <apr_pools.h>
#include <stdbool.h>

struct catalogue {
    apr_hash_t *texts;
    const char *json; /* those the script needs as one object, safe inside of HTML */
    bool quiet;       /* while it is read: what follows is not for the script */
};

/* NULL with a sentence in `error`. */
struct catalogue *catalogue_read(apr_pool_t *pool, const char *file, const char **error);

/* NULL where there is none. */
const char *catalogue_text(const struct catalogue *catalogue, const char *key);

/* The text with each {name} replaced; `pairs` are name, value, ..., NULL. "" where there is none.
 */
const char *catalogue_fill(apr_pool_t *pool, const struct catalogue *catalogue, const char *key,
                           const char *const *pairs);

#endif
