// What a test makes the SMSC do at once, to one connection or to all: end it, write to it, shut the
// door. control.c is what it makes it do from now on.
#include <event2/buffer.h>
#include <stdlib.h>
#include <string.h>

#include "test/smsc/hex.h"
#include "test/smsc/http.h"
#include "test/smsc/listen.h"
#include "test/smsc/smsc.h"
#include "test/smsc/status.h"

// Calls act on the session named `session`, or on all; how many there were.
static unsigned sessions_do(struct exchange *x, void (*act)(struct session *, void *), void *what)
{
    struct session *s, *next;
    const char *word = http_word(x, "session");
    unsigned wanted = word ? (unsigned)strtoul(word, NULL, 10) : 0, count = 0;
    struct session *all[1024];

    for (s = TAILQ_FIRST(&x->smsc->sessions); s && count < 1024; s = next) {
        next = TAILQ_NEXT(s, link);
        if (!word || s->id == wanted)
            all[count++] = s;
    }
    for (unsigned i = 0; i < count; i++) // what act() ends is freed by the loop, not before
        act(all[i], what);
    return count;
}

static void cut_one(struct session *s, void *how)
{
    session_end(s, *(enum session_end *)how);
}

static void cut_proceed(struct exchange *x)
{
    static const char *const words[] = {"fin", "reset", "half", "silent"};
    const char *word = http_word(x, "how");

    for (unsigned i = 0; i < 4; i++)
        if (!strcmp(words[i], word ? word : "fin")) {
            enum session_end how = (enum session_end)i;
            http_done(x, sessions_do(x, cut_one, &how));
            return;
        }
    http_error(x, 400, "how is one of fin, reset, half, silent");
}

static void command_one(struct session *s, void *command)
{
    command_send(s, *(uint32_t *)command, ESME_ROK, session_sequence(s));
}

static void unbind_proceed(struct exchange *x)
{
    uint32_t command = UNBIND;

    http_done(x, sessions_do(x, command_one, &command));
}

static void enquire_proceed(struct exchange *x)
{
    uint32_t command = ENQUIRE_LINK;

    http_done(x, sessions_do(x, command_one, &command));
}

static void octets_one(struct session *s, void *octets)
{
    const struct evbuffer_iovec *vec = octets;

    session_write(s, vec->iov_base, vec->iov_len);
}

static void raw_proceed(struct exchange *x)
{
    enum { MOST = 256 * 1024 };
    static uint8_t octets[MOST];
    const char *hex = http_word(x, "hex");
    long length = hex ? hex_read(hex, octets, sizeof octets) : -1;

    if (length < 0) {
        http_error(x, 400, "hex is an even number of hex digits");
        return;
    }
    http_done(x, sessions_do(x, octets_one, &(struct evbuffer_iovec){octets, (size_t)length}));
}

static void garbage_proceed(struct exchange *x)
{
    enum { MOST = 256 * 1024 };
    static uint8_t octets[MOST];
    unsigned long long length, seed;

    if (!http_number(x, x->form, "octets", 1, MOST, 64, &length) ||
        !http_number(x, x->form, "seed", 0, UINT64_MAX, 0, &seed))
        return;
    if (seed)
        fault_seed(seed);
    for (size_t i = 0; i < length; i++)
        octets[i] = (uint8_t)(fault_random() >> 32);
    http_done(x, sessions_do(x, octets_one, &(struct evbuffer_iovec){octets, (size_t)length}));
}

static void listen_proceed(struct exchange *x)
{
    const char *word = http_word(x, "open");
    int error;

    if (!word || (strcmp(word, "0") && strcmp(word, "1"))) {
        http_error(x, 400, "open is 0 or 1");
        return;
    }
    error = listener_shut(x->smsc->listeners[0], *word == '0');
    if (error)
        http_error(x, 503, strerror(-error));
    else
        http_done(x, 1);
}

static void outbind_proceed(struct exchange *x)
{
    const char *to = http_word(x, "to"), *system_id = http_word(x, "system_id");
    const char *password = http_word(x, "password");

    if (!to || outbind_start(x->smsc, to, system_id ? system_id : "smsc", password ? password : ""))
        http_error(x, 400, "to is a numeric host:port that answers");
    else
        http_done(x, 1);
}

static const struct {
    const char *path;
    void (*proceed)(struct exchange *);
} routes[] = {
    {"/control/cut", cut_proceed},         {"/control/unbind", unbind_proceed},
    {"/control/enquire", enquire_proceed}, {"/control/raw", raw_proceed},
    {"/control/garbage", garbage_proceed}, {"/control/listen", listen_proceed},
    {"/control/outbind", outbind_proceed},
};

bool provoke_proceed(struct exchange *x)
{
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (x->method == HTTP_POST && !strcmp(routes[i].path, x->path)) {
            routes[i].proceed(x);
            return true;
        }
    return false;
}
