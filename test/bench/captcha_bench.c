// Prints what a picture and a recording cost: microseconds of one core and octets.
#include "mod_smsinteractivo/captcha/captcha.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PICTURES = 4000, RECORDINGS = 1000 };

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

static void lengths_print(const char *what, double us, int *length, int count, int limit)
{
    qsort(length, (size_t)count, sizeof *length, length_compare);
    printf("%s: %.0f us; octets: least %d, median %d, 99 %% %d, most %d (limit %d)\n", what,
           us / count, length[0], length[count / 2], length[count * 99 / 100], length[count - 1],
           limit);
}

int main(void)
{
    static int length[PICTURES];
    static unsigned char out[CAPTCHA_AUDIO_ROOM];
    struct captcha_secret secret = {"a secret of the bench"};
    char id[CAPTCHA_ID_LENGTH + 1];
    double begin = clock_us();
    for (unsigned i = 0; i < PICTURES; i++) {
        snprintf(id, sizeof id, "%032x", i);
        length[i] = captcha_picture(&secret, id, i / 20, false, out, sizeof out);
    }
    lengths_print("picture", clock_us() - begin, length, PICTURES, CAPTCHA_PICTURE_ROOM);
    begin = clock_us();
    for (unsigned i = 0; i < RECORDINGS; i++) {
        snprintf(id, sizeof id, "%032x", i);
        length[i] = captcha_audio(&secret, id, i / 20, NULL, out, sizeof out);
    }
    lengths_print("recording", clock_us() - begin, length, RECORDINGS, CAPTCHA_AUDIO_ROOM);
    return length[0] < 0;
}
