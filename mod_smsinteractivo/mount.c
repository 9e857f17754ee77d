/* A request's path is told from its Location's at configuration time, for at run time httpd has
 * already merged the sections. SetHandler keeps an expression that only a request can evaluate, so
 * the configuration's tree, which mod_info shows too, says where ours stands; see mount.h. */
#include "mod_smsinteractivo/mount.h"
#include "mod_smsinteractivo/settings.h"

#include <apr_strings.h>
#include <http_core.h>
#include <string.h>
#include <strings.h>

struct finder {
    apr_pool_t *pool;
    apr_array_header_t *paths; /* const char *: of the Locations that are ours */
    const char *error;
};

static int is_our_handler(apr_pool_t *pool, const ap_directive_t *directive)
{
    const char *args = directive->args;
    return strcasecmp(directive->directive, "SetHandler") == 0 &&
           strcmp(ap_getword_conf(pool, &args), HANDLER_NAME) == 0;
}

/* The path of `<Location "/sms/">`; NULL where the section is none, or a pattern. */
static const char *location_path(apr_pool_t *pool, const ap_directive_t *section)
{
    if (!section || strcasecmp(section->directive, "<Location") != 0)
        return NULL;
    const char *end = strrchr(section->args, '>');
    const char *args = end ? apr_pstrmemdup(pool, section->args, (apr_size_t)(end - section->args))
                           : section->args;
    const char *path = ap_getword_conf(pool, &args);
    return *path == '/' && !*args && !strpbrk(path, "*?[") ? path : NULL;
}

static void tree_search(struct finder *finder, const ap_directive_t *at)
{
    for (; at && !finder->error; at = at->next) {
        if (is_our_handler(finder->pool, at)) {
            const char *path = location_path(finder->pool, at->parent);
            if (path)
                APR_ARRAY_PUSH(finder->paths, const char *) = path;
            else
                finder->error = apr_psprintf(finder->pool,
                                             "%s line %d: SetHandler " HANDLER_NAME
                                             " needs a plain path around it: write <Location "
                                             "\"/sms/\">",
                                             at->filename, at->line_num);
        }
        tree_search(finder, at->first_child);
    }
}

/* "/sms/" and "/sms" are mounted alike. */
static const char *path_of(apr_pool_t *pool, const char *location)
{
    apr_size_t len = strlen(location);
    while (len > 0 && location[len - 1] == '/')
        len--;
    return apr_pstrndup(pool, location, len);
}

static int is_found(const struct finder *finder, const char *path)
{
    for (int i = 0; i < finder->paths->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(finder->paths, i, const char *), path) == 0)
            return 1;
    return 0;
}

static void section_mount(struct finder *finder, const server_rec *server,
                          ap_conf_vector_t *section, struct deployment *deployment)
{
    const core_dir_config *core = ap_get_core_module_config(section);
    struct settings *settings = ap_get_module_config(section, &smsinteractivo_module);
    const struct settings *above =
        ap_get_module_config(server->lookup_defaults, &smsinteractivo_module);
    if (!core || !core->expr_handler || core->r || !is_found(finder, core->d))
        return;
    if (!settings) {
        settings = settings_create(finder->pool, NULL);
        ap_set_module_config(section, &smsinteractivo_module, settings);
    }
    settings->mount = path_of(finder->pool, core->d);
    deployment->mounts++;
    if (!settings->htdocs && !(above && above->htdocs))
        finder->error = apr_psprintf(finder->pool,
                                     "<Location \"%s\"> has no page: add SmsHtdocs with the folder "
                                     "that holds page.html",
                                     core->d);
}

const char *mount_find(apr_pool_t *pool, server_rec *main_server)
{
    struct finder finder = {pool, apr_array_make(pool, 2, sizeof(const char *)), NULL};
    tree_search(&finder, ap_conftree);
    for (server_rec *server = main_server; server && !finder.error; server = server->next) {
        const core_server_config *core = ap_get_core_module_config(server->module_config);
        for (int i = 0; i < core->sec_url->nelts && !finder.error; i++)
            section_mount(&finder, server, APR_ARRAY_IDX(core->sec_url, i, ap_conf_vector_t *),
                          deployment_of(main_server));
    }
    return finder.error;
}
