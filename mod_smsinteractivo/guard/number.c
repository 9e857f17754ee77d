/* See number.h. */
#include "mod_smsinteractivo/guard/number.h"
#include "mod_smsinteractivo/guard/fold.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { TYPED_ROOM = 128, DIGITS_MOST = 32 };

static const char *const fault_text[] = {
    [NUMBER_FINE] = NULL,
    [NUMBER_MISSING] = "number.missing",
    [NUMBER_CHARACTER] = "number.character",
    [NUMBER_SEVEN] = "number.seven",
    [NUMBER_SHORT] = "number.short",
    [NUMBER_LONG] = "number.long",
    [NUMBER_FOREIGN] = "number.foreign",
    [NUMBER_OTHER] = "number.other",
};

const char *number_fault_text(enum number_fault fault)
{
    return fault_text[fault];
}

/* Keeps the digits; false where anything but digits and separators stands there. */
static bool digits_take(const char *typed, char *digits, size_t *count)
{
    *count = 0;
    for (const char *c = typed + strspn(typed, " "); *c; c++) {
        if (*c >= '0' && *c <= '9') {
            if (*count < DIGITS_MOST)
                digits[(*count)++] = *c;
        } else if (*c == '+' ? *count > 0 : !strchr(" ()-./", *c)) {
            return false;
        }
    }
    digits[*count] = '\0';
    return true;
}

static enum number_fault range_check(const char *digits)
{
    if (digits[0] != '8' || !strchr("024", digits[1]) || digits[2] != '9')
        return NUMBER_FOREIGN;
    return digits[3] >= '2' ? NUMBER_FINE : NUMBER_OTHER;
}

enum number_fault number_parse(const char *typed, char out[static NUMBER_ROOM])
{
    char plain[TYPED_ROOM], digits[DIGITS_MOST + 1];
    const char *national = digits;
    size_t count;
    fold_plain(plain, sizeof plain, typed);
    if (strspn(plain, " ") == strlen(plain))
        return NUMBER_MISSING;
    if (!digits_take(plain, digits, &count))
        return NUMBER_CHARACTER;
    if (count == 11 && digits[0] == '1') {
        national++;
        count--;
    }
    if (count != 10)
        return count == 0   ? NUMBER_CHARACTER
               : count == 7 ? NUMBER_SEVEN
               : count < 10 ? NUMBER_SHORT
                            : NUMBER_LONG;
    enum number_fault fault = range_check(national);
    if (fault == NUMBER_FINE)
        memcpy(out, national, NUMBER_ROOM);
    return fault;
}

void number_shown(const char *digits, char out[static 13])
{
    (void)snprintf(out, 13, "%.3s-%.3s-%.4s", digits, digits + 3, digits + 6); /* always fits */
}
