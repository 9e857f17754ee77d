/* Indexes of live conversations and their sessions; see conversation.h. */
#include "smpp/switch/conversation.h"

#include <stdlib.h>
#include <string.h>

#include "smpp/wire/copy.h"

void conversations_start(struct conversations *all, unsigned max)
{
    *all = (struct conversations){.max = max};
}

void conversations_end(struct conversations *all)
{
    while (all->due.count)
        conversation_drop(all, all->due.at[all->due.count - 1]);
    due_free(&all->due);
    index_free(&all->ids);
    index_free(&all->mobiles);
    index_free(&all->sessions);
}

static struct session *session_of(const struct conversations *all, uint64_t hash, const char *name)
{
    struct index_hook *hook = index_first(&all->sessions, hash);
    for (; hook; hook = index_next(hook)) {
        struct session *session = index_thing(hook, struct session, hook);
        if (strcmp(session->name, name) == 0)
            return session;
    }
    return NULL;
}

struct session *session_find(const struct conversations *all, const char *name)
{
    return session_of(all, index_hash_text(0, name), name);
}

static struct session *session_take(struct conversations *all, uint64_t hash, const char *name)
{
    struct session *session = session_of(all, hash, name);
    if (session)
        return session;
    session = calloc(1, sizeof *session);
    if (!session)
        return NULL;
    copy_put(session->name, sizeof session->name, name);
    TAILQ_INIT(&session->own);
    if (index_put(&all->sessions, &session->hook, hash) < 0) {
        free(session);
        return NULL;
    }
    return session;
}

static void session_leave(struct conversations *all, struct session *session)
{
    if (--session->conversations > 0)
        return;
    index_drop(&all->sessions, &session->hook);
    free(session);
}

struct conversation *conversation_find(const struct conversations *all, uint64_t id)
{
    struct index_hook *hook = index_first(&all->ids, index_hash_id(id));
    for (; hook; hook = index_next(hook)) {
        struct conversation *conversation = index_thing(hook, struct conversation, by_id);
        if (conversation->id == id)
            return conversation;
    }
    return NULL;
}

struct conversation *conversation_of_mobile(const struct conversations *all, const char *mobile,
                                            const struct conversation *before)
{
    struct index_hook *hook = before ? index_next(&before->by_mobile)
                                     : index_first(&all->mobiles, index_hash_text(0, mobile));
    for (; hook; hook = index_next(hook)) {
        struct conversation *conversation = index_thing(hook, struct conversation, by_mobile);
        if (strcmp(conversation->mobile, mobile) == 0)
            return conversation;
    }
    return NULL;
}

struct conversation *conversation_of_pair(const struct conversations *all, const char *mobile,
                                          const char *code)
{
    struct conversation *one = NULL, *newest = NULL;
    while ((one = conversation_of_mobile(all, mobile, one)))
        if (strcmp(one->code, code) == 0 && (!newest || one->id > newest->id))
            newest = one;
    return newest;
}

void conversation_check(struct conversations *all, struct conversation *conversation, int64_t at)
{
    conversation->check = at;
    due_move(&all->due, conversation);
}

void conversation_renew(struct conversations *all, struct conversation *conversation, int64_t until)
{
    if (until > conversation->until) {
        conversation->until = until;
        conversation->over = false;
    }
    if (conversation->until < conversation->check) /* else it is found out when that comes */
        conversation_check(all, conversation, conversation->until);
    if (until > conversation->session->until)
        conversation->session->until = until;
}

static void name_drop(struct conversation *conversation)
{
    if (conversation->name != conversation->first_name)
        free(conversation->name);
}

void conversation_drop(struct conversations *all, struct conversation *conversation)
{
    due_drop(&all->due, conversation);
    index_drop(&all->ids, &conversation->by_id);
    index_drop(&all->mobiles, &conversation->by_mobile);
    TAILQ_REMOVE(&conversation->session->own, conversation, in_session);
    session_leave(all, conversation->session);
    name_drop(conversation);
    free(conversation);
}

/* False without memory: the name is what it was. */
static bool name_put(struct conversation *conversation, const char *name)
{
    if (strcmp(conversation->name, name) == 0)
        return true;
    char *copy = strndup(name, ROUTE_NAME_ROOM - 1);
    if (!copy)
        return false;
    name_drop(conversation);
    conversation->name = copy;
    return true;
}

static struct conversation *conversation_new(struct conversations *all, const char *mobile,
                                             const struct route *route)
{
    uint64_t by_session = index_hash_text(0, route->session),
             by_mobile = index_hash_text(0, mobile);
    index_near(&all->sessions, by_session);
    index_near(&all->mobiles, by_mobile);
    size_t len = strlen(route->name);
    size_t size = offsetof(struct conversation, first_name) + len + 1;
    struct conversation *conversation =
        calloc(1, size > sizeof *conversation ? size : sizeof *conversation);
    struct session *session = conversation ? session_take(all, by_session, route->session) : NULL;
    if (!session) {
        free(conversation);
        return NULL;
    }
    memcpy(conversation->first_name, route->name, len);
    conversation->name = conversation->first_name;
    conversation->id = conversation_unhex(route->conversation);
    conversation->session = session;
    session->conversations++;
    TAILQ_INSERT_TAIL(&session->own, conversation, in_session);
    copy_put(conversation->mobile, sizeof conversation->mobile, mobile);
    memcpy(conversation->code, route->code, sizeof conversation->code);
    conversation->until = conversation->check = route->until;
    if (due_put(&all->due, conversation) < 0 ||
        index_put(&all->ids, &conversation->by_id, index_hash_id(conversation->id)) < 0 ||
        index_put(&all->mobiles, &conversation->by_mobile, by_mobile) < 0) {
        conversation_drop(all, conversation);
        return NULL;
    }
    return conversation;
}

struct conversation *conversation_put(struct conversations *all, const char *mobile,
                                      const struct route *route)
{
    uint64_t id = conversation_unhex(route->conversation);
    struct conversation *conversation = conversation_find(all, id);
    if (!conversation && all->ids.count >= all->max)
        return NULL;
    if (!conversation && !(conversation = conversation_new(all, mobile, route)))
        return NULL;
    if (!name_put(conversation, route->name))
        return NULL;
    if (route->last > conversation->last)
        conversation->last = route->last;
    conversation_renew(all, conversation, route->until);
    return conversation;
}

void conversation_given(struct conversation *conversation, uint64_t likeness)
{
    uint32_t *given = conversation->given;
    if (*given == (uint32_t)likeness)
        return;
    memmove(given + 1, given, (CONVERSATION_GIVEN - 1) * sizeof *given);
    *given = (uint32_t)likeness;
}

struct conversation *conversation_due(struct conversations *all, int64_t now)
{
    struct conversation *first;
    while (all->due.count && (first = all->due.at[0])->check <= now) {
        if (first->over || first->until <= now)
            return first;
        conversation_check(all, first, first->until); /* it was renewed */
    }
    return NULL;
}

void conversation_hex(char out[CONVERSATION_HEX], uint64_t id)
{
    for (int i = CONVERSATION_HEX - 2; i >= 0; i--, id >>= 4)
        out[i] = "0123456789abcdef"[id & 15];
    out[CONVERSATION_HEX - 1] = '\0';
}

uint64_t conversation_unhex(const char *hex)
{
    uint64_t id = 0;
    if (!hex || strlen(hex) != CONVERSATION_HEX - 1)
        return 0;
    for (; *hex; hex++) {
        if (!((*hex >= '0' && *hex <= '9') || (*hex >= 'a' && *hex <= 'f')))
            return 0;
        id = id << 4 | (uint64_t)(*hex <= '9' ? *hex - '0' : *hex - 'a' + 10);
    }
    return id;
}

void conversation_route(const struct conversation *conversation, struct route *route)
{
    *route = (struct route){
        .until = conversation->until,
        .last = conversation->last,
        .answered = conversation->answered,
        .ended = conversation->over,
    };
    conversation_hex(route->conversation, conversation->id);
    memcpy(route->code, conversation->code, sizeof route->code);
    memcpy(route->session, conversation->session->name, sizeof route->session);
    copy_put(route->name, sizeof route->name, conversation->name);
}
