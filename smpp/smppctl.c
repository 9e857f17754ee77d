/* smppctl: what an operator asks and tells, one subcommand each. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "smpp/ctl_text.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *about;
} commands[] = {
    {"text", ctl_text, "how a text is encoded, counted and cut"},
    {"decode", ctl_decode, "what octets from a mobile say"},
};

static void usage(FILE *to)
{
    fputs("usage: smppctl COMMAND ...\n", to);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].about);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    bool asked = argc > 1 && (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0);
    usage(asked ? stdout : stderr);
    return asked ? 0 : 2;
}
