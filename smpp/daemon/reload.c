/* Takes over a changed configuration without losing a bind that did not change. */
#include <errno.h>
#include <grp.h>
#include <stdio.h>

#include "smpp/logbook/log.h"
#include "smpp/daemon/notify.h"
#include "smpp/daemon/smppd.h"

void complain_to_log(void *ctx, const char *sentence)
{
    struct complaints *complaints = ctx;
    if (!complaints->first[0])
        snprintf(complaints->first, sizeof complaints->first, "%s", sentence);
    log_error("SD0002", "configuration: %s", sentence);
}

static gid_t group_of(const struct conf *conf)
{
    const struct group *group = *conf->socket_group ? getgrnam(conf->socket_group) : NULL;
    return group ? group->gr_gid : (gid_t)-1;
}

struct door_parts smppd_door_parts(struct smppd *d)
{
    const struct conf *conf = d->conf;
    return (struct door_parts){
        .base = d->base,
        .path = conf->socket,
        .group = group_of(conf),
        .uids = conf->socket_users.uid,
        .uid_count = conf->socket_users.count,
        .connections = conf->connections,
        .per_uid = conf->connections_per_user,
        .verbs = switch_verbs,
        .verb_count = switch_verbs_count,
        .ctx = d->sb,
        .greet = switch_greet,
    };
}

void smppd_conf_apply(const struct smppd *d)
{
    log_tune((enum log_level)(d->log_level ? d->log_level : d->conf->log_level),
             d->conf->log_interval_ms);
    if (d->conf->exposed)
        log_notice("SD0003",
                   "a password stands in a file others may read; use password_file: "
                   "file=%s",
                   d->conf->file);
}

/* 0, or -EINVAL with the first complaint in `complaints`; then all stays as it is. */
static int conf_reload(struct smppd *d, struct complaints *complaints)
{
    (void)notify_reloading();
    struct conf *conf = conf_load(d->path, complain_to_log, complaints);
    if (conf && conf_restart_keep(d->conf, conf) < 0) {
        conf_drop(conf);
        conf = NULL;
    }
    if (conf) {
        struct conf *old = d->conf;
        conf_retire(old, conf);
        d->conf = conf;
        smppd_conf_apply(d);
        switch_conf(d->sb, conf);
        fleet_set(d->fleet, conf);
        struct door_parts parts = smppd_door_parts(d);
        door_tune(d->door, &parts);
        conf_drop(old);
    }
    log_notice("SD0004", "configuration %s: file=%s",
               conf ? "read again" : "is wrong and not taken over", d->path);
    smppd_ready_tell(d);
    return conf ? 0 : -EINVAL;
}

void smppd_reload_signalled(evutil_socket_t number, short what, void *arg)
{
    (void)number, (void)what;
    struct complaints complaints = {{0}};
    struct smppd *d = arg;
    if (!d->stopping)
        (void)conf_reload(d, &complaints); /* the log says what is wrong */
}

void smppd_reload_asked(void *ctx, struct request *request)
{
    struct complaints complaints = {{0}};
    struct smppd *d = ctx;
    if (d->stopping) {
        request_refuse(request, "draining");
        return;
    }
    if (conf_reload(d, &complaints) < 0)
        line_put(request_no(request, "bad-config"), "detail", complaints.first);
    else
        request_ok(request);
    request_done(request);
}
