/* See hold.h, and for what was measured of other ways the README of this room. */
#include "mod_smsinteractivo/wait/hold.h"
#include "mod_smsinteractivo/action.h"
#include "mod_smsinteractivo/monitor/census.h"
#include "mod_smsinteractivo/backend/daemon_link.h"
#include "mod_smsinteractivo/backend/tally.h"
#include "mod_smsinteractivo/wait/parking.h"
#include "mod_smsinteractivo/wait/slim.h"
#include "mod_smsinteractivo/wait/watcher.h"

#include <ap_mmn.h>
#include <ap_mpm.h>
#include <apr_portable.h>
#include <apr_strings.h>
#include <errno.h>
#include <http_config.h>
#include <http_connection.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <http_request.h>
#include <mpm_common.h>
#include <scoreboard.h>
#include <stdatomic.h>

APLOG_USE_MODULE(smsinteractivo);

#if defined AP_MPMQ_CAN_WAITIO && !defined HOLD_WITHOUT_WAITIO
#define HAVE_WAITIO 1
#else
#define HAVE_WAITIO 0
#endif

bool hold_is_possible(void)
{
#if HAVE_WAITIO
    int can = 0;
    return ap_mpm_query(AP_MPMQ_CAN_WAITIO, &can) == APR_SUCCESS && can;
#else
    return false;
#endif
}

#if HAVE_WAITIO

/* A connection's stay, in its conn_config; made with its first request. */
struct held {
    parking_ticket ticket; /* 0 where no place is taken */
    request_rec *r;
    int64_t since; /* ms of CLOCK_BOOTTIME */
    int eventfd;
    int client; /* the real descriptor while the eventfd stands in its place, else -1 */
    bool counted;
    bool inside; /* the stock processing runs inside of ours */
    bool over;   /* it has waited: the handler runs once more and answers */
};

enum { MARGIN_MS = 5000 }; /* between the longest stay and Timeout */

static atomic_bool on;              /* this child holds */
static atomic_bool descriptors_out; /* and had none left when it was last asked to */

static struct held *held_of(const conn_rec *c)
{
    return ap_get_module_config(c->conn_config, &smsinteractivo_module);
}

static struct held *held_make(conn_rec *c)
{
    struct held *held = apr_pcalloc(c->pool, sizeof *held);
    held->client = -1;
    ap_set_module_config(c->conn_config, &smsinteractivo_module, held);
    return held;
}

static void descriptor_put(conn_rec *c, int fd)
{
    apr_socket_t *socket = ap_get_conn_socket(c);
    apr_os_sock_t number = fd;
    apr_os_sock_put(&socket, &number, c->pool);
}

static void client_put_back(conn_rec *c, struct held *held)
{
    if (held->client < 0)
        return;
    watcher_unwatch(held->client);
    descriptor_put(c, held->client);
    held->client = -1;
}

static void count_out(struct held *held)
{
    if (!held->counted)
        return;
    tally_add(TALLY_HELD_OVER);
    census_move(-1);
    held->counted = false;
}

/* The request's pool goes while it is held: the MPM closed the connection. */
static apr_status_t forget(void *data)
{
    struct held *held = data;
    client_put_back(held->r->connection, held); /* before parking_leave closes the eventfd */
    parking_leave(held->ticket);
    count_out(held);
    held->ticket = 0;
    held->r = NULL;
    return APR_SUCCESS;
}

/* A connection that never waits for input asynchronously (`clogging`) or is a stream of HTTP/2
 * cannot. */
static bool connection_can(const conn_rec *c)
{
    return !c->master && c->cs && !c->clogging_input_filters && !c->aborted;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* How long it may wait, in ms. The MPM closes a connection that waits longer than the Timeout of
 * the server its address belongs to, which a virtual host chosen by name may not share: stay well
 * below both. */
static int64_t stay_of(const request_rec *r, const struct settings *settings, int wait)
{
    int64_t most = least(apr_time_as_msec(r->server->timeout),
                         apr_time_as_msec(r->connection->base_server->timeout)) -
                   MARGIN_MS;
    return least(least(wait, setting_wait_most(settings)) * 1000, most);
}

/* Requests inside of others are answered by whoever runs those. */
static bool request_can(const request_rec *r, const struct held *held)
{
    return on && held && !held->over && !held->ticket && !r->main && !r->prev &&
           connection_can(r->connection);
}

static void descriptors_note(const request_rec *r, bool out)
{
    if (descriptors_out == out || atomic_exchange(&descriptors_out, out) == out)
        return;
    if (out)
        ap_log_rerror(APLOG_MARK, APLOG_ERR, errno, r,
                      "SI0112: this child has no descriptor left to hold a poll, visitors ask "
                      "again instead");
    else
        ap_log_rerror(APLOG_MARK, APLOG_NOTICE, 0, r,
                      "SI0113: descriptors to hold polls are there again");
}

bool hold_poll(struct visit *visit, const struct poll *poll)
{
    request_rec *r = visit->r;
    struct held *held = held_of(r->connection);
    if (!request_can(r, held) || setting_wait(visit->settings) == WAIT_OFF)
        return false;
    int64_t stay = stay_of(r, visit->settings, poll->wait), now = boottime_ms();
    if (stay <= 0)
        return false;
    held->ticket = parking_enter(visit->session.sid, poll->after, now + stay, &held->eventfd);
    descriptors_note(r, held->eventfd < 0);
    if (!held->ticket) { /* no place in this child: the next poll may come to another */
        r->connection->keepalive = AP_CONN_CLOSE;
        return false;
    }
    held->r = r;
    held->since = now;
    apr_pool_cleanup_register(r->pool, held, forget, apr_pool_cleanup_null);
    return true;
}

void hold_release(struct visit *visit)
{
    struct held *held = held_of(visit->r->connection);
    if (held)
        apr_pool_cleanup_run(visit->r->pool, held, forget);
}

bool hold_is_over(const request_rec *r)
{
    const struct held *held = held_of(r->connection);
    return held && held->over;
}

/* The handler once more, as httpd's own core would have run it. */
static void answer(request_rec *r, struct held *held)
{
    apr_thread_mutex_lock(r->invoke_mtx);
    held->over = true;
    int status = action_handle(r);
    held->over = false;
    apr_thread_mutex_unlock(r->invoke_mtx);
    if (status == OK || status == DONE) {
        ap_finalize_request_protocol(r);
    } else {
        r->status = HTTP_OK; /* else ap_die takes it for an error within an error */
        ap_die(status, r);
    }
}

/* A worker has the connection back: the answer is written as any other. A client that closed its
 * side may only have finished writing, so it is answered too. */
static void finish(conn_rec *c, struct held *held)
{
    request_rec *r = held->r;
    parking_ticket ticket = held->ticket;
    apr_pool_cleanup_kill(r->pool, held, forget);
    held->ticket = 0;
    held->r = NULL;
    apr_table_setn(r->notes, "smsi-wait",
                   apr_psprintf(r->pool, "%" APR_INT64_T_FMT, boottime_ms() - held->since));
    ap_update_child_status(c->sbh, SERVER_BUSY_WRITE, r);
    if (ap_extended_status)
        ap_time_process_request(c->sbh, START_PREQUEST); /* the slot served others meanwhile */
    answer(r, held);
    ap_process_request_after_handler(r);
    count_out(held);
    parking_leave(ticket); /* only now, so that no more than the pace are being answered at once */
}

/*
 * Runs before everybody and runs everybody else inside: only so a handler's SUSPENDED can be turned
 * into a wait for I/O before the MPM sees it. While it waits, a wake comes back to the same hook.
 */
static int hold_process_connection(conn_rec *c)
{
    if (!on || c->master || !c->cs)
        return DECLINED;
    struct held *held = held_of(c);
    if (!held)
        held = held_make(c);
    if (held->inside)
        return DECLINED;
    if (held->ticket) {
        finish(c, held);
        return OK;
    }
    held->inside = true;
    int status = ap_run_process_connection(c);
    held->inside = false;
    if (held->ticket && c->cs->state == CONN_STATE_SUSPENDED) {
        c->cs->state = CONN_STATE_ASYNC_WAITIO;
        c->cs->sense = CONN_SENSE_WANT_READ;
        held->counted = true;
        slim_down(c, held->r->pool);
        tally_add(TALLY_HELD);
        census_move(1);
    }
    return status;
}

/* The MPM is about to poll this connection: from here on it polls our eventfd. */
static void hold_suspend_connection(conn_rec *c, request_rec *r)
{
    struct held *held = on && !c->master ? held_of(c) : NULL;
    apr_os_sock_t client;
    (void)r; /* ours is known */
    if (!held || !held->ticket || held->client >= 0 || !c->cs ||
        c->cs->state != CONN_STATE_ASYNC_WAITIO ||
        apr_os_sock_get(&client, ap_get_conn_socket(c)) != APR_SUCCESS)
        return;
    held->client = client;
    descriptor_put(c, held->eventfd);
    watcher_watch(client, held->ticket);
}

/* Before anything else touches the connection it gets its own descriptor back. */
static void hold_resume_connection(conn_rec *c, request_rec *r)
{
    struct held *held = on && !c->master ? held_of(c) : NULL;
    (void)r; /* ours is known */
    if (held)
        client_put_back(c, held);
}

static void hold_child_stopping(apr_pool_t *pchild, int graceful)
{
    (void)pchild; /* nothing is allocated */
    (void)graceful;
    if (on)
        parking_stop();
}

void hold_register_hooks(void)
{
    ap_hook_process_connection(hold_process_connection, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_suspend_connection(hold_suspend_connection, NULL, NULL, APR_HOOK_REALLY_LAST);
    ap_hook_resume_connection(hold_resume_connection, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_child_stopping(hold_child_stopping, NULL, NULL, APR_HOOK_FIRST);
}

static apr_status_t end(void *unused)
{
    (void)unused;
    on = false;
    watcher_end();
    parking_end();
    return APR_SUCCESS;
}

void hold_begin(apr_pool_t *pchild, const struct deployment *deployment, int threads)
{
    int cap = deployment->waiters ? deployment->waiters : threads;
    if (!hold_is_possible() || !parking_begin((unsigned)cap, (unsigned)threads / 2))
        return;
    on = watcher_begin(deployment);
    if (on)
        apr_pool_pre_cleanup_register(pchild, NULL, end);
    else
        parking_end();
}

#else

bool hold_poll(struct visit *visit, const struct poll *poll)
{
    (void)visit;
    (void)poll;
    return false;
}

void hold_release(struct visit *visit)
{
    (void)visit;
}

void hold_register_hooks(void)
{
}

bool hold_is_over(const request_rec *r)
{
    (void)r;
    return false;
}

void hold_begin(apr_pool_t *pchild, const struct deployment *deployment, int threads)
{
    (void)pchild;
    (void)deployment;
    (void)threads;
}

#endif
