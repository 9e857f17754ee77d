/*
 * The order is the protection: count the try, compare, claim, spend. Each claim is one atomic
 * operation; whoever loses one sends nothing. After the claim nothing is lost either: where smppd
 * cannot take the message now, the draft waits once more, paid for, under the same idempotency key.
 */
#include "mod_smsinteractivo/send/verify.h"
#include "mod_smsinteractivo/talk/conversation.h"
#include "mod_smsinteractivo/backend/daemon.h"
#include "mod_smsinteractivo/send/deliver.h"
#include "mod_smsinteractivo/page/page.h"
#include "mod_smsinteractivo/guard/quota.h"
#include "mod_smsinteractivo/backend/tally.h"

#include <errno.h>
#include <string.h>

enum { RETRY_SECONDS = 5 };

static struct fault fault_make(enum problem problem, int64_t retry_in, int left)
{
    return (struct fault){.problem = problem, .retry_in = retry_in, .left = left};
}

static int away(struct visit *visit, const struct pending *pending)
{
    struct fault fault = fault_make(PROBLEM_AWAY, RETRY_SECONDS, -1);
    return page_again(visit, &fault, pending);
}

/* Unknown, expired, spent, or another session's: one answer for all, so that nothing is learnt. */
static int gone(struct visit *visit)
{
    struct fault fault = fault_make(PROBLEM_CAPTCHA_GONE, 0, -1);
    tally_add(TALLY_SPENT);
    return page_fault(visit, &fault, NULL);
}

static bool code_is_right(struct visit *visit, const struct pending *pending)
{
    const struct captcha_secret *secret = &visit->deployment->secret;
    const char *typed = visit_field(visit, "code");
    char code[CAPTCHA_CODE_ROOM], digits[CAPTCHA_DIGITS_ROOM];
    captcha_code(secret, pending->pid, pending->day, code);
    if (captcha_matches(typed, code))
        return true;
    captcha_digits(secret, pending->pid, pending->day, digits);
    return captcha_matches(typed, digits) && pending_was_heard(visit, pending->pid);
}

/* The page writes "w" and the nonce where a code would stand. */
static bool proof_is_right(struct visit *visit, const struct pending *pending)
{
    const char *typed = visit_field(visit, "code");
    return *typed == 'w' && captcha_work_verify(pending->pid, typed + 1, pending->bits);
}

/* Whether this proof may still be spent: the address has few an hour. */
static bool proof_take(struct visit *visit, const struct pending *pending, int *answer)
{
    struct fault fault;
    if (!quota_take_one(visit, QUOTA_PROOFS, &fault)) {
        *answer = page_again(visit, &fault, pending);
        return false;
    }
    tally_add(TALLY_PROOFS);
    return true;
}

/* The same press came twice: what the first one got, to whom it belongs. */
static int repeat(struct visit *visit, const struct outcome *outcome)
{
    struct session heir;
    if (strcmp(outcome->heir, visit->session.sid) == 0)
        return deliver_reply(visit, outcome);
    if (strcmp(outcome->sid, visit->session.sid) != 0)
        return gone(visit);
    session_heir(&visit->deployment->secret, &visit->session, outcome->key, &heir);
    visit->session = heir;
    return deliver_reply(visit, outcome);
}

/* The claim was lost: either the winner is still busy or has left word. */
static int lost(struct visit *visit, const char *pid)
{
    struct pending pending;
    struct outcome outcome;
    bool used = false;
    if (pending_get(visit, pid, &pending, &outcome, &used) == 0 && used)
        return repeat(visit, &outcome);
    struct fault fault = fault_make(PROBLEM_IN_PROGRESS, 1, -1);
    return page_fault(visit, &fault, NULL);
}

/* The draft waits once more, under a new id. */
static int again(struct visit *visit, struct pending *pending, struct fault *fault, bool paid)
{
    struct pending fresh = *pending;
    fresh.paid = paid;
    fresh.day = (unsigned)(apr_time_sec(visit->r->request_time) / 86400);
    if (pending_put(visit, &fresh) == 0) {
        fault->fresh = &fresh;
        return page_again(visit, fault, &fresh);
    }
    return page_fault(visit, fault, pending);
}

/* For whom the message is: the session of the first attempt, whatever memcached says by now. */
static void heir_of(const struct visit *visit, const struct pending *pending, bool begins,
                    struct session *heir)
{
    *heir = visit->session;
    if (pending->asked ? !pending->stays : begins)
        session_heir(&visit->deployment->secret, &visit->session, pending->key, heir);
}

/* Hands it to smppd, which knows the key again if it had the message already. */
static bool deliver_paid(struct visit *visit, struct pending *pending, const struct session *heir,
                         struct outcome *outcome, struct fault *fault)
{
    pending->stays = strcmp(heir->sid, visit->session.sid) == 0;
    pending->asked = true;
    if (deliver(visit, heir, pending, pending->pid, outcome, fault) < 0)
        return false;
    memcpy(outcome->sid, visit->session.sid, sizeof outcome->sid);
    memcpy(outcome->key, pending->key, sizeof outcome->key);
    return true;
}

static int spend(struct visit *visit, struct pending *pending)
{
    struct conversations all;
    struct outcome outcome;
    struct fault fault;
    struct session heir;
    struct quota_bill bill = {0}; /* paid: counted once, however often it is pressed */
    int known = conversations_read(visit, &all);
    bool opens = !conversation_with(&all, pending->mobile);
    if (known == -EAGAIN)
        return away(visit, pending);
    heir_of(visit, pending, known == -ENOENT, &heir);
    int e = pending_claim(visit, pending->pid);
    if (e == -ENOENT)
        return lost(visit, pending->pid);
    if (e < 0)
        return away(visit, pending);
    tally_add(TALLY_RIGHT);
    if (!pending->counted && !quota_take(visit, pending, opens, &bill, &fault))
        return again(visit, pending, &fault, true);
    pending->counted = true;
    if (!deliver_paid(visit, pending, &heir, &outcome, &fault))
        return again(visit, pending, &fault, fault.problem != PROBLEM_CAPTCHA_GONE);
    /* Where this fails, a second press is told that the code is used; the message shows anyway. */
    (void)pending_used(visit, pending->pid, &outcome);
    if (!pending->stays)
        (void)pending_inherit(visit, &heir); /* or other windows have to begin anew */
    visit->session = heir;
    return deliver_reply(visit, &outcome);
}

static int wrong(struct visit *visit, struct pending *pending, uint64_t tries)
{
    int left = setting_captcha_tries(visit->settings) - (int)tries;
    struct fault fault = fault_make(PROBLEM_CAPTCHA_WRONG, 0, left > 0 ? left : 0);
    tally_add(TALLY_WRONG);
    if (left > 0)
        return page_again(visit, &fault, pending);
    (void)pending_claim(visit, pending->pid); /* where this fails, the count still refuses it */
    fault.problem = PROBLEM_CAPTCHA_TRIES;
    struct fault limit;
    if (!quota_take_one(visit, QUOTA_PICTURES, &limit))
        return page_fault(visit, &limit, pending);
    return again(visit, pending, &fault, false);
}

/* Whether this press may spend the draft. Counts the try before it compares. */
static bool press_is_right(struct visit *visit, struct pending *pending, int *answer)
{
    uint64_t tries = 0;
    if (pending->paid)
        return true;
    if (pending_try(visit, pending->pid, &tries) < 0)
        *answer = away(visit, pending);
    else if (tries > (uint64_t)setting_captcha_tries(visit->settings))
        *answer = gone(visit);
    else if (code_is_right(visit, pending))
        return true;
    else if (proof_is_right(visit, pending))
        return proof_take(visit, pending, answer);
    else
        *answer = wrong(visit, pending, tries);
    return false;
}

int verify_handle(struct visit *visit)
{
    const char *pid = visit_field(visit, "pending");
    struct pending pending;
    struct outcome outcome;
    bool used = false;
    int answer = OK;
    int e = pending_get(visit, pid, &pending, &outcome, &used);
    if (e == -ENOENT)
        return gone(visit);
    if (e < 0)
        return away(visit, NULL);
    if (used)
        return repeat(visit, &outcome);
    if (!pending_is_ours(visit, &pending))
        return gone(visit);
    if (!daemon_is_there())
        return away(visit, &pending);
    return press_is_right(visit, &pending, &answer) ? spend(visit, &pending) : answer;
}
