/* See visit.h. */
#include "mod_smsinteractivo/visit/visit.h"
#include "mod_smsinteractivo/visit/form.h"

#include <apr_strings.h>
#include <http_core.h>
#include <http_main.h>
#include <http_protocol.h>
#include <string.h>

static const char cookie_plain[] = "smsi", cookie_host[] = "__Host-smsi";

const char *visit_cookie_name(const struct visit *visit)
{
    return visit->secure ? cookie_host : cookie_plain;
}

static bool is_secure(const struct visit *visit)
{
    int secure = setting_secure(visit->settings);
    return secure == SECURE_AUTO ? strcmp(ap_http_scheme(visit->r), "https") == 0
                                 : secure == SECURE_ON;
}

static enum language language_of_cookie(const struct visit *visit)
{
    size_t len;
    const char *value =
        cookie_find(apr_table_get(visit->r->headers_in, "Cookie"), LANGUAGE_COOKIE, &len);
    return value && len == 2 ? language_parse(apr_pstrmemdup(visit->r->pool, value, 2)) : LANGUAGES;
}

/* A query parameter, or the choice made before; else Spanish, whatever the browser was set up with:
 * the visitors of this site read Spanish, and many of their browsers say English. */
static enum language language_of(const struct visit *visit)
{
    enum language language = language_parse(visit_query(visit, "lang"));
    if (language == LANGUAGES)
        language = language_of_cookie(visit);
    return language == LANGUAGES ? LANGUAGE_ES : language;
}

void visit_begin(struct visit *visit, request_rec *r)
{
    const char *accept = apr_table_get(r->headers_in, "Accept");
    *visit = (struct visit){.r = r};
    visit->settings = ap_get_module_config(r->per_dir_config, &smsinteractivo_module);
    visit->deployment = deployment_of(ap_server_conf);
    visit->base = apr_pstrcat(r->pool, visit->settings->mount, "/", NULL);
    const char *rest = r->uri + strlen(visit->settings->mount);
    visit->action = *rest == '/' ? rest + 1 : NULL;
    visit->json = accept && strstr(accept, "application/json") != NULL;
    visit->secure = is_secure(visit);
    visit->language = language_of(visit);
}

const char *visit_field(const struct visit *visit, const char *name)
{
    const char *value = visit->form ? apr_table_get(visit->form, name) : NULL;
    return value ? value : "";
}

const char *visit_query(const struct visit *visit, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = visit->r->args; at && *at; at += *at == '&') {
        size_t pair = strcspn(at, "&");
        if (pair > len && at[len] == '=' && memcmp(at, name, len) == 0) {
            char *value = apr_pstrmemdup(visit->r->pool, at + len + 1, pair - len - 1);
            return ap_unescape_urlencoded(value) == OK && form_utf8_is_strict(value) ? value : NULL;
        }
        at += pair;
    }
    return NULL;
}

const char *visit_text(const struct visit *visit, const char *key, const char *const *pairs)
{
    const struct catalogue *catalogue = visit->settings->htdocs->catalogue[visit->language];
    return catalogue_fill(visit->r->pool, catalogue, key, pairs);
}
