/* See room.h. The MPM does not tell its AsyncRequestWorkerFactor, so the configuration's tree is
 * read. */
#include "mod_smsinteractivo/wait/room.h"
#include "mod_smsinteractivo/wait/hold.h"

#include <ap_mpm.h>
#include <apr_strings.h>
#include <http_core.h>
#include <stdlib.h>
#include <strings.h>

enum { MARGIN_S = 5 }; /* between the longest stay and Timeout */

static const char *wait_judge(apr_pool_t *pool, const server_rec *server, const char *where,
                              const struct settings *settings)
{
    long timeout = (long)apr_time_sec(server->timeout);
    if (settings->wait == WAIT_ASYNC && !hold_is_possible())
        return apr_psprintf(pool,
                            "%s says SmsWait async, but this httpd cannot hold a poll without a "
                            "thread: use mpm_event of httpd 2.4.63 or later, or SmsWait auto",
                            where);
    if (settings->wait_most != SETTING_UNSET && settings->wait != WAIT_OFF &&
        settings->wait_most + MARGIN_S > timeout)
        return apr_psprintf(pool,
                            "%s says SmsWaitMost %d, but httpd closes a connection after Timeout "
                            "%ld: leave %d seconds between them",
                            where, settings->wait_most, timeout, MARGIN_S);
    return NULL;
}

static const char *server_judge(apr_pool_t *pool, const server_rec *server)
{
    const core_server_config *core = ap_get_core_module_config(server->module_config);
    const struct settings *settings =
        ap_get_module_config(server->lookup_defaults, &smsinteractivo_module);
    const char *error = settings ? wait_judge(pool, server, "The configuration", settings) : NULL;
    for (int i = 0; i < core->sec_url->nelts && !error; i++) {
        ap_conf_vector_t *section = APR_ARRAY_IDX(core->sec_url, i, ap_conf_vector_t *);
        const core_dir_config *of = ap_get_core_module_config(section);
        settings = ap_get_module_config(section, &smsinteractivo_module);
        if (of && settings)
            error =
                wait_judge(pool, server, apr_psprintf(pool, "<Location \"%s\">", of->d), settings);
    }
    return error;
}

/* The factor said last, anywhere in the tree; event's own default where none was. */
static double factor_find(const ap_directive_t *at, double factor)
{
    for (; at; at = at->next) {
        if (strcasecmp(at->directive, "AsyncRequestWorkerFactor") == 0)
            factor = strtod(at->args, NULL);
        factor = factor_find(at->first_child, factor);
    }
    return factor;
}

/* A child takes connections only while they are fewer than ThreadsPerChild + idle threads *
 * AsyncRequestWorkerFactor: more waiters would keep it from everybody else. */
static const char *waiters_judge(apr_pool_t *pool, const struct deployment *deployment)
{
    int threads = 0;
    if (!deployment->waiters || !hold_is_possible() ||
        ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads) != APR_SUCCESS || threads <= 0)
        return NULL;
    double room = threads * (1 + factor_find(ap_conftree, 2));
    if (deployment->waiters <= room)
        return NULL;
    return apr_psprintf(pool,
                        "SmsWaiters %d is more than the %.0f connections a child takes: raise "
                        "ThreadsPerChild (%d) or AsyncRequestWorkerFactor",
                        deployment->waiters, room, threads);
}

const char *room_judge(apr_pool_t *pool, const server_rec *main_server)
{
    const struct deployment *deployment = deployment_of(main_server);
    if (deployment->mounts == 0)
        return NULL;
    const char *error = waiters_judge(pool, deployment);
    for (const server_rec *server = main_server; server && !error; server = server->next)
        error = server_judge(pool, server);
    return error;
}
