/* The order in which jobs are executed; see order.h. */
#include "smpp/spool/order.h"

enum { REST_MOST = 512 };

static bool is_passed(const struct job *job)
{
    static const bool passed[JOB_KINDS] = {
        [JOB_PART] = true,         [JOB_RECEIPT] = true, [JOB_SHOWN] = true,
        [JOB_CONVERSATION] = true, [JOB_EVENT] = true,   [JOB_NOTICE] = true};

    return passed[job->kind];
}

static bool may_pass(const struct order *order, const struct job *job)
{
    const struct spool_message *message = (const void *)job->request;

    if (!order->passes || order->bars > 0 || order->count >= REST_MOST)
        return false;
    /* The row of the conversation that it opens may be among them. */
    return job->kind == JOB_REPLY ||
           (job->kind == JOB_KEEP && !(message->opens && order->conversations > 0));
}

/* A job joins the rest, by 1, or leaves it, by -1. */
static void rest_count(struct order *order, const struct job *job, unsigned by)
{
    order->count += by;
    order->bars += is_passed(job) ? 0 : by;
    order->conversations += job->kind == JOB_CONVERSATION ? by : 0;
}

void order_begin(struct order *order, bool passes)
{
    *order = (struct order){.passes = passes};
    job_list_init(&order->ahead);
    job_list_init(&order->rest);
}

void order_add(struct order *order, struct job_list *jobs)
{
    struct job *job;

    while ((job = job_list_take(jobs)))
        if (may_pass(order, job)) {
            job_list_add(&order->ahead, job);
        } else {
            job_list_add(&order->rest, job);
            rest_count(order, job, 1);
        }
}

struct job *order_take(struct order *order)
{
    struct job *job = job_list_take(&order->ahead);

    if (!job && (job = job_list_take(&order->rest)))
        rest_count(order, job, -1U);
    return job;
}

void order_end(struct order *order, struct job_list *jobs)
{
    job_list_join(jobs, &order->ahead);
    job_list_join(jobs, &order->rest);
}
