/* A request's path is told from its Location's at configuration time, for at run time httpd has
 * already merged the sections; see mount.h. */
#include "mod_smsinteractivo/mount.h"
#include "mod_smsinteractivo/settings.h"

#include <ap_expr.h>
#include <apr_strings.h>
#include <http_core.h>
#include <string.h>

/* "/sms/" and "/sms" are mounted alike. */
static const char *path_of(apr_pool_t *pool, const char *location)
{
    apr_size_t len = strlen(location);
    while (len > 0 && location[len - 1] == '/')
        len--;
    return apr_pstrndup(pool, location, len);
}

static const char *section_mount(apr_pool_t *pool, const server_rec *server,
                                 ap_conf_vector_t *section, struct deployment *deployment)
{
    const core_dir_config *core = ap_get_core_module_config(section);
    struct settings *settings = ap_get_module_config(section, &smsinteractivo_module);
    if (!core || !core->handler || strcmp(core->handler, HANDLER_NAME) != 0)
        return NULL;
    if (core->r || core->d_is_fnmatch)
        return apr_psprintf(pool,
                            "SetHandler " HANDLER_NAME " stands in <Location%s %s>; it needs a "
                            "plain path: write <Location \"/sms/\">",
                            core->r ? "Match" : "", core->d);
    if (!settings) {
        settings = settings_create(pool, NULL);
        ap_set_module_config(section, &smsinteractivo_module, settings);
    }
    settings->mount = path_of(pool, core->d);
    const struct settings *above =
        ap_get_module_config(server->lookup_defaults, &smsinteractivo_module);
    if (!settings->htdocs && !(above && above->htdocs))
        return apr_psprintf(pool,
                            "<Location \"%s\"> has no page: add SmsHtdocs with the folder that "
                            "holds page.html",
                            core->d);
    deployment->mounts++;
    return NULL;
}

static const char *server_mount(apr_pool_t *pool, const server_rec *server,
                                struct deployment *deployment)
{
    const core_server_config *core = ap_get_core_module_config(server->module_config);
    const char *error = NULL;
    for (int i = 0; i < core->sec_url->nelts && !error; i++)
        error = section_mount(pool, server, APR_ARRAY_IDX(core->sec_url, i, ap_conf_vector_t *),
                              deployment);
    return error;
}

const char *mount_find(apr_pool_t *pool, server_rec *main_server)
{
    const char *error = NULL;
    for (server_rec *server = main_server; server && !error; server = server->next)
        error = server_mount(pool, server, deployment_of(main_server));
    return error;
}
