/* See message.h. */
#include "mod_smsinteractivo/guard/message.h"
#include "mod_smsinteractivo/guard/shown.h"
#include "mod_smsinteractivo/guard/url.h"
#include "mod_smsinteractivo/guard/url_defuse.h"
#include "mod_smsinteractivo/guard/words.h"
#include "smpp/text/text.h"

#include <string.h>

static const char *const fault_text[] = {
    [MESSAGE_FINE] = NULL,           [MESSAGE_MISSING] = "message.missing",
    [MESSAGE_LONG] = "message.long", [MESSAGE_LINK] = "message.link",
    [MESSAGE_WORD] = "message.word",
};

const char *message_fault_text(enum message_fault fault)
{
    return fault_text[fault];
}

static void ends_trim(char *text)
{
    size_t lead = strspn(text, " \n\t"), len = strlen(text);
    while (len > lead && strchr(" \n\t", text[len - 1]))
        len--;
    memmove(text, text + lead, len - lead);
    text[len - lead] = '\0';
}

enum message_fault message_check(const char *typed, const apr_array_header_t *words, bool links,
                                 char out[static MESSAGE_ROOM])
{
    char shown[TEXT_ROOM];
    *out = '\0';
    if (text_clean(out, MESSAGE_ROOM, typed, strlen(typed)) < 0) {
        *out = '\0';
        return MESSAGE_LONG;
    }
    ends_trim(out);
    if (!*out)
        return MESSAGE_MISSING;
    int characters = text_chars(out, strlen(out));
    if (characters < 0 || characters > MESSAGE_CHARACTERS)
        return MESSAGE_LONG;
    shown_at_worst(shown, out);
    if (!links && (url_is_in(out) || url_is_in(shown)))
        return MESSAGE_LINK;
    if (words_find(words, out) || words_find(words, shown))
        return MESSAGE_WORD;
    if (links)
        return MESSAGE_FINE;
    url_defuse(out, ',');
    shown_at_worst(shown, out);
    return url_defuse(shown, ',') ? MESSAGE_LINK : MESSAGE_FINE;
}

unsigned message_parts(const char *name, const char *message, const char *notice,
                       const char *policy)
{
    char composed[TEXT_ROOM];
    struct text_sms sms;
    int how = text_policy_parse(policy);
    int len = text_compose(composed, sizeof composed, name, message, notice);
    if (len < 0 || text_prepare(&sms, composed, (size_t)len,
                                how < 0 ? TEXT_TRANSLIT : (enum text_policy)how, NULL) < 0)
        return 1;
    return sms.segments;
}
