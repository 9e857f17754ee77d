/* See problem.h. */
#include "mod_smsinteractivo/answer/problem.h"

#include <apr_strings.h>

static const struct problem_row rows[PROBLEMS] = {
    [PROBLEM_NONE] = {"none", 200, NULL},
    [PROBLEM_FORM] = {"form-malformed", 400, NULL},
    [PROBLEM_FORM_TYPE] = {"form-type", 415, NULL},
    [PROBLEM_FORM_SIZE] = {"form-too-large", 413, NULL},
    [PROBLEM_FORM_SLOW] = {"form-too-slow", 408, NULL},
    [PROBLEM_FOREIGN] = {"foreign-form", 403, NULL},
    [PROBLEM_METHOD] = {"method", 405, NULL},
    [PROBLEM_UNKNOWN] = {"not-found", 404, NULL},
    [PROBLEM_NAME] = {"name-refused", 422, "name"},
    [PROBLEM_NUMBER] = {"number-refused", 422, "number"},
    [PROBLEM_MESSAGE] = {"message-refused", 422, "message"},
    [PROBLEM_OPTED_OUT] = {"opted-out", 422, "number"},
    [PROBLEM_LIMIT] = {"too-many", 429, NULL},
    [PROBLEM_LIMIT_MOBILE] = {"too-many-to-mobile", 429, "number"},
    [PROBLEM_SAME_TEXT] = {"same-text", 429, "message"},
    [PROBLEM_CODES_BUSY] = {"codes-busy", 409, "number"},
    [PROBLEM_CAPTCHA_WRONG] = {"captcha-wrong", 422, "code"},
    [PROBLEM_CAPTCHA_GONE] = {"captcha-gone", 410, "code"},
    [PROBLEM_CAPTCHA_TRIES] = {"captcha-tries", 410, "code"},
    [PROBLEM_IN_PROGRESS] = {"in-progress", 409, NULL},
    [PROBLEM_AWAY] = {"away", 503, NULL},
    [PROBLEM_CONVERSATION] = {"no-conversation", 404, "conversation"},
    [PROBLEM_SESSION_OVER] = {"session-over", 410, NULL},
};

const struct problem_row *problem_row(enum problem problem)
{
    return &rows[problem];
}

const char *problem_text_missing(const struct catalogue *catalogue)
{
    apr_pool_t *pool = apr_hash_pool_get(catalogue->texts);
    for (int i = PROBLEM_NONE + 1; i < PROBLEMS; i++) {
        const char *title = apr_pstrcat(pool, "problem.", rows[i].slug, NULL);
        const char *detail = apr_pstrcat(pool, title, ".detail", NULL);
        if (!catalogue_text(catalogue, title))
            return title;
        if (!catalogue_text(catalogue, detail))
            return detail;
    }
    return NULL;
}
