/* A conversation that is answered; see answered.h. */
#include "smpp/switch/answered.h"

#include "smpp/switch/switchboard.h"

void answered(struct switchboard *sb, const char *mobile, const struct route *route,
              uint64_t likeness)
{
    struct conversation *conversation = conversation_put(&sb->conversations, mobile, route);
    if (!conversation)
        return; /* memcached knows it */
    conversation->answered = true;
    conversation->handed = false;
    conversation->unanswered = 0;
    conversation->extended = 0;
    conversation_given(conversation, likeness);
    conversation_save(sb, conversation, false);
}

bool answered_alone(struct switchboard *sb, const char *mobile, const char *code,
                    struct route *route)
{
    int64_t now = switch_now(sb);
    struct conversation *conversation = conversation_of_pair(&sb->conversations, mobile, code);
    if (!conversation || conversation->until <= now || conversation->handed)
        return false;
    conversation_route(conversation, route);
    route->until = now + sb->conf->conversation_ms;
    route->last = now;
    /* Without memory others take it for ended when it would have without this answer. */
    (void)route_move(sb->storer, ROUTE_MOVE_RENEW, mobile, route->conversation, route->until, now,
                     sb->conf->memory_ms);
    return true;
}

void answered_late(struct switchboard *sb, const char *mobile, const struct route *route)
{
    if (conversation_find(&sb->conversations, conversation_unhex(route->conversation)))
        return;
    struct conversation *conversation = conversation_put(&sb->conversations, mobile, route);
    if (!conversation)
        return; /* its event may be forgotten while the session lives */
    conversation->over = true;
    conversation_save(sb, conversation, false);
}
