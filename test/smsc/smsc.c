// An SMSC to test against: SMPP 3.4 on one side, handsets on a page on the other.
#include "test/smsc/smsc.h"

#include <event2/event.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "test/smsc/http.h"
#include "test/smsc/listen.h"

static const char help[] =
    "usage: smsc [options]\n"
    "An SMSC for tests: ESMEs connect with SMPP 3.4, people see the handsets in a browser.\n"
    "\n"
    "  --smpp HOST:PORT    where ESMEs connect (127.0.0.1:0; port 0 is any free one)\n"
    "  --smpps HOST:PORT   the same under TLS; needs --tls-cert and --tls-key (PEM files)\n"
    "  --http HOST:PORT    handset page, JSON and control (127.0.0.1:0)\n"
    "  --system-id NAME    refuse other names\n"
    "  --password WORD     refuse other passwords\n"
    "  --fault NAME=VALUE  start with a fault; may be given several times (see --faults)\n"
    "  --faults            list the faults and exit\n"
    "  --sink              handsets keep no texts (--fault sink=on)\n"
    "  --handsets N        remember at most N handsets (500000)\n"
    "  --log N             remember the last N submits (20000)\n"
    "  --seed N            make chance repeatable\n"
    "  --ports-file FILE   write smpp=, smpps= and http= lines there once all are open\n"
    "  --verbose           a line for each bind, submit and answer\n"
    "  --help              this\n";

enum {
    OPT_SMPP = 256,
    OPT_SMPPS,
    OPT_HTTP,
    OPT_CERT,
    OPT_KEY,
    OPT_ID,
    OPT_PASSWORD,
    OPT_FAULT,
    OPT_FAULTS,
    OPT_SINK,
    OPT_HANDSETS,
    OPT_LOG,
    OPT_SEED,
    OPT_PORTS,
    OPT_VERBOSE,
    OPT_HELP
};

static const struct option longs[] = {
    {"smpp", required_argument, NULL, OPT_SMPP},
    {"smpps", required_argument, NULL, OPT_SMPPS},
    {"http", required_argument, NULL, OPT_HTTP},
    {"tls-cert", required_argument, NULL, OPT_CERT},
    {"tls-key", required_argument, NULL, OPT_KEY},
    {"system-id", required_argument, NULL, OPT_ID},
    {"password", required_argument, NULL, OPT_PASSWORD},
    {"fault", required_argument, NULL, OPT_FAULT},
    {"faults", no_argument, NULL, OPT_FAULTS},
    {"sink", no_argument, NULL, OPT_SINK},
    {"handsets", required_argument, NULL, OPT_HANDSETS},
    {"log", required_argument, NULL, OPT_LOG},
    {"seed", required_argument, NULL, OPT_SEED},
    {"ports-file", required_argument, NULL, OPT_PORTS},
    {"verbose", no_argument, NULL, OPT_VERBOSE},
    {"help", no_argument, NULL, OPT_HELP},
    {0},
};

// One line each, as README.md has them.
static void faults_list(void)
{
    for (size_t i = 0; i < fault_kinds_count; i++) {
        const struct fault_kind *kind = &fault_kinds[i];
        char word[32];
        fault_word(kind, kind->usual, word, sizeof word);
        printf("%-22s %-8s %s", kind->name, word, kind->tells);
        for (const char *choice = kind->choices; choice; choice = strchr(choice + 1, '|'))
            printf("%s%.*s", choice == kind->choices ? " (" : ", ",
                   (int)strcspn(choice + (*choice == '|'), "|"), choice + (*choice == '|'));
        puts(kind->choices ? ")" : "");
    }
}

static void usage_die(const char *what, const char *which)
{
    fprintf(stderr, "smsc: %s: %s\nTry smsc --help.\n", which, what);
    exit(2);
}

static void fault_option(struct smsc *smsc, char *word)
{
    char *equals = strchr(word, '=');

    if (!equals)
        usage_die("give --fault name=value", word);
    *equals = 0;
    if (fault_set(&smsc->fault, word, equals + 1))
        usage_die("no such fault, or not such a value (smsc --faults lists them)", word);
}

static unsigned long number_option(const char *name, const char *word, unsigned long most)
{
    char *end;
    unsigned long number = strtoul(word, &end, 10);

    if (end == word || *end || *word == '-' || number > most)
        usage_die("not a number, or too large", name);
    return number;
}

static void option_take(struct smsc *smsc, int option, char *word)
{
    struct options *o = &smsc->options;
    const char **const strings[] = {
        [OPT_SMPP - 256] = &o->smpp,        [OPT_SMPPS - 256] = &o->smpps,
        [OPT_HTTP - 256] = &o->http,        [OPT_CERT - 256] = &o->certificate,
        [OPT_KEY - 256] = &o->key,          [OPT_ID - 256] = &o->system_id,
        [OPT_PASSWORD - 256] = &o->password};

    if (option <= OPT_PASSWORD)
        *strings[option - 256] = word;
    else if (option == OPT_FAULT)
        fault_option(smsc, word);
    else if (option == OPT_VERBOSE)
        o->verbose = true;
    else if (option == OPT_SINK)
        smsc->fault.sink = 1;
    else if (option == OPT_HANDSETS)
        o->handsets = number_option("--handsets", word, 100000000);
    else if (option == OPT_LOG)
        o->journal = number_option("--log", word, 10000000);
    else if (option == OPT_SEED)
        fault_seed(number_option("--seed", word, UINT64_MAX));
    else
        o->ports_file = word;
}

static void options_read(struct smsc *smsc, int argc, char **argv)
{
    int option;

    smsc->options = (struct options){
        .smpp = "127.0.0.1:0", .http = "127.0.0.1:0", .handsets = 500000, .journal = 20000};
    fault_reset(&smsc->fault);
    while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1) {
        if (option == OPT_HELP || option == OPT_FAULTS) {
            if (option == OPT_HELP)
                fputs(help, stdout);
            else
                faults_list();
            exit(0);
        }
        if (option == '?')
            exit(2); // getopt has said why
        option_take(smsc, option, optarg);
    }
    if (optind < argc)
        usage_die("not an option", argv[optind]);
    if (smsc->options.smpps && (!smsc->options.certificate || !smsc->options.key))
        usage_die("needs --tls-cert and --tls-key", "--smpps");
}

static void stop(evutil_socket_t number, short what, void *base)
{
    (void)number, (void)what;
    event_base_loopbreak(base);
}

static void open_die(const char *option, const char *address, const char *why)
{
    fprintf(stderr, "smsc: %s %s: %s\n", option, address, why);
    exit(1);
}

static struct http *doors_open(struct smsc *smsc)
{
    const struct options *o = &smsc->options;
    const char *why;
    struct http *http;

    smsc->listeners[0] = listener_open(smsc, o->smpp, NULL, NULL, &why);
    if (!smsc->listeners[0])
        open_die("--smpp", o->smpp, why);
    if (o->smpps) {
        smsc->listeners[1] = listener_open(smsc, o->smpps, o->certificate, o->key, &why);
        if (!smsc->listeners[1])
            open_die("--smpps", o->smpps, why);
    }
    http = http_open(smsc, o->http, &why);
    if (!http)
        open_die("--http", o->http, why);
    return http;
}

// Written beside and renamed, so that who waits for the file finds it whole.
static void ports_write(const char *path, int smpp, int smpps, int http)
{
    char beside[4096];
    FILE *file;

    snprintf(beside, sizeof beside, "%s.new", path);
    file = fopen(beside, "w");
    if (!file)
        open_die("--ports-file", path, "cannot be written");
    fprintf(file, "smpp=%d\nsmpps=%d\nhttp=%d\n", smpp, smpps, http);
    if (fclose(file) || rename(beside, path))
        open_die("--ports-file", path, "cannot be written");
}

static void doors_tell(const struct smsc *smsc, const struct http *http)
{
    int smpp = listener_port(smsc->listeners[0]);
    int smpps = smsc->listeners[1] ? listener_port(smsc->listeners[1]) : 0;
    char host[64], web[64];
    int port;

    address_split(smsc->options.smpp, host, sizeof host, &port);
    address_split(smsc->options.http, web, sizeof web, &port);
    if (smsc->options.ports_file)
        ports_write(smsc->options.ports_file, smpp, smpps, http_port(http));
    printf("smsc: smpp %s:%d handsets http://%s:%d/", host, smpp, web, http_port(http));
    if (smpps)
        printf(" smpps %d", smpps);
    printf("\n");
    fflush(stdout);
}

static void smsc_run(struct smsc *smsc, struct http *http)
{
    struct event *term = evsignal_new(smsc->base, SIGTERM, stop, smsc->base);
    struct event *interrupt = evsignal_new(smsc->base, SIGINT, stop, smsc->base);

    if (term && interrupt && !event_add(term, NULL) && !event_add(interrupt, NULL)) {
        doors_tell(smsc, http);
        event_base_dispatch(smsc->base);
    }
    if (term)
        event_free(term);
    if (interrupt)
        event_free(interrupt);
}

static void smsc_close(struct smsc *smsc, struct http *http)
{
    http_close(http);
    listener_close(smsc->listeners[0]);
    listener_close(smsc->listeners[1]);
    sessions_close(smsc);
    deliver_close(smsc);
    later_close(&smsc->later);
    handsets_close(&smsc->handsets);
    journal_close(&smsc->journal);
    event_base_free(smsc->base);
}

int main(int argc, char **argv)
{
    static struct smsc smsc;

    signal(SIGPIPE, SIG_IGN);
    fault_seed((uint64_t)time(NULL) * 2654435761u);
    options_read(&smsc, argc, argv);
    TAILQ_INIT(&smsc.sessions);
    smsc.base = event_base_new();
    // Ids go on where an earlier run cannot have been: microseconds, not a count.
    smsc.message_serial = (uint64_t)time(NULL) * 1000000;
    if (!smsc.base || later_open(&smsc.later, smsc.base, &smsc) ||
        handsets_open(&smsc.handsets, smsc.options.handsets) ||
        journal_open(&smsc.journal, smsc.options.journal)) {
        fprintf(stderr, "smsc: out of memory\n");
        return 1;
    }
    deliver_open(&smsc);
    struct http *http = doors_open(&smsc);
    smsc_run(&smsc, http);
    smsc_close(&smsc, http);
    return 0;
}
