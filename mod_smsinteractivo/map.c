/* The walk costs a third of an idle poll; see map.h. */
#include "mod_smsinteractivo/map.h"
#include "mod_smsinteractivo/mount.h"
#include "mod_smsinteractivo/settings.h"

#include <ap_expr.h>
#include <http_core.h>
#include <string.h>

static char claimed; /* only its address counts */

static int is_ours(request_rec *r)
{
    const struct settings *settings =
        ap_get_module_config(r->per_dir_config, &smsinteractivo_module);
    const core_dir_config *core;
    const char *handler, *error = NULL;
    apr_size_t len;
    if (!settings || !settings->mount)
        return 0;
    core = ap_get_core_module_config(r->per_dir_config);
    handler = core->expr_handler ? ap_expr_str_exec(r, core->expr_handler, &error) : NULL;
    if (!handler || strcmp(handler, HANDLER_NAME) != 0)
        return 0;
    len = strlen(settings->mount);
    return strncmp(r->uri, settings->mount, len) == 0 && (r->uri[len] == '/' || !r->uri[len]);
}

int map_translate_name(request_rec *r)
{
    if (!is_ours(r))
        return DECLINED;
    ap_set_module_config(r->request_config, &smsinteractivo_module, &claimed);
    r->filename = r->uri; /* other modules may expect one; nothing is opened by it */
    return OK;
}

int map_is_ours(const request_rec *r)
{
    return ap_get_module_config(r->request_config, &smsinteractivo_module) == &claimed;
}

int map_to_storage(request_rec *r)
{
    return map_is_ours(r) ? OK : DECLINED;
}
