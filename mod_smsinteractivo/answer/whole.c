/* See whole.h. */
#include "mod_smsinteractivo/answer/whole.h"

#include <util_filter.h>

enum {
    SMALL = 4096, /* octets; from here on the core does not wait for more */
    LARGE = 65536 /* and from here on they are not worth a copy */
};

static ap_filter_rec_t *filter;

/* Everything as one bucket, sent at once where the core would wait. */
static apr_status_t join(apr_bucket_brigade *all, apr_size_t len)
{
    apr_bucket_alloc_t *alloc = all->bucket_alloc;
    char *octets = apr_bucket_alloc(len, alloc);
    apr_status_t rv = apr_brigade_flatten(all, octets, &len);
    apr_brigade_cleanup(all);
    APR_BRIGADE_INSERT_TAIL(all, apr_bucket_heap_create(octets, len, apr_bucket_free, alloc));
    if (len < SMALL)
        APR_BRIGADE_INSERT_TAIL(all, apr_bucket_flush_create(alloc));
    APR_BRIGADE_INSERT_TAIL(all, apr_bucket_eos_create(alloc));
    return rv;
}

/* The head comes first, alone. It is kept until the body follows, which it does at once; in pieces
 * where another module cuts it, each behind a length of its own on the core's stack. */
static apr_status_t whole_filter(ap_filter_t *f, apr_bucket_brigade *brigade)
{
    apr_bucket_brigade *all = f->ctx;
    apr_off_t len = 0;
    apr_status_t rv = ap_save_brigade(f, &all, &brigade, f->r->pool);
    f->ctx = all;
    if (rv != APR_SUCCESS || APR_BRIGADE_EMPTY(all) || !APR_BUCKET_IS_EOS(APR_BRIGADE_LAST(all)))
        return rv;
    ap_remove_output_filter(f);
    apr_brigade_length(all, 0, &len);
    if (len > 0 && len < LARGE)
        rv = join(all, (apr_size_t)len);
    return rv == APR_SUCCESS ? ap_pass_brigade(f->next, all) : rv;
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
