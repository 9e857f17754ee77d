/* See send.h. Nothing is counted against a visitor for a form that was refused. */
#include "mod_smsinteractivo/send/send.h"
#include "mod_smsinteractivo/talk/conversation.h"
#include "mod_smsinteractivo/backend/daemon.h"
#include "mod_smsinteractivo/send/challenge.h"
#include "mod_smsinteractivo/send/deliver.h"
#include "mod_smsinteractivo/visit/digest.h"
#include "mod_smsinteractivo/page/page.h"
#include "mod_smsinteractivo/guard/quota.h"
#include "mod_smsinteractivo/backend/tally.h"

#include <apr_strings.h>
#include <errno.h>
#include <string.h>

enum { DAY = 86400 };

static bool invalid(struct fault *fault, enum problem problem, const char *detail_key)
{
    *fault = (struct fault){.problem = problem, .detail_key = detail_key, .left = -1};
    tally_add(TALLY_INVALID);
    return false;
}

/* The key a client chose, or one of our own where it chose none, with what it stands for. */
static bool key_make(struct visit *visit, struct pending *pending)
{
    const char *chosen = visit_field(visit, "key");
    if (*chosen && strlen(chosen) <= PENDING_FORM_MOST)
        memcpy(pending->form, chosen, strlen(chosen) + 1);
    else if (!session_ticket(pending->form))
        return false;
    /* Of no session: sent again after the first code changed it, it is still the same draft, and
     * smppd tells sessions apart. */
    digest_of(pending->key, pending->form, pending->mobile, pending->text, NULL);
    /* A time in front stays there, whatever it says: smppd's indexes are in its order. */
    if (strspn(pending->form, "0123456789abcdef") >= TICKET_TIME_LEN)
        memcpy(pending->key, pending->form, TICKET_TIME_LEN);
    return true;
}

/* The form's fields, cleaned. */
static bool draft_take(struct visit *visit, struct pending *pending, struct fault *fault)
{
    const struct settings *set = visit->settings;
    enum name_fault name = name_check(visit_field(visit, "name"), set->names, pending->name);
    enum number_fault number = number_parse(visit_field(visit, "number"), pending->mobile);
    enum message_fault message =
        message_check(visit_field(visit, "message"), set->words, setting_links(set), pending->text);
    if (name != NAME_FINE)
        return invalid(fault, PROBLEM_NAME, name_fault_text(name));
    if (number != NUMBER_FINE)
        return invalid(fault, PROBLEM_NUMBER, number_fault_text(number));
    if (message != MESSAGE_FINE)
        return invalid(fault, PROBLEM_MESSAGE, message_fault_text(message));
    memcpy(pending->sid, visit->session.sid, sizeof pending->sid);
    pending->day = (unsigned)(apr_time_sec(visit->r->request_time) / DAY);
    if (key_make(visit, pending))
        return true;
    *fault = (struct fault){.problem = PROBLEM_AWAY, .retry_in = 1, .left = -1};
    return false;
}

static bool captcha_is_due(const struct visit *visit, const struct conversation *open)
{
    switch (setting_captcha(visit->settings)) {
    case CAPTCHA_OFF:
        return false;
    case CAPTCHA_ALWAYS:
        return true;
    default:
        return !open || open->unanswered >= setting_captcha_unanswered(visit->settings);
    }
}

static unsigned parts_of(const struct pending *pending, bool opens)
{
    struct greeting greeting;
    if (!daemon_greeting(&greeting) && !(daemon_is_there() && daemon_greeting(&greeting)))
        return 1; /* smppd is away; the visitor sees the number when it is back */
    return message_parts(pending->name, pending->text, opens ? greeting.notice : NULL,
                         greeting.policy);
}

/* A security code is asked for: the one that the same draft already has, or a new one. */
static int captcha_ask(struct visit *visit, struct pending *pending, bool opens)
{
    struct fault fault;
    int e = pending_of_key(visit, pending);
    if (e == -ENOENT) {
        if (!quota_take_one(visit, QUOTA_PICTURES, &fault))
            return page_fault(visit, &fault, pending);
        pending->parts = parts_of(pending, opens);
        pending->bits = captcha_work_bits(quota_proofs(visit));
        e = pending_put(visit, pending);
    }
    if (e < 0) {
        fault = (struct fault){.problem = PROBLEM_AWAY, .retry_in = 2, .left = -1};
        return page_fault(visit, &fault, pending);
    }
    return challenge_reply(visit, HTTP_ACCEPTED, pending);
}

static int deliver_now(struct visit *visit, const struct pending *pending, bool opens,
                       struct quota_bill *bill)
{
    struct outcome outcome;
    struct fault fault;
    char nonce[TICKET_LEN + 1];
    if (!session_ticket(nonce)) {
        fault = (struct fault){.problem = PROBLEM_AWAY, .retry_in = 1, .left = -1};
        return page_fault(visit, &fault, pending);
    }
    if (!quota_take(visit, pending, opens, bill, &fault))
        return page_fault(visit, &fault, pending);
    int e = deliver(visit, &visit->session, pending, nonce, &outcome, &fault);
    if (e == -EREMOTEIO) /* it will not go out */
        quota_return(visit, bill);
    if (e < 0)
        return page_fault(visit, &fault, pending);
    return deliver_reply(visit, &outcome);
}

static int away(struct visit *visit, const struct pending *pending)
{
    struct fault fault = {.problem = PROBLEM_AWAY, .retry_in = 2, .left = -1};
    return page_fault(visit, &fault, pending);
}

int send_handle(struct visit *visit)
{
    struct pending pending = {.parts = 1};
    struct quota_bill bill = {0};
    struct conversations all;
    struct fault fault;
    tally_add(TALLY_SENDS);
    if (!draft_take(visit, &pending, &fault))
        return page_fault(visit, &fault, NULL);
    if (conversations_read(visit, &all) == -EAGAIN)
        return away(visit, &pending);
    const struct conversation *open = conversation_with(&all, pending.mobile);
    if ((!open && !quota_session(visit, &all, &fault)) ||
        !quota_look(visit, &pending, !open, &fault))
        return page_fault(visit, &fault, &pending);
    bool opens = !open, due = captcha_is_due(visit, open);
    if (!due && !daemon_is_there()) /* before anything is counted */
        return away(visit, &pending);
    if (!due && open && setting_captcha(visit->settings) == CAPTCHA_ADAPTIVE) {
        int e = quota_without_code(visit, &all, open, &bill);
        if (e == -EAGAIN)
            return away(visit, &pending);
        due = e == -EDQUOT;
    }
    return due ? captcha_ask(visit, &pending, opens) : deliver_now(visit, &pending, opens, &bill);
}
