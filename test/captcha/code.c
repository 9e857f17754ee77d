/* `captcha-code [--digits] SECRETFILE ID [DAY]`: the letters of a picture, or the digits of its
 * recording, for tests. Whoever can run it holds the deployment's secret, which no visitor does.
 * DAY is days since 1970, by default today. */
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mod_smsinteractivo/captcha/captcha.h"

static int secret_read(const char *path, struct captcha_secret *secret)
{
    FILE *file = fopen(path, "r");
    int read = 0;
    if (!file)
        return 0;
    for (unsigned octet; read < CAPTCHA_KEY_SIZE && fscanf(file, "%2x", &octet) == 1; read++)
        secret->key[read] = (unsigned char)octet;
    (void)fclose(file); /* only read */
    return read == CAPTCHA_KEY_SIZE;
}

int main(int argc, char **argv)
{
    struct captcha_secret secret;
    char code[CAPTCHA_CODE_ROOM > CAPTCHA_DIGITS_ROOM ? CAPTCHA_CODE_ROOM : CAPTCHA_DIGITS_ROOM];
    bool digits = argc > 1 && strcmp(argv[1], "--digits") == 0;
    argc -= digits;
    argv += digits;
    if (argc < 3 || !secret_read(argv[1], &secret) || !captcha_id_is_valid(argv[2])) {
        (void)fprintf(
            stderr,
            "usage: captcha-code [--digits] SECRETFILE ID [DAY]\n"); /* nothing more to do */
        return 2;
    }
    unsigned day = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : (unsigned)(time(NULL) / 86400);
    (digits ? captcha_digits : captcha_code)(&secret, argv[2], day, code);
    return puts(code) < 0;
}
