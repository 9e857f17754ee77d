/* Texts that go to mobiles: each one SMS, with placeholders that are known. */
#include <string.h>

#include "smpp/conf/conf_inner.h"

enum { NAME_MAX_CHARACTERS = 20, LONGEST_CONVERSATION_MS = 24 * 3600000 };

/* Each of these takes two septets. What a stranger name grows to beyond that is cut when it is
 * filled in, see notice.h. */
static const char longest_name[] = "[[[[[[[[[[[[[[[[[[[[";
_Static_assert(sizeof longest_name == NAME_MAX_CHARACTERS + 1,
               "the longest name is as long as one may be");

static const char *const placeholders[] = {CONF_NAME, CONF_MINUTES};
enum { PLACEHOLDERS = sizeof placeholders / sizeof *placeholders };

/* Every `{` must begin a placeholder that is known here. */
static int placeholders_check(struct conf_reading *r, const char *text, bool name)
{
    bool seen[PLACEHOLDERS] = {false};
    for (const char *hole = text; (hole = strchr(hole, '{')); hole++) {
        unsigned which = 0;
        while (which < PLACEHOLDERS &&
               strncmp(hole, placeholders[which], strlen(placeholders[which])) != 0)
            which++;
        if (which == PLACEHOLDERS)
            return conf_wrong(r,
                              "the placeholder `%.*s` is unknown. " CONF_NAME " and " CONF_MINUTES
                              " are known.",
                              (int)strcspn(hole, " .,"), hole);
        if (which == 0 && !name)
            return conf_wrong(r, CONF_NAME " has no meaning here. Take it out.");
        if (seen[which])
            return conf_wrong(r, "%s stands in it twice. Take one out.", placeholders[which]);
        seen[which] = true;
    }
    return 0;
}

/* The first letter outside GSM-7: its octets in text. */
static const char *stranger_find(const char *text, int *len)
{
    static const struct text_profile plain;
    struct text_sms sms;
    for (; *text; text += *len) {
        for (*len = 1; ((unsigned char)text[*len] & 0xc0) == 0x80;)
            ++*len;
        if (text_prepare(&sms, text, (size_t)*len, TEXT_UNICODE, &plain) < 0 ||
            sms.encoding != TEXT_GSM7)
            break;
    }
    return text;
}

static int sms_check(struct conf_reading *r, const char *text, bool name)
{
    char named[TEXT_ROOM], filled[TEXT_ROOM];
    struct text_sms sms;
    static const struct text_profile plain;
    if (!*text)
        return conf_wrong(r, "it is empty. Write what the mobile shall read.");
    int e = placeholders_check(r, text, name);
    if (e < 0)
        return e;
    int len = conf_text(named, sizeof named, text, longest_name);
    if (len >= 0)
        len = conf_minutes(filled, sizeof filled, named, LONGEST_CONVERSATION_MS);
    if (len < 0 || text_prepare(&sms, filled, (size_t)len, TEXT_UNICODE, &plain) < 0)
        return conf_wrong(r, "it is much too long. Shorten it to one SMS of 160 characters.");
    if (sms.encoding != TEXT_GSM7) {
        const char *stranger = stranger_find(text, &len);
        return conf_wrong(r, "`%.*s` is not in the GSM-7 alphabet. Write it another way.", len,
                          stranger);
    }
    if (sms.segments > 1)
        return conf_wrong(r, "it takes %u of the 160 characters of one SMS%s. Shorten it.",
                          sms.units, name ? " with {nombre} at its longest" : "");
    return 0;
}

static int sms_take(struct conf_reading *r, char *value, void *at, bool name)
{
    int e = sms_check(r, value, name);
    if (e == 0)
        *(const char **)at = conf_string(r, value);
    return e;
}

int conf_take_sms(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    (void)key;
    return sms_take(r, value, at, false);
}

int conf_take_sms_name(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    (void)key;
    return sms_take(r, value, at, true);
}
