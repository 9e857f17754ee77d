/* Answers: JSON, an image, a page, a way elsewhere. Each returns what a handler returns. */
#ifndef SMSI_REPLY_H
#define SMSI_REPLY_H

#include <apr_buckets.h>

#include "mod_smsinteractivo/answer/json.h"
#include "mod_smsinteractivo/answer/problem.h"
#include "mod_smsinteractivo/visit/visit.h"

struct pending;

/* What went wrong, in one place, for JSON and HTML alike. */
struct fault {
    enum problem problem;
    const char *detail_key;      /* another sentence of the catalogue than the problem's own */
    int64_t retry_in;            /* seconds; 0: not said */
    int left;                    /* tries left; -1: not said */
    const struct pending *fresh; /* a new code for the same message, where one was made */
};

/* Headers of every answer that is not a file: not stored, cookie where due. */
void reply_head(struct visit *visit);

/* Retry-After, where the fault says when. */
void reply_retry(struct visit *visit, const struct fault *fault);

int reply_json(struct visit *visit, int status, struct json *json);
/* `octets` live as long as the request. `type` as Content-Type. */
int reply_octets(struct visit *visit, int status, const char *type, const char *octets,
                 apr_size_t len);
int reply_brigade(struct visit *visit, int status, const char *type, apr_bucket_brigade *brigade);
/* 303 to the mount's path and `rest`. */
int reply_see_other(struct visit *visit, const char *rest);

/* RFC 9457 with the fault's words; HTML callers use page_fault (page.h). */
int reply_problem(struct visit *visit, const struct fault *fault);

/* The fault's sentence, filled in. */
const char *fault_title(const struct visit *visit, const struct fault *fault);
const char *fault_detail(const struct visit *visit, const struct fault *fault);

#endif
