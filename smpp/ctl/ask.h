/* One question to smppd over its socket, as an operator, and the table of its answer. */
#ifndef SMPP_CTL_ASK_H
#define SMPP_CTL_ASK_H

#include <stdbool.h>

#include "smpp/wire/line.h"

/* Exit statuses of smppctl. */
enum {
    CTL_OK = 0,
    CTL_NO = 1, /* smppd refused, or is not well */
    CTL_USAGE = 2,
    CTL_UNREACHABLE = 3, /* smppd does not answer */
};

enum { ASK_FIELDS = 4 };

struct ask_field {
    const char *name, *value; /* name NULL: no further one */
};

struct ask {
    const char *verb;
    struct ask_field field[ASK_FIELDS];
    unsigned patience_s; /* how long an answer may take; 0: 5 */
    const char *unknown; /* a sentence where smppd knows no such value; NULL: it is told which */
    /* The items' columns are printed as a table where there are any; `empty` where
     * there are none. */
    const char *empty;
    /* What the ok says, name by name; NULL: nothing is printed of it. */
    void (*ok)(const struct line *line);
};

/* Where smppd listens; by default SMPPD_SOCKET of the environment, else /run/smppd/socket. */
void ask_socket(const char *path);

/* Connects, says hello, asks, prints. An exit status; what went wrong stands on stderr. */
int ask_put(const struct ask *ask);

/* For `ok`: a name and its value on each line. */
void ask_ok_print(const struct line *line);

#endif
