/* One link driven from a pipe: settings as NAME=VALUE arguments, commands as lines on stdin, what
 * happens as lines on stdout. For tests against SMSCs that are not ours, and for measuring.
 *
 * Commands: submit TAG SOURCE DESTINATION TEXT, load COUNT, run SECONDS, answer STATUS, pause,
 * resume, drain, stats. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <event2/event.h>
#include "smpp/link/link.h"
#include "smpp/pdu/receipt.h"
#include "smpp/pdu/status.h"

struct drive {
    struct event_base *base;
    struct link *link;
    struct link_conf conf;
    struct event *input, *end;
    char line[70000];
    size_t have;
    uint32_t answer;
    bool loading;       /* load or run: submits are made up, results counted */
    uint64_t left, tag; /* submits still to make */
    uint64_t done;
    struct timespec begun;
    struct link_stats before;
    struct rusage use;
};

static double seconds_since(const struct timespec *begun)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - begun->tv_sec) + (double)(now.tv_nsec - begun->tv_nsec) / 1e9;
}

static void load_submit(struct drive *d)
{
    struct link_submit submit = {.source = "2333",
                                 .destination = "18095551234",
                                 .registered_delivery = 0,
                                 .validity_s = 900,
                                 .octets = (const uint8_t *)"Ana (web): hola, como estas hoy",
                                 .length = 31};
    while (d->loading && d->left > 0) {
        submit.tag = d->tag;
        if (link_submit(d->link, &submit) != 0)
            return;
        d->tag++;
        d->left--;
    }
}

static double cpu(const struct rusage *use)
{
    return (double)(use->ru_utime.tv_sec + use->ru_stime.tv_sec) +
           (double)(use->ru_utime.tv_usec + use->ru_stime.tv_usec) / 1e6;
}

/* Upper edge, in microseconds, of the bucket in which that share of the responses lies. */
static unsigned long latency(const struct link_stats *s, const struct link_stats *before,
                             double share)
{
    uint64_t all = 0, seen = 0;
    int bucket = 0;
    for (int i = 0; i < LINK_LATENCY_BUCKETS; i++)
        all += s->latency[i] - before->latency[i];
    while (bucket < LINK_LATENCY_BUCKETS - 1 &&
           (double)(seen += s->latency[bucket] - before->latency[bucket]) < share * (double)all)
        bucket++;
    return 2ul << bucket;
}

static void load_report(struct drive *d)
{
    struct link_stats s;
    struct rusage use;
    double seconds = seconds_since(&d->begun);
    link_stats(d->link, &s);
    getrusage(RUSAGE_SELF, &use);
    uint64_t accepted = s.accepted - d->before.accepted;
    uint64_t submits = s.submits - d->before.submits;
    d->loading = false;
    printf("loaded seconds=%.3f submits=%llu accepted=%llu throttled=%llu refused=%llu "
           "timeouts=%llu per_second=%.1f "
           "p50_us=%lu p99_us=%lu cpu_us=%.2f rate=%.1f\n",
           seconds, (unsigned long long)submits, (unsigned long long)accepted,
           (unsigned long long)(s.throttled - d->before.throttled),
           (unsigned long long)(s.refused - d->before.refused),
           (unsigned long long)(s.timeouts - d->before.timeouts), (double)accepted / seconds,
           latency(&s, &d->before, 0.5), latency(&s, &d->before, 0.99),
           submits ? (cpu(&use) - cpu(&d->use)) * 1e6 / (double)submits : 0, s.rate);
}

static void load_settled(struct drive *d)
{
    d->done++;
    if (d->loading && d->left == 0 && d->done == d->tag)
        load_report(d);
}

static void on_up(void *ctx, struct link *link)
{
    struct drive *d = ctx;
    (void)link;
    printf("up\n");
    load_submit(d);
}

static void on_down(void *ctx, struct link *link, const char *why)
{
    (void)ctx, (void)link;
    printf("down %s\n", why);
}

static void on_submitted(void *ctx, struct link *link, const struct link_result *r)
{
    struct drive *d = ctx;
    (void)link;
    if (!d->loading)
        printf("submitted %llu %s %s%s\n", (unsigned long long)r->tag, status_of(r->status)->name,
               r->message_id, r->late ? " late" : "");
    else if (!r->late)
        load_settled(d);
}

static void on_in_doubt(void *ctx, struct link *link, uint64_t tag, const char *why)
{
    struct drive *d = ctx;
    (void)link;
    if (d->loading)
        load_settled(d);
    else
        printf("in_doubt %llu %s\n", (unsigned long long)tag, why);
}

static void on_unsent(void *ctx, struct link *link, uint64_t tag)
{
    struct drive *d = ctx;
    (void)link;
    if (d->loading)
        load_settled(d);
    else
        printf("unsent %llu\n", (unsigned long long)tag);
}

static void on_room(void *ctx, struct link *link)
{
    (void)link;
    load_submit(ctx);
}

static void on_deliver(void *ctx, struct link *link, const struct message *m, uint64_t token)
{
    struct drive *d = ctx;
    struct receipt receipt;
    link_answer(link, token, d->answer);
    if (d->loading)
        return;
    if (receipt_take(m, &receipt)) {
        printf("receipt %s %d %s\n", receipt.id, (int)receipt.state, receipt.err);
        return;
    }
    printf("deliver %s %s %u %u ", m->source.digits, m->destination.digits, m->esm_class,
           m->data_coding);
    for (size_t i = 0; i < m->length; i++)
        printf("%02x", m->octets[i]);
    printf("\n");
}

static void on_log(void *ctx, struct link *link, int level, const char *id, const char *line)
{
    (void)ctx, (void)link, (void)level;
    printf("log %s %s\n", id, line);
}

static void on_drained(void *ctx, struct link *link)
{
    struct drive *d = ctx;
    (void)link;
    printf("drained\n");
    event_base_loopbreak(d->base);
}

static void load_begin(struct drive *d, uint64_t count)
{
    d->left = count;
    d->tag = d->done = 0;
    d->loading = true;
    clock_gettime(CLOCK_MONOTONIC, &d->begun);
    link_stats(d->link, &d->before);
    getrusage(RUSAGE_SELF, &d->use);
    load_submit(d);
}

static void on_end(evutil_socket_t fd, short what, void *ctx)
{
    struct drive *d = ctx;
    (void)fd, (void)what;
    d->left = 0;
    if (d->done == d->tag)
        load_report(d);
}

static void run(struct drive *d, double seconds)
{
    struct timeval tv = {.tv_sec = (time_t)seconds,
                         .tv_usec = (suseconds_t)((seconds - (double)(time_t)seconds) * 1e6)};
    event_add(d->end, &tv);
    load_begin(d, UINT64_MAX);
}

static void submit(struct drive *d, char *line)
{
    char *tag = strtok(line, " "), *source = strtok(NULL, " "), *destination = strtok(NULL, " ");
    char *text = strtok(NULL, "");
    if (!tag || !source || !destination || !text) {
        printf("error submit takes TAG SOURCE DESTINATION TEXT\n");
        return;
    }
    struct link_submit s = {.tag = strtoull(tag, NULL, 10),
                            .source = source,
                            .destination = destination,
                            .registered_delivery = 1,
                            .validity_s = 900,
                            .octets = (const uint8_t *)text,
                            .length = strlen(text)};
    int err = link_submit(d->link, &s);
    if (err < 0)
        printf("error submit %s: %s\n", tag, strerror(-err));
}

static void stats(struct drive *d)
{
    struct link_stats s;
    link_stats(d->link, &s);
    printf(
        "stats state=%s receiving=%d in_flight=%u delivers=%u rate=%.1f submits=%llu accepted=%llu "
        "throttled=%llu refused=%llu received=%llu binds=%llu drops=%llu garbage=%llu error=%s\n",
        link_state_name(s.state), s.receiving, s.in_flight, s.delivers, s.rate,
        (unsigned long long)s.submits, (unsigned long long)s.accepted,
        (unsigned long long)s.throttled, (unsigned long long)s.refused,
        (unsigned long long)s.received, (unsigned long long)s.binds, (unsigned long long)s.drops,
        (unsigned long long)s.garbage, s.error);
}

static void command(struct drive *d, char *line)
{
    char *word = strtok(line, " "), *rest = strtok(NULL, "");
    if (!word)
        return;
    if (!strcmp(word, "submit") && rest)
        submit(d, rest);
    else if (!strcmp(word, "load") && rest)
        load_begin(d, strtoull(rest, NULL, 10));
    else if (!strcmp(word, "run") && rest)
        run(d, strtod(rest, NULL));
    else if (!strcmp(word, "answer") && rest)
        d->answer = (uint32_t)strtoul(rest, NULL, 0);
    else if (!strcmp(word, "pause"))
        link_pause(d->link);
    else if (!strcmp(word, "resume"))
        link_resume(d->link);
    else if (!strcmp(word, "drain"))
        link_drain(d->link, on_drained);
    else if (!strcmp(word, "stats"))
        stats(d);
    else
        printf("error unknown command %s\n", word);
}

static void on_input(evutil_socket_t fd, short what, void *ctx)
{
    struct drive *d = ctx;
    (void)what;
    ssize_t got = read(fd, d->line + d->have, sizeof d->line - d->have - 1);
    if (got <= 0) {
        event_base_loopbreak(d->base);
        return;
    }
    d->have += (size_t)got;
    char *end;
    while ((end = memchr(d->line, '\n', d->have))) {
        *end = '\0';
        command(d, d->line);
        size_t used = (size_t)(end + 1 - d->line);
        memmove(d->line, end + 1, d->have - used);
        d->have -= used;
    }
}

static const struct {
    const char *name;
    size_t offset;
    enum { STRING, NUMBER, PORT, RATE, SWITCH, MODE } kind;
} settings[] = {
#define SETTING(name, field, kind)                                                                 \
    {                                                                                              \
        name, offsetof(struct link_conf, field), kind                                              \
    }
    SETTING("host", host, STRING),
    SETTING("port", port, PORT),
    SETTING("system_id", system_id, STRING),
    SETTING("password", password, STRING),
    SETTING("system_type", system_type, STRING),
    SETTING("mode", mode, MODE),
    SETTING("tls", tls.on, SWITCH),
    SETTING("ca", tls.ca, STRING),
    SETTING("cert", tls.cert, STRING),
    SETTING("key", tls.key, STRING),
    SETTING("name", tls.name, STRING),
    SETTING("window", window, NUMBER),
    SETTING("rate", rate, RATE),
    SETTING("enquire_ms", enquire_ms, NUMBER),
    SETTING("connect_ms", connect_ms, NUMBER),
    SETTING("bind_ms", bind_ms, NUMBER),
    SETTING("response_ms", response_ms, NUMBER),
    SETTING("backoff_min_ms", backoff_min_ms, NUMBER),
    SETTING("backoff_max_ms", backoff_max_ms, NUMBER),
    SETTING("refused_ms", refused_ms, NUMBER),
    SETTING("first_sequence", first_sequence, NUMBER),
#undef SETTING
};

static bool set(struct link_conf *conf, const char *argument)
{
    const char *value = strchr(argument, '=');
    for (size_t i = 0; value && i < sizeof settings / sizeof settings[0]; i++) {
        void *field = (char *)conf + settings[i].offset;
        if (strlen(settings[i].name) != (size_t)(value - argument) ||
            strncmp(argument, settings[i].name, (size_t)(value - argument)) != 0)
            continue;
        switch (settings[i].kind) {
        case STRING:
            *(const char **)field = value + 1;
            break;
        case NUMBER:
            *(unsigned *)field = (unsigned)strtoul(value + 1, NULL, 0);
            break;
        case PORT:
            *(uint16_t *)field = (uint16_t)strtoul(value + 1, NULL, 10);
            break;
        case RATE:
            *(double *)field = strtod(value + 1, NULL);
            break;
        case SWITCH:
            *(bool *)field = value[1] == '1';
            break;
        case MODE:
            *(enum link_mode *)field =
                strcmp(value + 1, "txrx") ? LINK_TRANSCEIVER : LINK_TRANSMITTER_RECEIVER;
            break;
        }
        return true;
    }
    return false;
}

int main(int argc, char **argv)
{
    static const struct link_events events = {on_up,        on_down,     NULL,      NULL,
                                              on_submitted, on_in_doubt, on_unsent, on_room,
                                              on_deliver,   on_log};
    static struct drive d;
    char why[200];
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    d.conf = (struct link_conf){.name = "drive", .host = "127.0.0.1", .system_id = "drive"};
    for (int i = 1; i < argc; i++)
        if (!set(&d.conf, argv[i])) {
            fprintf(stderr, "link-drive: no such setting: %s\n", argv[i]);
            return 2;
        }
    d.base = event_base_new();
    d.link = link_new(d.base, &d.conf, &events, &d, why, sizeof why);
    if (!d.link) {
        fprintf(stderr, "link-drive: %s\n", why);
        return 1;
    }
    d.input = event_new(d.base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, &d);
    d.end = event_new(d.base, -1, 0, on_end, &d);
    event_add(d.input, NULL);
    event_base_dispatch(d.base);
    link_free(d.link);
    event_free(d.input);
    event_free(d.end);
    event_base_free(d.base);
    return 0;
}
