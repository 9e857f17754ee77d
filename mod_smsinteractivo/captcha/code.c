// The letters of a picture, and whether a visitor typed them.
#include "mod_smsinteractivo/captcha/captcha.h"
#include "mod_smsinteractivo/captcha/alphabet.h"
#include "mod_smsinteractivo/captcha/derive.h"

#include <string.h>

enum { CODE_SHORTEST = 5 };

// What a visitor may type for a symbol no picture holds: first what he sees, then what it is.
static const char look_alike[][2] = {
    {'4', 'A'}, {'8', 'B'}, {'6', 'B'}, {'O', 'D'}, {'0', 'D'}, {'Q', 'D'},
    {'F', 'E'}, {'C', 'E'}, {'1', 'L'}, {'I', 'L'}, {'5', 'S'}, {'7', 'T'},
    {'U', 'Y'}, {'V', 'Y'}, {'Z', '2'}, {'9', 'P'}, {'G', 'E'},
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

// The symbol meant by one typed character; 0 for what does not count (space, dash, dot).
static char symbol_meant(char typed)
{
    if (typed >= 'a' && typed <= 'z')
        typed = (char)(typed - 'a' + 'A');
    for (size_t i = 0; i < sizeof look_alike / sizeof *look_alike; i++) {
        if (typed == look_alike[i][0])
            return look_alike[i][1];
    }
    return strchr(" \t\r\n-._", typed) ? '\0' : typed;
}

bool captcha_matches(const char *typed, const char *code)
{
    size_t length = strlen(code), at = 0;
    unsigned different = 0;
    for (; *typed; typed++) {
        char symbol = symbol_meant(*typed);
        if (symbol == '\0')
            continue;
        different |= at < length ? (unsigned)(symbol ^ code[at]) : 1u;
        at += at < length;
    }
    return length > 0 && at == length && different == 0;
}
