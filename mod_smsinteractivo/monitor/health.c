/* See health.h. */
#include "mod_smsinteractivo/monitor/health.h"
#include "mod_smsinteractivo/backend/backend.h"
#include "mod_smsinteractivo/backend/daemon.h"

#include <errno.h>
#include <string.h>

struct health health_ask(struct visit *visit)
{
    struct health health = {.smppd = false};
    struct ask ask;
    char value[8];
    int e =
        backend_note(store_get(visit->backend->store, "health", value, sizeof value, NULL, NULL));
    health.store = e != -EAGAIN;
    ask_begin(&ask, "health");
    if (daemon_ask(&ask) != 0)
        return health;
    const char *accepting = line_get(&ask.line, "accepting");
    health.smppd = true;
    health.accepting = accepting && strcmp(accepting, "yes") == 0;
    health.links = line_number(&ask.line, "links", 0);
    health.links_up = line_number(&ask.line, "links-up", 0);
    health.queue = line_number(&ask.line, "queue", 0);
    health.sessions = line_number(&ask.line, "sessions", 0);
    return health;
}

int health_handle(struct visit *visit)
{
    struct health health = health_ask(visit);
    bool able = health.smppd && health.store && health.accepting;
    struct json json;
    json_begin(&json, visit->r->pool, 256);
    json_object(&json, NULL);
    json_string(&json, "status", able ? "ok" : "unable");
    json_string(&json, "smppd", health.smppd ? "up" : "down");
    json_string(&json, "memcached", health.store ? "up" : "down");
    json_bool(&json, "accepting", health.accepting);
    json_number(&json, "links", health.links);
    json_number(&json, "links_up", health.links_up);
    json_number(&json, "queue", health.queue);
    json_object_end(&json);
    return reply_json(visit, able ? HTTP_OK : HTTP_SERVICE_UNAVAILABLE, &json);
}
