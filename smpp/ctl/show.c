/* Looks at smppd: status, health, links, queue, routes of one mobile, counters. */
#include "smpp/ctl/show.h"

#include <stdio.h>
#include <string.h>

#include "smpp/ctl/ask.h"
#include "smpp/ctl/mobile.h"

static int alone(int argc, char **argv, const struct ask *ask)
{
    if (argc == 1)
        return ask_put(ask);
    fprintf(stderr, "smppctl: %s takes no `%s`.\n", argv[0], argv[1]);
    return CTL_USAGE;
}

int ctl_status(int argc, char **argv)
{
    return alone(
        argc, argv,
        &(struct ask){.verb = "status", .empty = "There is no trouble.", .ok = ask_ok_print});
}

static bool unwell;

static void health_print(const struct line *line)
{
    const char *accepting = line_get(line, "accepting");
    ask_ok_print(line);
    unwell = !accepting || strcmp(accepting, "yes") != 0;
}

int ctl_health(int argc, char **argv)
{
    int status = alone(argc, argv, &(struct ask){.verb = "health", .ok = health_print});
    return status == CTL_OK && unwell ? CTL_NO : status;
}

int ctl_links(int argc, char **argv)
{
    return alone(argc, argv, &(struct ask){.verb = "links", .empty = "There are no links."});
}

int ctl_queue(int argc, char **argv)
{
    return alone(argc, argv, &(struct ask){.verb = "queue", .empty = "Nothing waits."});
}

int ctl_counters(int argc, char **argv)
{
    return alone(argc, argv, &(struct ask){.verb = "counters"});
}

int ctl_routes(int argc, char **argv)
{
    char mobile[MOBILE_ROOM];
    if (argc != 2) {
        fputs("usage: smppctl routes MOBILE\n", stderr);
        return CTL_USAGE;
    }
    if (!mobile_take(mobile, argv[1]))
        return CTL_USAGE;
    return ask_put(&(struct ask){.verb = "routes",
                                 .field = {{"mobile", mobile}},
                                 .empty = "No short code remembers this mobile."});
}
