// Writes pictures of security codes with their truth, for people and nets to try to read.
// usage: pictures DIR COUNT DEPLOYMENT DAY [DEPLOYMENTS]   (DEPLOYMENTS > 1: each picture of
// another)
#include "mod_smsinteractivo/captcha/captcha.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int picture_save(const char *dir, unsigned number, unsigned deployment, unsigned day,
                        FILE *truth)
{
    struct captcha_secret secret = {{0}};
    memcpy(secret.key, &deployment, sizeof deployment);
    char id[CAPTCHA_ID_LENGTH + 1], path[4096], code[CAPTCHA_CODE_ROOM];
    unsigned char png[CAPTCHA_PICTURE_ROOM];
    snprintf(id, sizeof id, "%032x", number);
    int length = captcha_picture(&secret, id, day, false, png, sizeof png);
    snprintf(path, sizeof path, "%s/%06u.png", dir, number);
    FILE *file = length < 0 ? NULL : fopen(path, "wb");
    if (!file)
        return fprintf(stderr, "%s: %s\n", path, length < 0 ? strerror(-length) : "cannot write");
    captcha_code(&secret, id, day, code);
    fprintf(truth, "%06u.png\t%s\n", number, code);
    bool written = fwrite(png, 1, (size_t)length, file) == (size_t)length;
    return fclose(file) || !written;
}

int main(int argc, char **argv)
{
    unsigned number[6] = {0, 0, 0, 0, 0, 1};
    if (argc < 6)
        return fprintf(stderr, "usage: pictures DIR FIRST COUNT DEPLOYMENT DAY [DEPLOYMENTS]\n"), 2;
    for (int i = 2; i < argc && i < 7; i++)
        number[i - 1] = (unsigned)atoi(argv[i]);
    char path[4096];
    snprintf(path, sizeof path, "%s/truth.tsv", argv[1]);
    FILE *truth = fopen(path, "w");
    if (!truth)
        return perror(path), 1;
    for (unsigned i = 0; i < number[2]; i++) {
        if (picture_save(argv[1], number[1] + i, number[3] + i % number[5], number[4], truth))
            return 1;
    }
    return fclose(truth) ? 1 : 0;
}
