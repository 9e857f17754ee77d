/* See settings.h. */
#include "mod_smsinteractivo/settings.h"
#include "smpp/store/store.h"

void *settings_create(apr_pool_t *pool, char *path)
{
    struct settings *settings = apr_pcalloc(pool, sizeof *settings);
    (void)path; /* of sections that are not Locations too; mount.c finds ours */
#define X(member, otherwise) settings->member = SETTING_UNSET;
    SETTINGS_NUMBERS(X)
#undef X
    return settings;
}

static apr_array_header_t *list_extend(apr_pool_t *pool, apr_array_header_t *base,
                                       apr_array_header_t *nearer)
{
    if (!base || !nearer)
        return base ? base : nearer;
    return apr_array_append(pool, base, nearer);
}

void *settings_merge(apr_pool_t *pool, void *base_, void *nearer_)
{
    const struct settings *base = base_, *nearer = nearer_;
    struct settings *merged = apr_palloc(pool, sizeof *merged);
#define X(member, otherwise)                                                                       \
    merged->member = nearer->member == SETTING_UNSET ? base->member : nearer->member;
    SETTINGS_NUMBERS(X)
#undef X
#define X(type, member) merged->member = nearer->member ? nearer->member : base->member;
    SETTINGS_POINTERS(X)
#undef X
#define X(member) merged->member = list_extend(pool, base->member, nearer->member);
    SETTINGS_LISTS(X)
#undef X
    return merged;
}

void *deployment_create(apr_pool_t *pool, server_rec *server)
{
    struct deployment *deployment = apr_pcalloc(pool, sizeof *deployment);
    (void)server; /* virtual hosts get one too, which nobody asks: the directives are global */
    deployment->store = "127.0.0.1:11211";
    deployment->prefix = "smsi:";
    deployment->store_wait = STORE_WAIT_MS;
    deployment->daemon = "/run/smppd/socket";
    deployment->audit_file = "/var/log/smsinteractivo/audit.log";
    deployment->audit_days = 90;
    return deployment;
}

struct deployment *deployment_of(const server_rec *server)
{
    return ap_get_module_config(server->module_config, &smsinteractivo_module);
}
