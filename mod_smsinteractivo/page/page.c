/* See page.h. What a screen shows is put into scopes; page.html decides how. */
#include "mod_smsinteractivo/page/page.h"
#include "mod_smsinteractivo/backend/backend.h"
#include "mod_smsinteractivo/talk/conversation.h"
#include "mod_smsinteractivo/backend/daemon.h"
#include "mod_smsinteractivo/backend/tally.h"
#include "mod_smsinteractivo/page/thread.h"

#include <apr_strings.h>
#include <errno.h>
#include <string.h>

static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const char *const page_names[] = {
    /* everywhere */
    "lang", "other", "token", "key", "base", "v", "texts", "policy", "notice", "notice_time",
    "session_ends", "captcha", "seconds", "refresh", "reported", "problem", "title", "detail",
    "retry", "name_bad", "number_bad", "message_bad", "code_bad", "over",
    /* lists and screens */
    "conversations", "form", "challenge", "thread", "events",
    /* their fields */
    "id", "cursor", "to", "shown", "name", "code", "current", "live", "ended", "number", "message",
    "pending", "image", "audio", "dark", "parts", "attempts", "work", "paid", "minutes", "mine",
    "theirs", "note", "from", "time", "hour", "text", "state", "words", "late", "missing", NULL};

const char *page_text_missing(const struct catalogue *catalogue)
{
    static const char *const needed[] = {
        "state.queued",   "state.accepted",  "state.delivered",  "state.waiting",
        "state.failed",   "state.unknown",   "reason.not-claro", "reason.unreachable",
        "reason.expired", "reason.refused",  "reason.opted-out", "reason.network",
        "event.ended",    "number.missing",  "number.character", "number.seven",
        "number.short",   "number.long",     "number.foreign",   "number.other",
        "name.missing",   "name.long",       "name.digits",      "name.link",
        "name.reserved",  "message.missing", "message.long",     "message.link",
        "message.word",   "limit.session",   "notice_time",      "session_ends",
    };
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!catalogue_text(catalogue, needed[i]))
            return needed[i];
    return NULL;
}

static const char *number_text(apr_pool_t *pool, int64_t number)
{
    return apr_psprintf(pool, "%" APR_INT64_T_FMT, number);
}

static void daemon_put(struct visit *visit, struct scope *scope)
{
    struct greeting greeting;
    if (!daemon_greeting(&greeting) && !(daemon_is_there() && daemon_greeting(&greeting)))
        greeting = (struct greeting){.policy = "translit", .idle = GREETING_IDLE_MS};
    scope_put(scope, "policy", apr_pstrdup(visit->r->pool, greeting.policy));
    scope_put(scope, "notice", apr_pstrdup(visit->r->pool, greeting.notice));
    const char *minutes[] = {
        "minutes", number_text(visit->r->pool, greeting.idle < 120000 ? 1 : greeting.idle / 60000),
        NULL};
    scope_put(scope, "notice_time", visit_text(visit, "notice_time", minutes));
    scope_put(scope, "session_ends", visit_text(visit, "session_ends", minutes));
}

/* What every screen has. */
static struct scope *scope_begin(struct visit *visit)
{
    static const char *const captcha[] = {"adaptive", "always", "off"};
    const struct htdocs *htdocs = visit->settings->htdocs;
    apr_pool_t *pool = visit->r->pool;
    struct scope *scope = scope_make(pool, NULL);
    char *token = apr_palloc(pool, SESSION_SID_LEN + 1);
    char *key = apr_pcalloc(pool, TICKET_LEN + 1);
    session_token(&visit->deployment->secret, &visit->session, token);
    /* A form that comes back keeps its key: what it brought may be with smppd already. */
    const char *brought = visit_field(visit, "key");
    if (!*brought && !session_ticket(key))
        *key = '\0'; /* then send makes one, and a double press is two presses */
    scope_put(scope, "lang", language_name(visit->language));
    scope_put(scope, "other",
              language_name(visit->language == LANGUAGE_ES ? LANGUAGE_EN : LANGUAGE_ES));
    scope_put(scope, "token", token);
    scope_put(scope, "key", *brought ? brought : key);
    scope_put(scope, "base", visit->base);
    scope_put(scope, "v", htdocs->hash);
    scope_put(scope, "texts", htdocs->catalogue[visit->language]->json);
    scope_put(scope, "captcha", captcha[setting_captcha(visit->settings)]);
    daemon_put(visit, scope);
    return scope;
}

static int page_reply(struct visit *visit, int status, const struct scope *scope)
{
    request_rec *r = visit->r;
    apr_bucket_brigade *out = apr_brigade_create(r->pool, r->connection->bucket_alloc);
    tally_add(TALLY_PAGES);
    template_fill(visit->settings->htdocs->page[visit->language], scope, out);
    reply_head(visit);
    apr_table_setn(r->headers_out, "Content-Security-Policy", policy);
    apr_table_setn(r->headers_out, "Referrer-Policy", "same-origin");
    apr_table_setn(r->headers_out, "Content-Language", language_name(visit->language));
    apr_table_setn(r->headers_out, "Vary", "Accept");
    return reply_brigade(visit, status, "text/html; charset=utf-8", out);
}

/* Next to its field where the screen has it, else above all; there too where waiting helps. */
static void fault_put(struct visit *visit, struct scope *scope, const struct fault *fault,
                      bool has_code)
{
    static const char *const fields[][2] = {{"name", "name_bad"},
                                            {"number", "number_bad"},
                                            {"message", "message_bad"},
                                            {"code", "code_bad"}};
    const char *field = problem_row(fault->problem)->field;
    const char *detail = fault_detail(visit, fault);
    for (size_t i = 0; field && fault->retry_in == 0 && i < sizeof fields / sizeof *fields; i++)
        if (strcmp(field, fields[i][0]) == 0 && (strcmp(field, "code") == 0) == has_code) {
            scope_put(scope, fields[i][1], detail);
            return;
        }
    struct scope *problem = scope_item(scope, "problem");
    scope_put(problem, "title", fault_title(visit, fault));
    scope_put(problem, "detail", detail);
    if (fault->retry_in > 0)
        scope_put(problem, "retry", number_text(visit->r->pool, fault->retry_in));
}

static void form_put(struct scope *scope, const char *name, const char *number, const char *message)
{
    struct scope *form = scope_item(scope, "form");
    scope_put(form, "name", name);
    scope_put(form, "number", number);
    scope_put(form, "message", message);
}

/* With the key of its form, for smppd may have the message already. */
static void draft_put(struct scope *scope, const struct pending *draft)
{
    form_put(scope, draft->name, draft->mobile, draft->text);
    scope_put(scope, "key", draft->form);
}

/* The list of conversations, its `current` one marked; the scope stays without where there are
 * none. */
static void list_put(struct visit *visit, struct scope *scope, const struct conversations *all,
                     const struct conversation *current)
{
    apr_pool_t *pool = visit->r->pool;
    for (unsigned i = 0; i < all->count; i++) {
        const struct conversation *one = &all->item[i];
        struct scope *item = scope_item(scope, "conversations");
        conversation_put(pool, item, one);
        scope_put(item, "current", one == current ? "1" : NULL);
    }
    if (all->live)
        scope_put(scope, "seconds",
                  number_text(pool, seconds_left(all->transcript.until, all->now)));
}

/* The same beside a screen that is no conversation. */
static void list_add(struct visit *visit, struct scope *scope)
{
    struct conversations all;
    (void)conversations_read(visit, &all); /* what cannot be read is not listed */
    list_put(visit, scope, &all, NULL);
}

int page_challenge(struct visit *visit, const struct pending *pending, const struct fault *fault)
{
    apr_pool_t *pool = visit->r->pool;
    struct scope *scope = scope_begin(visit);
    if (fault)
        fault_put(visit, scope, fault, true);
    list_add(visit, scope);
    struct scope *challenge = scope_item(scope, "challenge");
    char *shown = apr_palloc(pool, 13);
    number_shown(pending->mobile, shown);
    const char *at = apr_pstrcat(pool, visit->base, "captcha/", pending->pid, NULL);
    scope_put(challenge, "pending", pending->pid);
    scope_put(challenge, "image", apr_pstrcat(pool, at, ".png", NULL));
    scope_put(challenge, "dark", apr_pstrcat(pool, at, "-dark.png", NULL));
    scope_put(challenge, "audio", apr_pstrcat(pool, at, ".wav", NULL));
    scope_put(challenge, "work", number_text(pool, pending->bits));
    scope_put(challenge, "paid", pending->paid ? "1" : NULL);
    scope_put(challenge, "to", pending->mobile);
    scope_put(challenge, "number", pending->mobile);
    scope_put(challenge, "shown", shown);
    scope_put(challenge, "name", pending->name);
    scope_put(challenge, "message", pending->text);
    scope_put(challenge, "parts", number_text(pool, pending->parts));
    scope_put(challenge, "attempts", number_text(pool, setting_captcha_tries(visit->settings)));
    if (fault)
        reply_retry(visit, fault);
    return page_reply(visit, fault ? problem_row(fault->problem)->status : HTTP_OK, scope);
}

int page_form(struct visit *visit, const struct pending *draft)
{
    struct scope *scope = scope_begin(visit);
    list_add(visit, scope);
    draft_put(scope, draft);
    return page_reply(visit, HTTP_OK, scope);
}

int page_fault(struct visit *visit, const struct fault *fault, const struct pending *draft)
{
    if (visit->json)
        return reply_problem(visit, fault);
    struct scope *scope = scope_begin(visit);
    fault_put(visit, scope, fault, false);
    list_add(visit, scope);
    if (draft)
        draft_put(scope, draft);
    else
        form_put(scope, visit_field(visit, "name"), visit_field(visit, "number"),
                 visit_field(visit, "message"));
    reply_retry(visit, fault);
    return page_reply(visit, problem_row(fault->problem)->status, scope);
}

int page_again(struct visit *visit, const struct fault *fault, const struct pending *pending)
{
    if (visit->json)
        return reply_problem(visit, fault);
    return pending ? page_challenge(visit, pending, fault) : page_fault(visit, fault, NULL);
}

/* The conversation the query names, or the live one that ends last. */
static const struct conversation *current_of(const struct visit *visit,
                                             const struct conversations *all)
{
    const char *id = visit_query(visit, "c");
    const struct conversation *current = id ? conversation_by_id(all, id) : NULL;
    if (current || visit_query(visit, "new"))
        return current;
    for (unsigned i = 0; i < all->count; i++)
        if (all->item[i].live && (!current || all->item[i].until > current->until))
            current = &all->item[i];
    return current;
}

/* A new message, to the mobile of the conversation `to` where the query names one. */
static void new_put(const struct visit *visit, struct scope *scope, const struct conversations *all)
{
    const char *id = visit_query(visit, "to");
    const struct conversation *before = id ? conversation_by_id(all, id) : NULL;
    form_put(scope, before ? before->name : NULL, before ? before->to : NULL, NULL);
}

/* `?p=ID`: the security code of a draft of this session. */
static int pending_show(struct visit *visit, const char *pid)
{
    struct pending pending;
    struct outcome outcome;
    struct fault fault = {.problem = PROBLEM_CAPTCHA_GONE, .left = -1};
    bool used = false;
    int e = pending_get(visit, pid, &pending, &outcome, &used);
    if (e == 0 && used && strcmp(outcome.heir, visit->session.sid) == 0)
        return reply_see_other(visit,
                               apr_pstrcat(visit->r->pool, "?c=", outcome.conversation, NULL));
    if (e == 0 && !used && pending_is_ours(visit, &pending))
        return page_challenge(visit, &pending, NULL);
    if (e < 0 && e != -ENOENT)
        fault = (struct fault){.problem = PROBLEM_AWAY, .retry_in = 2, .left = -1};
    return page_fault(visit, &fault, NULL);
}

/* `?lang=` is remembered. */
static void language_keep(struct visit *visit)
{
    if (language_parse(visit_query(visit, "lang")) == LANGUAGES)
        return;
    apr_table_addn(visit->r->headers_out, "Set-Cookie",
                   apr_pstrcat(visit->r->pool, LANGUAGE_COOKIE "=", language_name(visit->language),
                               "; Path=", visit->base, "; Max-Age=31536000; SameSite=Lax",
                               visit->secure ? "; Secure" : "", NULL));
}

int page_handle(struct visit *visit)
{
    struct conversations all;
    const char *pid = visit_query(visit, "p");
    language_keep(visit);
    visit->json = false; /* there is only HTML here */
    if (pid)
        return pending_show(visit, pid);
    bool named = visit_query(visit, "c") != NULL; /* a screen that would say it is over */
    int e = (named ? conversations_find : conversations_read)(visit, &all);
    struct scope *scope = scope_begin(visit);
    const struct conversation *current = current_of(visit, &all);
    list_put(visit, scope, &all, current);
    if (visit_query(visit, "reported"))
        scope_put(scope, "reported", "1");
    if (e == -EAGAIN) {
        struct fault fault = {.problem = PROBLEM_AWAY, .retry_in = 5, .left = -1};
        fault_put(visit, scope, &fault, false);
    }
    if (e == -ENOENT && named)
        scope_put(scope, "over", "1");
    if (current)
        thread_put(visit, scope, &all, current);
    else
        new_put(visit, scope, &all);
    return page_reply(visit, e == -EAGAIN ? HTTP_SERVICE_UNAVAILABLE : HTTP_OK, scope);
}
