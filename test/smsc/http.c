// Reads a request into an exchange and offers it to those who know its path.
#include "test/smsc/http.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/smsc/json.h"
#include "test/smsc/listen.h"
#include "test/smsc/smsc.h"

enum { BODY_MOST = 1024 * 1024, HEADERS_MOST = 16 * 1024 };

struct http {
    struct smsc *smsc;
    struct evhttp *ev;
    struct evhttp_bound_socket *socket;
};

static void header_add(struct exchange *x, const char *name, const char *value)
{
    evhttp_add_header(evhttp_request_get_output_headers(x->request), name, value);
}

void http_json(struct exchange *x, int status)
{
    header_add(x, "Content-Type", "application/json; charset=utf-8");
    header_add(x, "Cache-Control", "no-store");
    evhttp_send_reply(x->request, status, NULL, x->body);
}

void http_error(struct exchange *x, int status, const char *sentence)
{
    evbuffer_drain(x->body, evbuffer_get_length(x->body));
    evbuffer_add_printf(x->body, "{\"error\":");
    json_string(x->body, sentence);
    evbuffer_add_printf(x->body, "}\n");
    http_json(x, status);
}

const char *http_word(const struct exchange *x, const char *name)
{
    return evhttp_find_header(x->form, name);
}

void http_done(struct exchange *x, unsigned count)
{
    evbuffer_add_printf(x->body, "{\"done\":%u}\n", count);
    http_json(x, 200);
}

bool http_number(struct exchange *x, const struct evkeyvalq *pairs, const char *name,
                 unsigned long long least, unsigned long long most, unsigned long long otherwise,
                 unsigned long long *value)
{
    const char *word = evhttp_find_header(pairs, name);
    char sentence[128], *end;

    *value = otherwise;
    if (!word)
        return true;
    errno = 0;
    *value = strtoull(word, &end, 0);
    if (!errno && end != word && !*end && *word != '-' && *value >= least && *value <= most)
        return true;
    snprintf(sentence, sizeof sentence, "%.40s is a number from %llu to %llu", name, least, most);
    http_error(x, 400, sentence);
    return false;
}

// The body as pairs; -1 where it is neither form nor JSON object.
static int body_read(struct exchange *x)
{
    struct evbuffer *input = evhttp_request_get_input_buffer(x->request);
    size_t length = evbuffer_get_length(input);
    char *text = malloc(length + 1);
    int result;

    if (!text)
        return -1;
    evbuffer_copyout(input, text, length);
    text[length] = 0;
    if (strlen(text) != length) {
        free(text);
        return -1;
    }
    const char *type =
        evhttp_find_header(evhttp_request_get_input_headers(x->request), "Content-Type");
    if (type && !strncmp(type, "application/json", 16))
        result = json_object_read(text, x->form);
    else
        result = evhttp_parse_query_str(text, x->form);
    free(text);
    return result;
}

static void exchange_proceed(struct exchange *x)
{
    const char *site =
        evhttp_find_header(evhttp_request_get_input_headers(x->request), "Sec-Fetch-Site");

    // A page of somebody else's in the tester's browser must not write SMS.
    if (x->method == HTTP_POST && site && strcmp(site, "same-origin") && strcmp(site, "none"))
        http_error(x, 403, "only this page may post here");
    else if (x->method == HTTP_POST && body_read(x))
        http_error(x, 400, "the body is neither a form nor a flat JSON object");
    else if (!web_proceed(x) && !control_proceed(x) && !provoke_proceed(x) && !page_proceed(x))
        http_error(x, 404, "there is nothing at this address; see test/smsc/README.md");
}

static void requested(struct evhttp_request *request, void *arg)
{
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
    const char *raw = uri ? evhttp_uri_get_path(uri) : NULL, *query;
    struct evkeyvalq queries, form;
    struct http *http = arg;
    struct exchange x = {.smsc = http->smsc,
                         .request = request,
                         .query = &queries,
                         .form = &form,
                         .body = evbuffer_new()};
    char *path = evhttp_uridecode(raw ? raw : "", 0, NULL);

    TAILQ_INIT(&queries);
    TAILQ_INIT(&form);
    query = uri ? evhttp_uri_get_query(uri) : NULL;
    if (query)
        (void)evhttp_parse_query_str(query, &queries); // what cannot be read is not there
    x.method = evhttp_request_get_command(request) == EVHTTP_REQ_POST ? HTTP_POST : HTTP_GET;
    x.path = path;
    if (path && x.body)
        exchange_proceed(&x);
    else
        evhttp_send_error(request, HTTP_INTERNAL, NULL);
    evhttp_clear_headers(&queries);
    evhttp_clear_headers(&form);
    if (x.body)
        evbuffer_free(x.body);
    free(path);
}

struct http *http_open(struct smsc *smsc, const char *address, const char **why)
{
    struct http *http = calloc(1, sizeof *http);
    char host[64];
    int port;

    *why = "out of memory";
    if (!http || !(http->ev = evhttp_new(smsc->base))) {
        free(http);
        return NULL;
    }
    http->smsc = smsc;
    evhttp_set_allowed_methods(http->ev, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD);
    evhttp_set_max_body_size(http->ev, BODY_MOST);
    evhttp_set_max_headers_size(http->ev, HEADERS_MOST);
    evhttp_set_timeout(http->ev, 60);
    evhttp_set_gencb(http->ev, requested, http);
    *why = "not a numeric host:port";
    if (address_split(address, host, sizeof host, &port)) {
        http->socket = evhttp_bind_socket_with_handle(http->ev, host, (uint16_t)port);
        *why = strerror(errno);
    }
    if (http->socket)
        return http;
    http_close(http);
    return NULL;
}

void http_close(struct http *http)
{
    if (!http)
        return;
    evhttp_free(http->ev);
    free(http);
}

int http_port(const struct http *http)
{
    struct sockaddr_storage at;
    socklen_t length = sizeof at;

    if (getsockname(evhttp_bound_socket_get_fd(http->socket), (struct sockaddr *)&at, &length))
        return 0;
    return ntohs(at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)(void *)&at)->sin6_port
                                          : ((struct sockaddr_in *)(void *)&at)->sin_port);
}
