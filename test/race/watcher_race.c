/* The whole waiting room under ThreadSanitizer: a child's watcher hears news, sweeps, ticks, sees
 * clients leave and loses its smppd, while visitors come and go; then the child stops. memcached
 * and smppd are played here, httpd's workers too. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "mod_smsinteractivo/backend/backend.h"
#include "mod_smsinteractivo/backend/daemon_link.h"
#include "mod_smsinteractivo/backend/tally.h"
#include "mod_smsinteractivo/wait/watcher.h"

enum { VISITORS = 6, PLACES = 8, ROUNDS = 3, ROUND_MS = 2500, NEWS_A_CONNECTION = 400 };

static char path[] = "/tmp/watcher-race-XXXXXX", address[sizeof path + 8];
static atomic_bool over;
static atomic_uint looks, swept, woken, subscriptions, stays;

/* ---- memcached: something happened elsewhere at every look, and now and then it is away ---- */

struct store *backend_store(const struct deployment *deployment)
{
    (void)deployment; /* there is one memcached */
    return malloc(1);
}

void store_patience(struct store *store, unsigned ms)
{
    (void)store; /* it answers at once */
    (void)ms;
}

void store_close(struct store *store)
{
    free(store);
}

int store_get_many(struct store *store, const char *const *keys, unsigned count, store_found *found,
                   void *context)
{
    char value[64];
    (void)store;
    if (atomic_fetch_add(&looks, 1) % 5 == 4)
        return -EAGAIN;
    for (unsigned i = 0; i < count; i++) {
        int len = strncmp(keys[i], "t:", 2) == 0
                      ? snprintf(value, sizeof value, "transcript v=1 last=%u until=9\n", looks)
                      : snprintf(value, sizeof value, "%u", looks * (i + 1));
        found(context, i, value, (size_t)len, 0);
    }
    return 0;
}

void tally_many(enum tally tally, unsigned count)
{
    (void)tally; /* there is one */
    swept += count;
}

/* ---- smppd: tells news without end, and hangs up now and then ---- */

static void session_name(char out[static SESSION_NAME_LEN + 1], unsigned nth)
{
    (void)snprintf(out, SESSION_NAME_LEN + 1, "%032u", nth);
}

static void say(int peer, const char *text)
{
    (void)send(peer, text, strlen(text), MSG_NOSIGNAL); /* it may have hung up */
}

static void serve(int peer)
{
    char line[256], session[SESSION_NAME_LEN + 1];
    say(peer, "smppd 1 now=1 policy=translit idle=300000 instance=one\n");
    if (read(peer, line, sizeof line) <= 0)
        return;
    say(peer, "ok 0\n");
    if (read(peer, line, sizeof line) <= 0)
        return;
    say(peer, "ok news\n");
    for (unsigned n = 0; n < NEWS_A_CONNECTION && !over; n++) {
        session_name(session, n % (VISITORS / 2));
        (void)snprintf(line, sizeof line, "news session=%s last=%u until=9\n", session, n);
        say(peer, n % 7 ? line : "nonsense\n");
        usleep(500);
    }
}

static void *smppd(void *listening)
{
    for (int peer; (peer = accept(*(int *)listening, NULL, NULL)) >= 0; close(peer)) {
        subscriptions++;
        serve(peer);
    }
    return NULL;
}

/* ---- httpd's workers, each with a visitor ---- */

static void stay(unsigned nth, unsigned turn)
{
    char session[SESSION_NAME_LEN + 1];
    int client[2], fd;
    session_name(session, nth / 2);
    parking_ticket ticket = parking_enter(session, turn, boottime_ms() + turn % 300, &fd);
    if (!ticket || socketpair(AF_UNIX, SOCK_STREAM, 0, client) < 0)
        return;
    watcher_watch(client[0], ticket);
    if (turn % 4 == 0)
        shutdown(client[1], SHUT_WR);
    struct pollfd ask = {.fd = fd, .events = POLLIN};
    woken += poll(&ask, 1, 2000) == 1;
    stays++;
    watcher_unwatch(client[0]);
    parking_leave(ticket);
    close(client[0]);
    close(client[1]);
}

static void *visit(void *number)
{
    for (unsigned turn = 0; !over; turn++)
        stay(*(unsigned *)number, turn);
    return NULL;
}

static void round_run(const struct deployment *deployment)
{
    pthread_t visitor[VISITORS];
    unsigned number[VISITORS];
    over = false;
    if (!parking_begin(PLACES, 2) || !watcher_begin(deployment))
        exit(1);
    for (unsigned i = 0; i < VISITORS; i++) {
        number[i] = i;
        pthread_create(&visitor[i], NULL, visit, &number[i]);
    }
    usleep(ROUND_MS * 1000);
    over = true;
    parking_stop(); /* as child_stopping does, while workers are at work */
    for (unsigned i = 0; i < VISITORS; i++)
        pthread_join(visitor[i], NULL);
    watcher_end();
    parking_end();
}

static int listen_at(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (!mkdtemp(path))
        return -1;
    (void)snprintf(address, sizeof address, "%s/socket", path);
    memcpy(at.sun_path, address, strlen(address) + 1);
    return bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, 4) < 0 ? -1 : fd;
}

int main(void)
{
    struct deployment deployment = {.daemon = address};
    pthread_t teller;
    int listening = listen_at();
    if (listening < 0)
        return 1;
    pthread_create(&teller, NULL, smppd, &listening);
    for (int i = 0; i < ROUNDS; i++)
        round_run(&deployment);
    shutdown(listening, SHUT_RDWR);
    pthread_join(teller, NULL);
    unlink(address);
    rmdir(path);
    printf("%u stays, %u woken, %u swept, %u subscriptions\n", stays, woken, swept, subscriptions);
    return stays != woken || swept == 0 || subscriptions < 2 * ROUNDS;
}
