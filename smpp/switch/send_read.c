/* The fields of a `send` request, checked one by one; see send_inner.h. */
#include "smpp/switch/send_inner.h"

#include <stdio.h>
#include <string.h>

#include "smpp/store/transcript.h"
#include "smpp/text/text.h"

static bool is_word(const char *word)
{
    size_t n = 0;
    for (; word && word[n]; n++) {
        char c = word[n];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '-' || c == '_'))
            return false;
    }
    return n >= SEND_KEY_MIN && n < SEND_KEY_ROOM;
}

bool switch_is_session(const char *name)
{
    return name && strlen(name) == SESSION_NAME_LEN &&
           strspn(name, "0123456789abcdef") == SESSION_NAME_LEN;
}

/* Cleaned text of 1 to `most` characters. */
static bool take_text(char *out, size_t room, const char *in, int most)
{
    int len = in ? text_clean(out, room, in, strlen(in)) : -1;
    int chars = len > 0 ? text_chars(out, (size_t)len) : 0;
    return chars >= 1 && chars <= most;
}

const char *send_read(struct send *send, const struct request *request)
{
    const char *session = request_get(request, "session"), *mobile = request_get(request, "mobile"),
               *key = request_get(request, "key"), *nonce = request_get(request, "nonce");
    if (!switch_is_session(session))
        return "session";
    if (!mobile || !switch_is_mobile(mobile))
        return "mobile";
    if (!take_text(send->name, sizeof send->name, request_get(request, "name"), SEND_NAME_CHARS) ||
        strchr(send->name, '\n'))
        return "name";
    if (!take_text(send->text, sizeof send->text, request_get(request, "text"), SEND_TEXT_CHARS))
        return "text";
    if (!is_word(key))
        return "key";
    if (!is_word(nonce))
        return "nonce";
    (void)snprintf(send->session, sizeof send->session, "%s", session);
    (void)snprintf(send->mobile, sizeof send->mobile, "%s", mobile);
    (void)snprintf(send->key, sizeof send->key, "%s", key);
    (void)snprintf(send->nonce, sizeof send->nonce, "%s", nonce);
    return NULL;
}
