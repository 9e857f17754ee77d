/* How long the codec takes for a text, and how many texts fit one SMS: lines on standard input, for
 * each policy a line of nanoseconds per text and the share in one SMS. text_bench.js reads it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "smpp/text/text.h"

enum { MOST = 20000, LONGEST = 1024, ROUNDS = 20 };

static char *texts[MOST];
static size_t lengths[MOST];

static size_t texts_read(void)
{
    char line[LONGEST];
    size_t count = 0;
    while (count < MOST && fgets(line, sizeof line, stdin)) {
        lengths[count] = strcspn(line, "\n");
        texts[count] = strndup(line, lengths[count]);
        if (!texts[count++])
            exit(1);
    }
    return count;
}

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e9 + (double)at.tv_nsec;
}

static void policy_bench(enum text_policy policy, size_t count)
{
    static struct text_sms sms;
    double best = 1e18;
    size_t single = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double start = now();
        single = 0;
        for (size_t i = 0; i < count; i++)
            if (text_prepare(&sms, texts[i], lengths[i], policy, NULL) == 0)
                single += sms.segments == 1;
        double took = (now() - start) / (double)count;
        best = took < best ? took : best;
    }
    printf("%s %.0f %.1f\n", text_policy_name(policy), best,
           100.0 * (double)single / (double)count);
}

int main(void)
{
    size_t count = texts_read();
    if (count == 0)
        return 1;
    policy_bench(TEXT_TRANSLIT, count);
    policy_bench(TEXT_SPANISH, count);
    policy_bench(TEXT_UNICODE, count);
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    return 0;
}
