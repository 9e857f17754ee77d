/* smppctl's commands that look and change nothing. argv[0] is the command's own name; each returns
 * an exit status. */
#ifndef SMPP_CTL_SHOW_H
#define SMPP_CTL_SHOW_H

int ctl_status(int argc, char **argv);
int ctl_health(int argc, char **argv);
int ctl_links(int argc, char **argv);
int ctl_queue(int argc, char **argv);
int ctl_routes(int argc, char **argv);
int ctl_counters(int argc, char **argv);

#endif
