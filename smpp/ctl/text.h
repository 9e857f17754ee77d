/* smppctl's commands about texts. Neither needs a running daemon. */
#ifndef SMPP_CTL_TEXT_H
#define SMPP_CTL_TEXT_H

/* argv[0] is the command's own name. Exit status: 0, 1 for a text that cannot be, 2 for usage. */
int ctl_text(int argc, char **argv);
int ctl_decode(int argc, char **argv);

#endif
