/* The floor under an idle poll: a handler that does nothing but one get from memcached.
 *
 * What httpd and memcached cost whoever answers; no module that asks memcached can be faster. */
#include <httpd.h>
#include <http_config.h>
#include <http_protocol.h>
#include <apr_strings.h>
#include <libmemcached/memcached.h>
#include <stdlib.h>
#include <string.h>

extern module AP_MODULE_DECLARE_DATA floor_module;

static const char *store_path;

static const char *floor_store(cmd_parms *cmd, void *dir, const char *path)
{
    (void)dir;
    store_path = apr_pstrdup(cmd->pool, path);
    return NULL;
}

/* One connection a thread, as a frugal site would have it. */
static memcached_st *store(void)
{
    static __thread memcached_st *mine;
    if (mine)
        return mine;
    mine = memcached_create(NULL);
    if (mine)
        (void)memcached_server_add_unix_socket(mine, store_path); /* a failure shows at the get */
    return mine;
}

static int floor_handler(request_rec *r)
{
    size_t length;
    uint32_t flags;
    memcached_return_t done;
    if (!r->handler || strcmp(r->handler, "floor") != 0)
        return DECLINED;
    memcached_st *mine = store();
    if (!mine || !r->args)
        return HTTP_SERVICE_UNAVAILABLE;
    char *value = memcached_get(mine, r->args, strlen(r->args), &length, &flags, &done);
    if (!value)
        return HTTP_NOT_FOUND;
    free(value);
    ap_set_content_type(r, "application/json");
    ap_rputs("{\"cursor\":3,\"expires_in\":299,\"conversations\":[],\"events\":[]}\n", r);
    return OK;
}

static void floor_hooks(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_handler(floor_handler, NULL, NULL, APR_HOOK_MIDDLE);
}

static const command_rec floor_commands[] = {
    AP_INIT_TAKE1("FloorStore", floor_store, NULL, RSRC_CONF, "memcached's Unix socket"), {NULL}};

__attribute__((visibility("default"))) module AP_MODULE_DECLARE_DATA floor_module = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, floor_commands, floor_hooks, 0};
