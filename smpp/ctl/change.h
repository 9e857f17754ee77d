/* smppctl's commands that change something. argv[0] is the command's own name; each returns an exit
 * status. */
#ifndef SMPP_CTL_CHANGE_H
#define SMPP_CTL_CHANGE_H

int ctl_optout(int argc, char **argv);
int ctl_cdr(int argc, char **argv);
int ctl_pause(int argc, char **argv);
int ctl_resume(int argc, char **argv);
int ctl_drain(int argc, char **argv);
int ctl_reload(int argc, char **argv);

#endif
