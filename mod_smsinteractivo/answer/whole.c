/* See whole.h. */
#include "mod_smsinteractivo/answer/whole.h"

#include <util_filter.h>

enum { SMALL = 4096 /* octets; from here on the core does not wait for more */ };

static ap_filter_rec_t *filter;

/* The head comes first, alone. It is kept until the body follows, which it does at once. */
static apr_status_t whole_filter(ap_filter_t *f, apr_bucket_brigade *brigade)
{
    apr_bucket_alloc_t *alloc = f->c->bucket_alloc;
    apr_bucket_brigade *all = f->ctx;
    apr_off_t len = 0;
    if (!all)
        f->ctx = all = apr_brigade_create(f->r->pool, alloc);
    APR_BRIGADE_CONCAT(all, brigade);
    apr_bucket *last = APR_BRIGADE_LAST(all);
    if (APR_BRIGADE_EMPTY(all) || !APR_BUCKET_IS_EOS(last))
        return APR_SUCCESS;
    apr_brigade_length(all, 0, &len);
    if (len >= 0 && len < SMALL)
        APR_BUCKET_INSERT_BEFORE(last, apr_bucket_flush_create(alloc));
    ap_remove_output_filter(f);
    return ap_pass_brigade(f->next, all);
}

void whole_register(void)
{
    filter = ap_register_output_filter("SMS_WHOLE", whole_filter, NULL, AP_FTYPE_CONNECTION - 1);
}

void whole_put(request_rec *r)
{
    if (!r->connection->master && !r->main)
        ap_add_output_filter_handle(filter, NULL, r, r->connection);
}
