/* smppctl: what an operator asks and tells, one subcommand each. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "smpp/ctl/ask.h"
#include "smpp/ctl/change.h"
#include "smpp/ctl/show.h"
#include "smpp/ctl/text.h"
#include "smpp/version.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *arguments, *about;
} commands[] = {
    {"status", ctl_status, "", "how smppd is"},
    {"health", ctl_health, "", "whether messages are accepted; ends with 1 if not"},
    {"links", ctl_links, "", "the links to SMSCs"},
    {"queue", ctl_queue, "", "what waits, by state"},
    {"routes", ctl_routes, "MOBILE", "the short codes of one mobile"},
    {"counters", ctl_counters, "", "everything that is counted"},
    {"optout", ctl_optout, "list | add MOBILE | remove MOBILE", "who wants no messages"},
    {"cdr", ctl_cdr, "export [FROM TO] | again NUMBER", "writes charging records as CSV"},
    {"pause", ctl_pause, "LINK", "sends nothing over a link; answers still come"},
    {"resume", ctl_resume, "LINK", "sends over it again"},
    {"reload", ctl_reload, "", "reads smppd.conf again"},
    {"drain", ctl_drain, "", "takes no more messages, waits for those under way"},
    {"text", ctl_text, "...", "how a text is encoded, counted and cut"},
    {"decode", ctl_decode, "...", "what octets from a mobile say"},
};

static void usage(FILE *to)
{
    fputs("usage: smppctl [-s SOCKET] COMMAND ...\n", to);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        char line[64];
        snprintf(line, sizeof line, "%s %s", commands[i].name, commands[i].arguments);
        fprintf(to, "  %-40s %s\n", line, commands[i].about);
    }
}

/* -1: go on; else the exit status. */
static int options_take(int argc, char **argv)
{
    for (int c; (c = getopt(argc, argv, "+s:hV")) != -1;) {
        if (c == 's') {
            ask_socket(optarg);
        } else if (c == 'V') {
            puts("smppctl " SMPPD_VERSION);
            return CTL_OK;
        } else {
            usage(c == 'h' ? stdout : stderr);
            return c == 'h' ? CTL_OK : CTL_USAGE;
        }
    }
    return -1;
}

int main(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0)) {
        usage(stdout);
        return CTL_OK;
    }
    int status = options_take(argc, argv);
    if (status >= 0)
        return status;
    argc -= optind;
    argv += optind;
    optind = 1; /* a subcommand may have options of its own */
    for (size_t i = 0; argc > 0 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[0], commands[i].name) == 0)
            return commands[i].run(argc, argv);
    if (argc > 0)
        fprintf(stderr, "smppctl: no command is called `%s`.\n", argv[0]);
    usage(stderr);
    return CTL_USAGE;
}
