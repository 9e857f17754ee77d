/* smppd: the SMPP daemon. Its command line; what it is made of stands in daemon/start.c. */
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>

#include "smpp/logbook/log.h"
#include "smpp/daemon/smppd.h"
#include "smpp/version.h"

static void complain_plainly(void *ctx, const char *sentence)
{
    (void)ctx;
    fprintf(stderr, "%s\n", sentence);
}

static const char usage[] =
    "smppd [-dfnv] [-c FILE]   sends and receives the SMS of SMS Interactivo\n"
    "  -c FILE  the configuration; otherwise /etc/smsinteractivo/smppd.conf\n"
    "  -n       check the configuration, say what is wrong, end with 0 or 1\n"
    "  -f       stay in the foreground (it always does)\n"
    "  -v       log more: info\n"
    "  -d       log most: debug\n"
    "  -V       print the version\n"
    "  -h       print this\n"
    "See smppd(8) and smppd.conf(5).\n";

/* -1: go on; else the exit status. */
static int options_take(struct smppd *d, int argc, char **argv, bool *check)
{
    for (int c; (c = getopt(argc, argv, "c:dfhnvV")) != -1;) {
        switch (c) {
        case 'c':
            d->path = optarg;
            break;
        case 'd':
            d->log_level = LOG_AT_DEBUG;
            break;
        case 'v':
            d->log_level = LOG_AT_INFO;
            break;
        case 'n':
            *check = true;
            break;
        case 'f':
            break;
        case 'V':
            puts("smppd " SMPPD_VERSION);
            return 0;
        default:
            fputs(usage, c == 'h' ? stdout : stderr);
            return c == 'h' ? 0 : 2;
        }
    }
    if (optind == argc)
        return -1;
    fprintf(stderr, "smppd takes no `%s`.\n%s", argv[optind], usage);
    return 2;
}

int main(int argc, char **argv)
{
    struct smppd d = {.path = "/etc/smsinteractivo/smppd.conf"};
    struct complaints complaints = {{0}};
    bool check = false;
    int status = options_take(&d, argc, argv, &check);
    if (status >= 0)
        return status;
    umask(umask(077) | 027); /* stricter if we were told so, never laxer */
    d.conf = conf_load(d.path, check ? complain_plainly : complain_to_log, &complaints);
    if (check || !d.conf) {
        bool good = d.conf && conf_check_writing(d.conf, complain_plainly, NULL) == 0;
        if (good)
            printf("%s is good.\n", d.path);
        conf_drop(d.conf);
        return good ? 0 : 1;
    }
    smppd_conf_apply(&d);
    bool started = smppd_start(&d);
    if (started)
        event_base_dispatch(d.base);
    smppd_stop(&d);
    log_held(true);
    if (started)
        log_notice("SD0012", "stopped");
    return started ? 0 : 1;
}
