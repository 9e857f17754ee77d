/* What visitors and mobiles do to smppd that are played: requests without a door, deliver_sm
 * without a link; see switches.h. What comes of them is the switch's own code. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/logbook/clock.h"
#include "test/unit/switches.h"

/* ---- requests ---- */

enum { SESSION, CONVERSATION, MOBILE, NAME, TEXT, KEY, NONCE, FIELDS };

struct request {
    char field[FIELDS][64];
    char octets[256];
    struct line_writer answer;
};

static struct request *request_new(const char *session)
{
    struct request *request = calloc(1, sizeof *request);
    if (!request)
        abort();
    (void)snprintf(request->field[SESSION], sizeof request->field[SESSION], "%s", session);
    return request;
}

const char *request_get(const struct request *request, const char *name)
{
    static const char *const names[FIELDS] = {"session", "conversation", "mobile", "name",
                                              "text",    "key",          "nonce"};
    for (unsigned i = 0; i < FIELDS; i++)
        if (strcmp(name, names[i]) == 0)
            return *request->field[i] ? request->field[i] : NULL;
    return NULL;
}

int64_t request_since(const struct request *request)
{
    (void)request;
    return clock_us();
}

struct line_writer *request_ok(struct request *request)
{
    line_begin(&request->answer, request->octets, sizeof request->octets);
    line_verb(&request->answer, "ok", NULL);
    return &request->answer;
}

void request_done(struct request *request)
{
    free(request);
}

void request_yes(struct request *request)
{
    free(request);
}

void request_refuse(struct request *request, const char *reason)
{
    (void)reason;
    free(request);
}

void request_refuse_for(struct request *request, const char *reason, int64_t retry_in_s)
{
    (void)reason, (void)retry_in_s;
    free(request);
}

void request_refuse_field(struct request *request, const char *field)
{
    (void)request, (void)field;
    abort(); /* what is asked here is well formed */
}

void switch_press(struct played_switch *one, void verb(void *sb, struct request *request),
                  const char *session, const char *conversation)
{
    struct request *request = request_new(session);
    (void)snprintf(request->field[CONVERSATION], sizeof request->field[CONVERSATION], "%s",
                   conversation);
    verb(&one->sb, request);
}

/* No two messages or answers are alike. */
static unsigned long long next(void)
{
    return (unsigned long long)switches.now * 4096 + ++switches.ids % 4096;
}

void switch_write(struct played_switch *one, const char *session, const char *mobile)
{
    struct request *request = request_new(session);
    (void)snprintf(request->field[MOBILE], sizeof request->field[MOBILE], "%s", mobile);
    (void)snprintf(request->field[NAME], sizeof request->field[NAME], "Ana");
    (void)snprintf(request->field[TEXT], sizeof request->field[TEXT], "Hola");
    (void)snprintf(request->field[KEY], sizeof request->field[KEY], "%016llx", next());
    (void)snprintf(request->field[NONCE], sizeof request->field[NONCE], "%016llx", next());
    send_begin(&one->sb, request);
}

uint64_t spool_id_next(struct spool *spool, int64_t now)
{
    (void)spool, (void)now;
    return next();
}

/* ---- answers ---- */

bool switch_has_link(const struct switchboard *sb, const struct link *link)
{
    (void)sb, (void)link;
    return false; /* nobody waits for a response */
}

const struct conf_link *switch_link_conf(const struct link *link)
{
    static const struct conf_link any;
    (void)link;
    return &any;
}

uint64_t switch_arrival(const struct switchboard *sb, const struct link *link, uint32_t sequence)
{
    (void)sb, (void)link;
    return sequence; /* its connection lasts */
}

void switch_answer(struct played_switch *one, const char *mobile, const char *code)
{
    char text[32];
    struct message message = {.sequence = (uint32_t)++switches.ids, .octets = (const void *)text};
    message.length = (size_t)snprintf(text, sizeof text, "%llx", next());
    (void)snprintf(message.source.digits, sizeof message.source.digits, "%s", mobile);
    (void)snprintf(message.destination.digits, sizeof message.destination.digits, "%s", code);
    answers_deliver(&one->sb, NULL, &message, 0);
}
