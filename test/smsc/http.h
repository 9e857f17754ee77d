// The HTTP side: the handset page, its JSON, and the control interface, on one listener.
#ifndef SMSC_HTTP_H
#define SMSC_HTTP_H

#include <stdbool.h>

struct evbuffer;
struct evhttp_request;
struct evkeyvalq;
struct http;
struct smsc;

enum http_method { HTTP_GET, HTTP_POST };

// One request as its handler sees it.
struct exchange {
    struct smsc *smsc;
    struct evhttp_request *request;
    enum http_method method;
    const char *path;        // decoded, without the query
    struct evkeyvalq *query; // of the address
    struct evkeyvalq *form;  // of the body: urlencoded or one flat JSON object
    struct evbuffer *body;   // the answer in the making
};

// address is host:port. NULL with *why set.
struct http *http_open(struct smsc *smsc, const char *address, const char **why);
void http_close(struct http *http); // NULL is nothing
int http_port(const struct http *http);

// Answers with what is in exchange->body, as JSON.
void http_json(struct exchange *exchange, int status);
// Answers {"error": sentence}.
void http_error(struct exchange *exchange, int status, const char *sentence);
// A number from the query or form; `otherwise` where it is missing. False, answered with 400, where
// it is not one between least and most.
bool http_number(struct exchange *exchange, const struct evkeyvalq *pairs, const char *name,
                 unsigned long long least, unsigned long long most, unsigned long long otherwise,
                 unsigned long long *value);

// A field of the form, or NULL.
const char *http_word(const struct exchange *exchange, const char *name);
// Answers {"done": count}.
void http_done(struct exchange *exchange, unsigned count);

// web.c, control.c, provoke.c, page.c: whether the path was theirs; then they have answered.
bool web_proceed(struct exchange *exchange);
bool control_proceed(struct exchange *exchange);
bool provoke_proceed(struct exchange *exchange);
bool page_proceed(struct exchange *exchange);

#endif
