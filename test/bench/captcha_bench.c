// Prints what a picture and a recording cost: microseconds of one core and octets.
#include "mod_smsinteractivo/captcha/captcha.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PICTURES = 4000 };

static double clock_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int length_compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

int main(void)
{
    static int length[PICTURES];
    struct captcha_secret secret = {"a secret of the bench"};
    unsigned char png[CAPTCHA_PICTURE_ROOM];
    char id[CAPTCHA_ID_LENGTH + 1];
    double begin = clock_us();
    for (unsigned i = 0; i < PICTURES; i++) {
        snprintf(id, sizeof id, "%032x", i);
        length[i] = captcha_picture(&secret, id, i / 100, false, png, sizeof png);
    }
    double each = (clock_us() - begin) / PICTURES;
    qsort(length, PICTURES, sizeof *length, length_compare);
    printf("picture: %.0f us; octets: least %d, median %d, 99 %% %d, most %d (limit %d)\n", each,
           length[0], length[PICTURES / 2], length[PICTURES * 99 / 100], length[PICTURES - 1],
           CAPTCHA_PICTURE_ROOM);
    return length[0] < 0;
}
