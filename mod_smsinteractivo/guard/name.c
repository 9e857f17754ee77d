/* See name.h. */
#include "mod_smsinteractivo/guard/name.h"
#include "mod_smsinteractivo/guard/fold.h"
#include "mod_smsinteractivo/guard/shown.h"
#include "mod_smsinteractivo/guard/url.h"
#include "mod_smsinteractivo/guard/url_defuse.h"
#include "mod_smsinteractivo/guard/words.h"
#include "smpp/text/text.h"

#include <stdbool.h>
#include <string.h>

enum { DIGIT_RUN = 4 };

static const char *const fault_text[] = {
    [NAME_FINE] = NULL,        [NAME_MISSING] = "name.missing",
    [NAME_LONG] = "name.long", [NAME_DIGITS] = "name.digits",
    [NAME_LINK] = "name.link", [NAME_RESERVED] = "name.reserved",
};

const char *name_fault_text(enum name_fault fault)
{
    return fault_text[fault];
}

static void spaces_squeeze(char *text)
{
    char *out = text;
    for (const char *c = text; *c; c++) {
        char plain = *c == '\n' || *c == '\t' ? ' ' : *c;
        if (plain != ' ' || (out > text && out[-1] != ' '))
            *out++ = plain;
    }
    while (out > text && out[-1] == ' ')
        out--;
    *out = '\0';
}

/* Digits count as a run though spaces or dots stand between them. */
static bool has_digit_run(const char *name)
{
    char plain[NAME_ROOM];
    unsigned run = 0;
    fold_plain(plain, sizeof plain, name);
    for (const char *c = plain; *c && run < DIGIT_RUN; c++) {
        if (*c >= '0' && *c <= '9')
            run++;
        else if (*c >= 'a' && *c <= 'z')
            run = 0;
    }
    return run >= DIGIT_RUN;
}

enum name_fault name_check(const char *typed, const apr_array_header_t *reserved,
                           char out[static NAME_ROOM])
{
    char shown[TEXT_ROOM];
    *out = '\0';
    int len = text_clean(out, NAME_ROOM, typed, strlen(typed));
    if (len < 0) {
        *out = '\0';
        return NAME_LONG;
    }
    spaces_squeeze(out);
    if (!fold_has_letter(out))
        return NAME_MISSING;
    int characters = text_chars(out, strlen(out));
    if (characters < 0 || characters > NAME_CHARACTERS)
        return NAME_LONG;
    shown_at_worst(shown, out);
    if (has_digit_run(out) || has_digit_run(shown))
        return NAME_DIGITS;
    if (url_is_in(out) || url_is_in(shown))
        return NAME_LINK;
    if (words_find(reserved, out) || words_find(reserved, shown))
        return NAME_RESERVED;
    url_defuse(out, ' ');
    shown_at_worst(shown, out);
    return url_defuse(shown, ' ') ? NAME_LINK : NAME_FINE;
}
