// The letters of a picture, and whether a visitor typed them.
#include "mod_smsinteractivo/captcha/captcha.h"
#include "mod_smsinteractivo/captcha/alphabet.h"
#include "mod_smsinteractivo/captcha/derive.h"

#include <string.h>

enum { CODE_SHORTEST = 5 };

// What a visitor may type for a symbol no picture holds: first what he sees, then what it is.
static const char look_alike[][2] = {
    {'4', 'A'}, {'8', 'B'}, {'6', 'B'}, {'3', 'B'}, {'O', 'D'}, {'0', 'D'}, {'P', 'D'},
    {'F', 'E'}, {'C', 'G'}, {'Q', 'G'}, {'9', 'G'}, {'X', 'K'}, {'R', 'K'}, {'1', 'L'},
    {'I', 'L'}, {'5', 'S'}, {'7', 'T'}, {'U', 'Y'}, {'V', 'Y'}, {'Z', '2'},
};

bool captcha_id_is_valid(const char *id)
{
    return strspn(id, "0123456789abcdef") == CAPTCHA_ID_LENGTH && id[CAPTCHA_ID_LENGTH] == '\0';
}

void captcha_code(const struct captcha_secret *secret, const char *id, unsigned day,
                  char out[static CAPTCHA_CODE_ROOM])
{
    unsigned char octets[DERIVED_SIZE];
    derive_octets(secret, "picture code", id, day, octets);
    derive_symbols(octets + 0, ALPHABET, CODE_SHORTEST + (octets[DERIVED_SIZE - 1] & 1), out);
}

static char upper(char typed)
{
    return typed >= 'a' && typed <= 'z' ? (char)(typed - 'a' + 'A') : typed;
}

static char symbol_looked_at(char typed)
{
    for (size_t i = 0; i < sizeof look_alike / sizeof *look_alike; i++) {
        if (typed == look_alike[i][0])
            return look_alike[i][1];
    }
    return typed;
}

bool captcha_matches(const char *typed, const char *code)
{
    size_t length = strlen(code), at = 0;
    unsigned different = 0;
    for (; *typed; typed++) {
        if (strchr(" \t\r\n-._", *typed))
            continue;
        char symbol = upper(*typed);
        unsigned meant =
            at < length && (symbol == code[at] || symbol_looked_at(symbol) == code[at]);
        different |= !meant;
        at += at < length;
    }
    return length > 0 && at == length && different == 0;
}
