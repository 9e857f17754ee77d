/* See pending.h. */
#include "mod_smsinteractivo/send/pending.h"
#include "mod_smsinteractivo/backend/backend.h"
#include "mod_smsinteractivo/backend/daemon.h"
#include "mod_smsinteractivo/visit/digest.h"
#include "mod_smsinteractivo/backend/tally.h"

#include <apr_strings.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { KEY_ROOM = 96, LIFE = PENDING_LIFE + 1 }; /* memcached's n lives n-1 to n seconds */

static struct store *store_of(const struct visit *visit)
{
    return visit->backend->store;
}

static const char *key_of(char key[static KEY_ROOM], const char *kind, const char *pid)
{
    (void)snprintf(key, KEY_ROOM, "%s:%s", kind, pid); /* always fits */
    return key;
}

/* The draft as pressed: a changed name, number or text is another draft. */
static const char *draft_key(char key[static KEY_ROOM], const struct pending *pending)
{
    char draft[DIGEST_ROOM];
    digest_of(draft, pending->key, pending->name, NULL);
    (void)snprintf(key, KEY_ROOM, "k:%s:%s", pending->sid, draft); /* always fits */
    return key;
}

static int pending_write(const struct pending *pending, char out[static PENDING_ROOM])
{
    struct line_writer w;
    line_begin(&w, out, PENDING_ROOM);
    line_verb(&w, "pending", NULL);
    line_put(&w, "session", pending->sid);
    line_put(&w, "mobile", pending->mobile);
    line_put(&w, "name", pending->name);
    line_put(&w, "text", pending->text);
    line_put(&w, "key", pending->key);
    line_put(&w, "form", pending->form);
    line_put_number(&w, "day", pending->day);
    line_put_number(&w, "bits", pending->bits);
    line_put_number(&w, "parts", pending->parts);
    line_put(&w, "paid", pending->paid ? "yes" : NULL);
    line_put(&w, "counted", pending->counted ? "yes" : NULL);
    line_put(&w, "asked", pending->asked ? "yes" : NULL);
    line_put(&w, "stays", pending->stays ? "yes" : NULL);
    return line_end(&w);
}

static bool copy(char *out, size_t room, const char *value)
{
    if (!value || strlen(value) >= room)
        return false;
    memcpy(out, value, strlen(value) + 1);
    return true;
}

static bool pending_read(struct pending *pending, char *value, size_t len)
{
    struct line line;
    if (line_parse(&line, value, len) < 0 || strcmp(line.verb, "pending") != 0)
        return false;
    pending->day = (unsigned)line_number(&line, "day", 0);
    pending->bits = (unsigned)line_number(&line, "bits", CAPTCHA_WORK_BITS_MOST);
    pending->parts = (unsigned)line_number(&line, "parts", 1);
    pending->paid = line_get(&line, "paid") != NULL;
    pending->counted = line_get(&line, "counted") != NULL;
    pending->asked = line_get(&line, "asked") != NULL;
    pending->stays = line_get(&line, "stays") != NULL;
    return copy(pending->sid, sizeof pending->sid, line_get(&line, "session")) &&
           copy(pending->mobile, sizeof pending->mobile, line_get(&line, "mobile")) &&
           copy(pending->name, sizeof pending->name, line_get(&line, "name")) &&
           copy(pending->text, sizeof pending->text, line_get(&line, "text")) &&
           copy(pending->key, sizeof pending->key, line_get(&line, "key")) &&
           copy(pending->form, sizeof pending->form, line_get(&line, "form"));
}

static bool outcome_read(struct outcome *outcome, char *value, size_t len)
{
    struct line line;
    if (line_parse(&line, value, len) < 0 || strcmp(line.verb, "used") != 0)
        return false;
    outcome->until = line_number(&line, "until", 0);
    return copy(outcome->sid, sizeof outcome->sid, line_get(&line, "session")) &&
           copy(outcome->heir, sizeof outcome->heir, line_get(&line, "heir")) &&
           copy(outcome->key, sizeof outcome->key, line_get(&line, "key")) &&
           copy(outcome->message, sizeof outcome->message, line_get(&line, "message")) &&
           copy(outcome->conversation, sizeof outcome->conversation,
                line_get(&line, "conversation")) &&
           copy(outcome->code, sizeof outcome->code, line_get(&line, "code"));
}

int pending_put(struct visit *visit, struct pending *pending)
{
    char value[PENDING_ROOM], key[KEY_ROOM];
    int len = pending_write(pending, value);
    if (len < 0 || !session_ticket(pending->pid))
        return -EAGAIN;
    int e = store_add(store_of(visit), key_of(key, "p", pending->pid), value, (size_t)len, LIFE);
    if (e == 0)
        e = store_set(store_of(visit), draft_key(key, pending), pending->pid, TICKET_LEN, LIFE);
    if (e == 0)
        tally_add(TALLY_PENDING);
    return backend_note(e);
}

int pending_of_key(struct visit *visit, struct pending *pending)
{
    char key[KEY_ROOM], value[PENDING_ROOM], pid[TICKET_LEN + 1];
    size_t len;
    int e = store_get(store_of(visit), draft_key(key, pending), pid, sizeof pid, &len, NULL);
    if (e == 0 && !captcha_id_is_valid(pid))
        e = -ENOENT;
    if (e == 0)
        e = store_get(store_of(visit), key_of(key, "p", pid), value, sizeof value, &len, NULL);
    if (e == 0 && !pending_read(pending, value, len))
        e = -ENOENT;
    if (e == 0)
        memcpy(pending->pid, pid, sizeof pid);
    return backend_note(e);
}

struct found {
    struct pending *pending;
    struct outcome *outcome;
    bool waits, used;
};

static void found_take(void *context, unsigned nth, char *value, size_t len, uint64_t cas)
{
    struct found *found = context;
    (void)cas; /* nothing is written back */
    if (nth == 0)
        found->waits = pending_read(found->pending, value, len);
    else
        found->used = outcome_read(found->outcome, value, len);
}

int pending_get(struct visit *visit, const char *pid, struct pending *pending,
                struct outcome *outcome, bool *used)
{
    char waits[KEY_ROOM], gone[KEY_ROOM];
    struct found found = {pending, outcome, false, false};
    if (!captcha_id_is_valid(pid))
        return -ENOENT;
    const char *keys[] = {key_of(waits, "p", pid), key_of(gone, "u", pid)};
    int e = backend_note(store_get_many(store_of(visit), keys, 2, found_take, &found));
    memcpy(pending->pid, pid, sizeof pending->pid);
    *used = found.used;
    return e < 0 ? e : found.waits || found.used ? 0 : -ENOENT;
}

int pending_try(struct visit *visit, const char *pid, uint64_t *tries)
{
    char key[KEY_ROOM];
    return backend_note(store_count_new(store_of(visit), key_of(key, "x", pid), 1, LIFE, tries));
}

int pending_claim(struct visit *visit, const char *pid)
{
    char key[KEY_ROOM];
    return backend_note(store_delete(store_of(visit), key_of(key, "p", pid)));
}

int pending_used(struct visit *visit, const char *pid, const struct outcome *outcome)
{
    char value[PENDING_ROOM], key[KEY_ROOM];
    struct line_writer w;
    line_begin(&w, value, sizeof value);
    line_verb(&w, "used", NULL);
    line_put(&w, "key", outcome->key);
    line_put(&w, "session", outcome->sid);
    line_put(&w, "heir", outcome->heir);
    line_put(&w, "message", outcome->message);
    line_put(&w, "conversation", outcome->conversation);
    line_put(&w, "code", outcome->code);
    line_put_number(&w, "until", outcome->until);
    int len = line_end(&w);
    if (len < 0)
        return -E2BIG;
    return backend_note(
        store_set(store_of(visit), key_of(key, "u", pid), value, (size_t)len, LIFE));
}

int pending_inherit(struct visit *visit, const struct session *heir)
{
    char key[KEY_ROOM];
    return backend_note(store_set(store_of(visit), key_of(key, "h", heir->sid), visit->session.sid,
                                  SESSION_SID_LEN, LIFE));
}

bool pending_is_ours(struct visit *visit, const struct pending *pending)
{
    char key[KEY_ROOM], root[SESSION_SID_LEN + 1];
    return strcmp(pending->sid, visit->session.sid) == 0 ||
           (backend_note(store_get(store_of(visit), key_of(key, "h", visit->session.sid), root,
                                   sizeof root, NULL, NULL)) == 0 &&
            strcmp(pending->sid, root) == 0);
}

int pending_heard(struct visit *visit, const char *pid)
{
    char key[KEY_ROOM];
    return backend_note(store_set(store_of(visit), key_of(key, "a", pid), "1", 1, LIFE));
}

bool pending_was_heard(struct visit *visit, const char *pid)
{
    char key[KEY_ROOM], value[4];
    return backend_note(store_get(store_of(visit), key_of(key, "a", pid), value, sizeof value, NULL,
                                  NULL)) == 0;
}

void pending_describe(const struct visit *visit, const struct pending *pending, struct json *json)
{
    apr_pool_t *pool = visit->r->pool;
    json_string(json, "state", "captcha");
    json_string(json, "pending", pending->pid);
    json_string(json, "image",
                apr_pstrcat(pool, visit->base, "captcha/", pending->pid, ".png", NULL));
    json_string(json, "audio",
                apr_pstrcat(pool, visit->base, "captcha/", pending->pid, ".wav", NULL));
    json_number(json, "work", pending->bits);
    json_number(json, "expires_in", PENDING_LIFE);
    json_string(json, "to", pending->mobile);
    json_number(json, "parts", pending->parts);
    if (pending->paid)
        json_bool(json, "paid", true);
}
