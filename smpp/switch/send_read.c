/* The fields of a `send` request, checked one by one; see send_inner.h. */
#include "smpp/switch/send_inner.h"

#include <stdlib.h>
#include <string.h>

#include "smpp/text/text.h"
#include "smpp/wire/copy.h"

static bool is_word(const char *word)
{
    static const bool may_stand[256] = {['-'] = true,
                                        ['_'] = true,
                                        ['0' ... '9'] = true,
                                        ['A' ... 'Z'] = true,
                                        ['a' ... 'z'] = true};
    size_t n = 0;
    while (word && may_stand[(unsigned char)word[n]])
        n++;
    return n >= SEND_KEY_MIN && n < SEND_KEY_ROOM && !word[n];
}

/* Cleaned text of 1 to `most` characters. */
static bool take_text(char *out, size_t room, const char *in, unsigned most)
{
    int len = in ? text_clean(out, room, in, strlen(in)) : -1;
    unsigned letters = len > 0 ? text_letters(out, (size_t)len) : 0;
    return letters >= 1 && letters <= most;
}

/* How many conversations the session may hold: 1 to 16, and 16 where nothing is said. */
static bool take_most(unsigned *out, const char *in)
{
    char *end = NULL;
    unsigned long most = in ? strtoul(in, &end, 10) : TRANSCRIPT_CONVERSATIONS;
    *out = (unsigned)most;
    return most >= 1 && most <= TRANSCRIPT_CONVERSATIONS && (!in || (end != in && *end == 0));
}

struct send *send_new(void)
{
    struct send *send = malloc(sizeof *send);
    if (send)
        memset(send, 0, offsetof(struct send, text));
    return send;
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
    if (!take_most(&send->most, request_get(request, "most")))
        return "most";
    copy_put(send->session, sizeof send->session, session);
    copy_put(send->mobile, sizeof send->mobile, mobile);
    copy_put(send->key, sizeof send->key, key);
    copy_put(send->nonce, sizeof send->nonce, nonce);
    return NULL;
}
