/* See challenge.h. Whoever does not hold the session that wrote the draft gets the same 404 as for
 * an id that never was. */
#include "mod_smsinteractivo/send/challenge.h"
#include "mod_smsinteractivo/page/page.h"
#include "mod_smsinteractivo/send/pending.h"
#include "mod_smsinteractivo/guard/quota.h"
#include "mod_smsinteractivo/backend/tally.h"

#include <apr_strings.h>
#include <errno.h>
#include <string.h>

enum { DAY = 86400 };

/* The draft of `pid`, if it waits and is this session's. 0, -ENOENT, -EAGAIN. */
static int draft_of(struct visit *visit, const char *pid, struct pending *pending)
{
    struct outcome outcome;
    bool used = false;
    int e = pending_get(visit, pid, pending, &outcome, &used);
    if (e == 0 && (used || !pending_is_ours(visit, pending)))
        e = -ENOENT;
    return e;
}

static int refuse(struct visit *visit, enum problem problem, int64_t retry_in)
{
    struct fault fault = {.problem = problem, .retry_in = retry_in, .left = -1};
    return page_fault(visit, &fault, NULL);
}

static int file_reply(struct visit *visit, const char *type, const unsigned char *octets, int len)
{
    if (len < 0)
        return HTTP_INTERNAL_SERVER_ERROR;
    /* The same bytes for one id, and nobody else may have them. */
    apr_table_setn(visit->r->headers_out, "Cache-Control", "private, max-age=300");
    apr_table_setn(visit->r->headers_out, "X-Content-Type-Options", "nosniff");
    return reply_octets(visit, HTTP_OK, type, (const char *)octets, (apr_size_t)len);
}

static int picture_reply(struct visit *visit, const struct pending *pending, bool dark)
{
    unsigned char *octets = apr_palloc(visit->r->pool, CAPTCHA_PICTURE_ROOM);
    tally_add(TALLY_PICTURES);
    return file_reply(visit, "image/png", octets,
                      captcha_picture(&visit->deployment->secret, pending->pid, pending->day, dark,
                                      octets, CAPTCHA_PICTURE_ROOM));
}

static int recording_reply(struct visit *visit, const struct pending *pending)
{
    struct fault fault;
    if (!quota_take_one(visit, QUOTA_RECORDINGS, &fault))
        return page_fault(visit, &fault, pending);
    if (pending_heard(visit, pending->pid) < 0)
        return refuse(visit, PROBLEM_AWAY, 2);
    unsigned char *octets = apr_palloc(visit->r->pool, CAPTCHA_AUDIO_ROOM);
    tally_add(TALLY_RECORDINGS);
    return file_reply(visit, "audio/wav", octets,
                      captcha_audio(&visit->deployment->secret, pending->pid, pending->day,
                                    visit->settings->voice, octets, CAPTCHA_AUDIO_ROOM));
}

int challenge_show(struct visit *visit, const char *file)
{
    struct pending pending;
    const char *rest = strlen(file) > TICKET_LEN ? file + TICKET_LEN : "";
    const char *pid = apr_pstrndup(visit->r->pool, file, TICKET_LEN);
    bool dark = strcmp(rest, "-dark.png") == 0, sound = strcmp(rest, ".wav") == 0;
    int e = dark || sound || strcmp(rest, ".png") == 0 ? draft_of(visit, pid, &pending) : -ENOENT;
    if (e == -ENOENT)
        return refuse(visit, PROBLEM_UNKNOWN, 0);
    if (e < 0)
        return refuse(visit, PROBLEM_AWAY, 2);
    return sound ? recording_reply(visit, &pending) : picture_reply(visit, &pending, dark);
}

int challenge_reply(struct visit *visit, int status, const struct pending *pending)
{
    struct json json;
    if (!visit->json)
        return reply_see_other(visit, apr_pstrcat(visit->r->pool, "?p=", pending->pid, NULL));
    json_begin(&json, visit->r->pool, 512);
    json_object(&json, NULL);
    pending_describe(visit, pending, &json);
    json_number(&json, "attempts", setting_captcha_tries(visit->settings));
    json_object_end(&json);
    return reply_json(visit, status, &json);
}

int challenge_renew(struct visit *visit)
{
    struct pending pending;
    struct fault fault;
    int e = draft_of(visit, visit_field(visit, "pending"), &pending);
    if (e == -ENOENT)
        return refuse(visit, PROBLEM_CAPTCHA_GONE, 0);
    if (e == 0 && *visit_field(visit, "edit") && !visit->json)
        return page_form(visit, &pending);
    if (e == 0 && !quota_take_one(visit, QUOTA_PICTURES, &fault))
        return page_again(visit, &fault, &pending);
    if (e == 0)
        e = pending_claim(visit, pending.pid); /* the old code is dead before the new one lives */
    if (e == -ENOENT)
        return refuse(visit, PROBLEM_CAPTCHA_GONE, 0);
    pending.day = (unsigned)(apr_time_sec(visit->r->request_time) / DAY);
    pending.bits = captcha_work_bits(quota_proofs(visit));
    if (e < 0 || pending_put(visit, &pending) < 0)
        return refuse(visit, PROBLEM_AWAY, 2);
    return challenge_reply(visit, HTTP_OK, &pending);
}
