/* The module's record and its hooks: what httpd calls, when, and why then. */
#include "mod_smsinteractivo/action.h"
#include "mod_smsinteractivo/answer/whole.h"
#include "mod_smsinteractivo/guard/audit.h"
#include "mod_smsinteractivo/backend/backend.h"
#include "mod_smsinteractivo/monitor/census.h"
#include "mod_smsinteractivo/backend/daemon.h"
#include "mod_smsinteractivo/directives.h"
#include "mod_smsinteractivo/map.h"
#include "mod_smsinteractivo/monitor/metrics.h"
#include "mod_smsinteractivo/mount.h"
#include "mod_smsinteractivo/secret.h"
#include "mod_smsinteractivo/settings.h"
#include "mod_smsinteractivo/backend/tally.h"
#include "mod_smsinteractivo/wait/hold.h"
#include "mod_smsinteractivo/wait/room.h"

#include <ap_mpm.h>
#include <http_config.h>
#include <http_core.h>
#include <http_log.h>
#include <http_request.h>
#include <mpm_common.h>
#include <mod_status.h>

APLOG_USE_MODULE(smsinteractivo);

static int complain(server_rec *server, const char *sentence)
{
    ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, server, "SI0001: %s", sentence);
    return HTTP_INTERNAL_SERVER_ERROR;
}

/* Runs for `apachectl configtest` too, before anything is opened. */
static int check_config(apr_pool_t *pool, apr_pool_t *log, apr_pool_t *temp, server_rec *server)
{
    struct deployment *deployment = deployment_of(server);
    const char *error = mount_find(pool, server);
    if (!error)
        error = room_judge(pool, server);
    (void)log;  /* httpd's shape */
    (void)temp; /* as above */
    if (!error && deployment->mounts && !deployment->secret_file) {
        deployment->secret_file = SECRET_FILE;
        error = secret_read(pool, SECRET_FILE, &deployment->secret);
    }
    return error ? complain(server, error) : OK;
}

/* Still root: shared memory for all children, the audit trail's directory. */
static int post_config(apr_pool_t *pool, apr_pool_t *log, apr_pool_t *temp, server_rec *server)
{
    const struct deployment *deployment = deployment_of(server);
    (void)log; /* httpd's shape */
    if (deployment->mounts == 0 || ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG)
        return OK;
    const char *error = audit_prepare(temp, deployment);
    if (error)
        return complain(server, error);
    if (tally_begin(pool) != APR_SUCCESS || census_begin(pool) != APR_SUCCESS)
        return complain(server, "no shared memory");
    return OK;
}

static apr_status_t child_end(void *unused)
{
    (void)unused; /* httpd's shape */
    daemon_end();
    backend_end();
    audit_end();
    return APR_SUCCESS;
}

/* Roads to the back ends belong to one process each: all are made here, none is opened yet, for
 * httpd starts though a back end is down. Later nothing is taken from a process' pool any more. */
static void child_init(apr_pool_t *pool, server_rec *server)
{
    const struct deployment *deployment = deployment_of(server);
    int threads = 1;
    if (deployment->mounts == 0)
        return;
    if (ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads) != APR_SUCCESS)
        threads = 1;
    backend_begin(deployment, threads);
    daemon_begin(deployment->daemon, threads);
    audit_begin(deployment);
    census_join();
    hold_begin(pool, deployment, threads);
    apr_pool_cleanup_register(pool, NULL, child_end, apr_pool_cleanup_null);
}

/* Every ten seconds in httpd's parent, under any MPM, whether somebody visits or not. */
static int monitor(apr_pool_t *pool, server_rec *server)
{
    const struct deployment *deployment = deployment_of(server);
    (void)pool; /* httpd's shape */
    if (deployment->mounts > 0)
        audit_keep(deployment, server);
    return OK;
}

static void hooks_register(apr_pool_t *pool)
{
    (void)pool; /* httpd's shape */
    ap_hook_check_config(check_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(child_init, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_monitor(monitor, NULL, NULL, APR_HOOK_MIDDLE);
    /* After mod_rewrite and mod_alias had their say, before the core looks for a file. */
    ap_hook_translate_name(map_translate_name, NULL, NULL, APR_HOOK_LAST);
    ap_hook_map_to_storage(map_to_storage, NULL, NULL, APR_HOOK_FIRST);
    hold_register_hooks();
    whole_register();
    ap_hook_handler(action_handle, NULL, NULL, APR_HOOK_MIDDLE);
    APR_OPTIONAL_HOOK(ap, status_hook, metrics_status, NULL, NULL, APR_HOOK_MIDDLE);
}

/* Everything else of the .so is hidden. */
extern __attribute__((visibility("default"))) module AP_MODULE_DECLARE_DATA smsinteractivo_module;

module AP_MODULE_DECLARE_DATA smsinteractivo_module = {
    STANDARD20_MODULE_STUFF,
    settings_create,
    settings_merge,
    deployment_create,
    NULL,
    directives,
    hooks_register,
    AP_MODULE_FLAG_NONE,
};
