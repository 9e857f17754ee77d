// The handsets as JSON: what they hold, what they write, how they are switched.
#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <stdio.h>
#include <string.h>

#include "test/smsc/http.h"
#include "test/smsc/json.h"
#include "test/smsc/reply.h"
#include "test/smsc/smsc.h"

static void received_write(struct evbuffer *out, const struct handset *handset)
{
    const struct message *message;
    const char *comma = "";

    evbuffer_add_printf(out, "[");
    TAILQ_FOREACH(message, &handset->messages, link)
    {
        if (message->mine)
            continue;
        evbuffer_add_printf(out, "%s\n{\"from\":", comma);
        json_string(out, message->peer);
        evbuffer_add_printf(out, ",\"text\":");
        json_string(out, message->text);
        evbuffer_add_printf(out, ",\"time\":");
        json_time(out, message->wall_ms);
        evbuffer_add_printf(out, ",\"parts\":%u}", message->parts);
        comma = ",";
    }
    evbuffer_add_printf(out, "]\n");
}

// An answer is sent once every part of it was acknowledged.
static const char *message_state(const struct message *message)
{
    if (!message->mine)
        return message->missing ? "incomplete" : "received";
    return message->status ? "refused" : message->acked >= message->parts ? "acked" : "sending";
}

static void switches_write(struct evbuffer *out, const struct handset *handset)
{
    evbuffer_add_printf(out, "\"off\":%s,\"not_claro\":%s,\"no_receipts\":%s,\"waiting\":%u",
                        handset->off ? "true" : "false", handset->not_claro ? "true" : "false",
                        handset->no_receipts ? "true" : "false", handset->held_count);
}

static void thread_write(struct evbuffer *out, const struct handset *handset)
{
    const struct message *message;
    const char *comma = "";

    evbuffer_add_printf(out, "{\"number\":\"%s\",", handset->number);
    switches_write(out, handset);
    evbuffer_add_printf(out, ",\"messages\":[");
    TAILQ_FOREACH(message, &handset->messages, link)
    {
        evbuffer_add_printf(out, "%s\n{\"id\":%llu,\"%s\":", comma,
                            (unsigned long long)message->serial, message->mine ? "to" : "from");
        json_string(out, message->peer);
        evbuffer_add_printf(out, ",\"text\":");
        json_string(out, message->text);
        evbuffer_add_printf(out, ",\"time\":");
        json_time(out, message->wall_ms);
        evbuffer_add_printf(out,
                            ",\"parts\":%u,\"missing\":%u,\"coding\":\"%s\",\"state\":\"%s\","
                            "\"status\":%u}",
                            message->parts, message->missing, message->coding,
                            message_state(message), message->status);
        comma = ",";
    }
    evbuffer_add_printf(out, "]}\n");
}

// The last touched first; thousands of them help nobody.
static void list_write(struct evbuffer *out, const struct handsets *handsets)
{
    enum { SHOWN = 200 };
    const struct handset *handset;
    const char *comma = "";
    int left = SHOWN;

    evbuffer_add_printf(out, "[");
    TAILQ_FOREACH_REVERSE(handset, &handsets->recent, handset_list, recent)
    {
        if (left-- == 0)
            break;
        const struct message *last = TAILQ_LAST(&handset->messages, message_list);
        evbuffer_add_printf(out, "%s\n{\"number\":\"%s\",", comma, handset->number);
        switches_write(out, handset);
        evbuffer_add_printf(out, ",\"messages\":%u,\"last\":%llu}", handset->count,
                            (unsigned long long)(last ? last->serial : 0));
        comma = ",";
    }
    evbuffer_add_printf(out, "]\n");
}

static void reply_proceed(struct exchange *x, const char *number)
{
    const struct evkeyvalq *form = x->form;
    struct reply reply = {.to = evhttp_find_header(form, "to"),
                          .text = evhttp_find_header(form, "text"),
                          .coding = evhttp_find_header(form, "coding"),
                          .concat = evhttp_find_header(form, "concat"),
                          .order = evhttp_find_header(form, "order"),
                          .hex = evhttp_find_header(form, "hex"),
                          .reference = evhttp_find_header(form, "reference"),
                          .esm_class = evhttp_find_header(form, "esm_class"),
                          .data_coding = evhttp_find_header(form, "data_coding"),
                          .from = evhttp_find_header(form, "from")};
    const char *why;
    unsigned parts;
    uint64_t id = reply_send(x->smsc, number, &reply, &parts, &why);

    if (!id) {
        http_error(x, 422, why);
        return;
    }
    evbuffer_add_printf(x->body, "{\"id\":%llu,\"parts\":%u}\n", (unsigned long long)id, parts);
    http_json(x, 202);
}

static bool word_is_on(const char *word)
{
    return !strcmp(word, "1") || !strcmp(word, "on") || !strcmp(word, "true");
}

static void switches_proceed(struct exchange *x, const char *number)
{
    struct handset *handset = handset_need(&x->smsc->handsets, number);
    const char *off = evhttp_find_header(x->form, "off");
    const char *not_claro = evhttp_find_header(x->form, "not_claro");
    const char *no_receipts = evhttp_find_header(x->form, "no_receipts");

    if (!handset) {
        http_error(x, 503, "out of memory");
        return;
    }
    if (not_claro)
        handset->not_claro = word_is_on(not_claro);
    if (no_receipts)
        handset->no_receipts = word_is_on(no_receipts);
    if (off)
        handset_switch(x->smsc, handset, word_is_on(off));
    evbuffer_add_printf(x->body, "{");
    switches_write(x->body, handset);
    evbuffer_add_printf(x->body, "}\n");
    http_json(x, 200);
}

static void clear_proceed(struct exchange *x, const char *number)
{
    struct handset *handset = handset_find(&x->smsc->handsets, number);

    if (handset)
        handset_forget(&x->smsc->handsets, handset);
    evbuffer_add_printf(x->body, "{}\n");
    http_json(x, 200);
}

static void received_proceed(struct exchange *x, const char *number)
{
    struct handset nobody = {.messages = TAILQ_HEAD_INITIALIZER(nobody.messages)};
    const struct handset *handset = handset_find(&x->smsc->handsets, number);

    received_write(x->body, handset ? handset : &nobody);
    http_json(x, 200);
}

static void thread_proceed(struct exchange *x, const char *number)
{
    struct handset nobody = {.messages = TAILQ_HEAD_INITIALIZER(nobody.messages)};
    const struct handset *handset = handset_find(&x->smsc->handsets, number);

    snprintf(nobody.number, sizeof nobody.number, "%s", number);
    thread_write(x->body, handset ? handset : &nobody);
    http_json(x, 200);
}

static const struct {
    enum http_method method;
    const char *rest;
    void (*proceed)(struct exchange *, const char *number);
} routes[] = {
    {HTTP_GET, "", received_proceed},      {HTTP_POST, "", reply_proceed},
    {HTTP_GET, "/thread", thread_proceed}, {HTTP_POST, "/switches", switches_proceed},
    {HTTP_POST, "/clear", clear_proceed},
};

bool web_proceed(struct exchange *x)
{
    static const char prefix[] = "/handsets";
    char address[32], number[21];
    const char *rest;

    if (strncmp(x->path, prefix, sizeof prefix - 1))
        return false;
    rest = x->path + sizeof prefix - 1;
    if (!*rest && x->method == HTTP_GET) {
        list_write(x->body, &x->smsc->handsets);
        http_json(x, 200);
        return true;
    }
    if (*rest++ != '/')
        return false;
    snprintf(address, sizeof address, "%.*s", (int)strcspn(rest, "/"), rest);
    rest += strcspn(rest, "/");
    if (!number_clean(address, number))
        return false;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (routes[i].method == x->method && !strcmp(routes[i].rest, rest)) {
            routes[i].proceed(x, number);
            return true;
        }
    return false;
}
