/* Changes something at smppd: opt-outs, CDR files, links, its configuration, its end. */
#include "smpp/ctl/change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "smpp/ctl/ask.h"
#include "smpp/ctl/mobile.h"

enum { DRAIN_PATIENCE_S = 310, EXPORT_PATIENCE_S = 120 };

static int usage(const char *line)
{
    fprintf(stderr, "usage: smppctl %s\n", line);
    return CTL_USAGE;
}

static int optout_one(const char *verb, const char *typed, const char *done)
{
    char mobile[MOBILE_ROOM];
    if (!mobile_take(mobile, typed))
        return CTL_USAGE;
    return ask_put(&(struct ask){.verb = verb, .field = {{"mobile", mobile}}, .empty = done});
}

int ctl_optout(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "list") == 0)
        return ask_put(&(struct ask){
            .verb = "optout-list", .patience_s = 30, .empty = "Nobody has opted out."});
    if (argc == 3 && strcmp(argv[1], "add") == 0)
        return optout_one("optout-add", argv[2], "No messages from the web go there any more.");
    if (argc == 3 && strcmp(argv[1], "remove") == 0)
        return optout_one("optout-remove", argv[2], "Messages from the web go there again.");
    return usage("optout list | add MOBILE | remove MOBILE");
}

/* A day or a moment in UTC as ms, in decimal digits. */
static bool moment_take(char out[24], const char *typed)
{
    static const char *const forms[] = {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ", "%Y-%m-%d"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct tm tm = {0};
        const char *end = strptime(typed, forms[i], &tm);
        struct tm said = tm;
        long long seconds = (long long)timegm(&tm); /* makes 3 March of 31 February */
        if (end && !*end && tm.tm_mday == said.tm_mday && tm.tm_hour == said.tm_hour &&
            tm.tm_sec == said.tm_sec) {
            snprintf(out, 24, "%lld", seconds * 1000);
            return true;
        }
    }
    fprintf(stderr,
            "smppctl: `%s` is no day or moment in UTC, as in 2026-01-31 or "
            "2026-01-31T12:00Z.\n",
            typed);
    return false;
}

/* The number in a file's name: cdr-INSTANCE-00000017.csv is 17. */
static bool number_take(const char *typed)
{
    if (*typed && strspn(typed, "0123456789") == strlen(typed))
        return true;
    fprintf(stderr, "smppctl: `%s` is no file's number, as in cdr-0123abcd-00000017.csv.\n", typed);
    return false;
}

int ctl_cdr(int argc, char **argv)
{
    char from[24], to[24];
    struct ask ask = {.verb = "cdr-export", .patience_s = EXPORT_PATIENCE_S, .ok = ask_ok_print};
    bool export = argc > 1 && strcmp(argv[1], "export") == 0;
    bool again = argc == 3 && strcmp(argv[1], "again") == 0;
    if (!again && !(export && (argc == 2 || argc == 4)))
        return usage("cdr export [FROM TO] | again NUMBER");
    if (export && argc == 4) {
        if (!moment_take(from, argv[2]) || !moment_take(to, argv[3]))
            return CTL_USAGE;
        if (strtoll(from, NULL, 10) > strtoll(to, NULL, 10)) {
            fprintf(stderr, "smppctl: `%s` comes before `%s`.\n", argv[3], argv[2]);
            return CTL_USAGE;
        }
        ask.field[0] = (struct ask_field){"from", from};
        ask.field[1] = (struct ask_field){"to", to};
    }
    if (again && !number_take(argv[2]))
        return CTL_USAGE;
    if (again) {
        ask.field[0] = (struct ask_field){"file", argv[2]};
        ask.unknown = "no file has this number.";
    }
    return ask_put(&ask);
}

static int link_ask(int argc, char **argv, const char *verb, const char *done)
{
    char line[64];
    snprintf(line, sizeof line, "%s LINK", argv[0]);
    if (argc != 2)
        return usage(line);
    return ask_put(&(struct ask){.verb = verb,
                                 .field = {{"name", argv[1]}},
                                 .unknown = "no link has this name; `smppctl links` lists them.",
                                 .empty = done});
}

int ctl_pause(int argc, char **argv)
{
    return link_ask(argc, argv, "link-pause", "Nothing is sent over it; answers still come.");
}

int ctl_resume(int argc, char **argv)
{
    return link_ask(argc, argv, "link-resume", "It sends again.");
}

int ctl_drain(int argc, char **argv)
{
    if (argc != 1)
        return usage(argv[0]);
    return ask_put(&(struct ask){.verb = "drain",
                                 .patience_s = DRAIN_PATIENCE_S,
                                 .empty = "Nothing is under way; smppd may be stopped."});
}

int ctl_reload(int argc, char **argv)
{
    if (argc != 1)
        return usage(argv[0]);
    return ask_put(&(struct ask){.verb = "reload", .patience_s = 30, .empty = "It is taken over."});
}
