/* How many messages and answers the spool makes durable in a second: keep (queued and in flight in
 * one commit) and submitted; reply with its CDR, and shown. Arguments: directory, lifecycles,
 * callers (jobs under way at once), "random" for keys and nonces that do not begin
 * with the time. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "smpp/spool/spool.h"

struct bench {
    struct spool *spool;
    unsigned begun, ended, total;
    int failed;
    bool random;
    void (*begin)(struct bench *bench, unsigned n);
};

static const int64_t NOW = 1795392000000;

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void ended(void *context, const struct spool_result *result)
{
    struct bench *bench = context;

    if (result->error < 0 || result->verdict != SPOOL_KEPT)
        bench->failed = result->error ? result->error : -EEXIST;
    bench->ended++;
    if (bench->begun < bench->total)
        bench->begin(bench, bench->begun++);
}

static void kept(void *context, const struct spool_result *result)
{
    struct bench *bench = context;
    char smsc_id[24];
    struct spool_part part = {.message = result->message,
                              .part = 1,
                              .state = SPOOL_SUBMITTED,
                              .smsc = "bench",
                              .smsc_id = smsc_id,
                              .now = NOW};

    snprintf(smsc_id, sizeof smsc_id, "%llx", (unsigned long long)result->message);
    if (result->error < 0)
        bench->failed = result->error;
    if (spool_part_state(bench->spool, &part, (struct spool_done){ended, bench}) < 0)
        bench->failed = -EAGAIN;
}

static void message_begin(struct bench *bench, unsigned n)
{
    char session[33], key[33], nonce[33], mobile[11];
    struct spool_message message = {
        .id = spool_id_next(bench->spool, NOW),
        .conversation = 1 + n / 4,
        .session = session,
        .mobile = mobile,
        .code = "2333",
        .name = "Ana",
        .text = "Hola, te escribo desde la web para saber a que hora llegas hoy a la casa",
        .prepared = {"Ana (web): Hola, te escribo desde la web para saber a que hora llegas", 70},
        .parts = 1,
        .key = key,
        .nonce = nonce,
        .accepted = NOW,
        .expiry = NOW + 900000,
        .until = NOW + 300000,
        .in_flight = 1};

    snprintf(session, sizeof session, "%032x", n / 4 * 2654435761U);
    snprintf(key, sizeof key, "%08x%08x%016x", bench->random ? n * 2654435761U : n, n * 40503U, n);
    snprintf(nonce, sizeof nonce, "%08x%08x%016x", bench->random ? n * 2246822519U : n,
             n * 3266489917U, n);
    snprintf(mobile, sizeof mobile, "809%07u", n % 10000000);
    if (spool_keep(bench->spool, &message, (struct spool_done){kept, bench}) < 0)
        bench->failed = -EAGAIN;
}

static void replied(void *context, const struct spool_result *result)
{
    struct bench *bench = context;

    spool_answered(bench->spool, result->reply);
    if (result->error < 0 || result->verdict != SPOOL_KEPT)
        bench->failed = result->error ? result->error : -EEXIST;
    if (spool_shown(bench->spool, &result->reply, 1, (struct spool_done){ended, bench}) < 0)
        bench->failed = -EAGAIN;
}

static void reply_begin(struct bench *bench, unsigned n)
{
    char mobile[11], text[40];
    struct spool_reply reply = {.conversation = 1 + n / 4,
                                .mobile = mobile,
                                .code = "2333",
                                .octets = {text, 0},
                                .total = 1,
                                .seq = 1,
                                .smsc = "bench",
                                .received = NOW,
                                .wall = NOW,
                                .charge = {.price = 100, .total = 130}};

    snprintf(mobile, sizeof mobile, "809%07u", n % 10000000);
    reply.octets.length = (size_t)snprintf(text, sizeof text, "Llego a las %u", n);
    if (spool_reply(bench->spool, &reply, (struct spool_done){replied, bench}) < 0)
        bench->failed = -EAGAIN;
}

static int bench_run(struct bench *bench, const char *what, unsigned callers)
{
    struct pollfd ready = {spool_fd(bench->spool), POLLIN, 0};
    double start = seconds(), cpu = cpu_seconds();
    struct spool_stats stats;

    bench->begun = bench->ended = 0;
    while (bench->begun < callers && bench->begun < bench->total)
        bench->begin(bench, bench->begun++);
    while (bench->ended < bench->total && !bench->failed) {
        poll(&ready, 1, 1000);
        spool_collect(bench->spool);
    }
    start = seconds() - start;
    cpu = cpu_seconds() - cpu;
    spool_stats(bench->spool, &stats);
    printf("%s: callers %u, %.0f/s, %.1f us CPU each, %llu commits so far, error %d\n", what,
           callers, bench->total / start, cpu / bench->total * 1e6,
           (unsigned long long)stats.commits, bench->failed);
    return bench->failed;
}

int main(int argc, char **argv)
{
    struct spool_options options = {.directory = argc > 1 ? argv[1] : ".", .queue = 16384};
    unsigned total = argc > 2 ? (unsigned)atoi(argv[2]) : 200000;
    unsigned callers = argc > 3 ? (unsigned)atoi(argv[3]) : 1000;
    struct bench bench = {.total = total, .random = argc > 4 && !strcmp(argv[4], "random")};
    struct rusage usage;
    char why[512];
    int failed;

    bench.spool = spool_open(&options, why, sizeof why);
    if (!bench.spool) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    bench.begin = message_begin;
    failed = bench_run(&bench, "messages kept, in flight and submitted", callers);
    bench.begin = reply_begin;
    failed |= bench_run(&bench, "answers kept, billed and shown", callers);
    getrusage(RUSAGE_SELF, &usage);
    printf("RSS at most %ld kB\n", usage.ru_maxrss);
    spool_close(bench.spool);
    return failed != 0;
}
