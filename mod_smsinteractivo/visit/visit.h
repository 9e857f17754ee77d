/* One request on its way through the module: what is known of it so far. Lives in r->pool. */
#ifndef SMSI_VISIT_H
#define SMSI_VISIT_H

#include <httpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "mod_smsinteractivo/page/htdocs.h"
#include "mod_smsinteractivo/visit/session.h"
#include "mod_smsinteractivo/settings.h"

struct backend;

struct visit {
    request_rec *r;
    const struct settings *settings;
    const struct deployment *deployment;
    const char *action; /* behind the mount's slash: "" is the page, "send", "captcha/ID.png";
                         * NULL where the slash is missing */
    const char *base;   /* path of the mount with its slash */
    enum language language;
    bool json;   /* the answer is JSON, else HTML */
    bool secure; /* the visitor's side is TLS */
    struct session session;
    struct backend *backend; /* borrowed for this request */
    const apr_table_t *form; /* of a POST: name, value */
};

#define LANGUAGE_COOKIE "smsi-lang"

/* Fills in what the request's head says. */
void visit_begin(struct visit *visit, request_rec *r);

/* A field of the form; "" where it is missing. */
const char *visit_field(const struct visit *visit, const char *name);
/* A parameter of the URL's query, decoded; NULL where it is missing or ill-formed. */
const char *visit_query(const struct visit *visit, const char *name);

/* The session cookie's name: `__Host-smsi` where the visitor's side is TLS, else `smsi`. */
const char *visit_cookie_name(const struct visit *visit);

/* The words in the visitor's language; `pairs` as catalogue_fill, or NULL. */
const char *visit_text(const struct visit *visit, const char *key, const char *const *pairs);

#endif
