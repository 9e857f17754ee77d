// The doors: TCP listeners, plain and TLS, that can be shut and opened again on the same port.
#ifndef SMSC_LISTEN_H
#define SMSC_LISTEN_H

#include <stdbool.h>

struct smsc;
struct listener;

// address is host:port; with certificate and key (PEM files) it speaks TLS. NULL with *why set.
struct listener *listener_open(struct smsc *smsc, const char *address, const char *certificate,
                               const char *key, const char **why);
void listener_close(struct listener *listener); // NULL is nothing
int listener_port(const struct listener *listener);
// Shut: connections are refused by the kernel. -errno where the port could not be had again.
int listener_shut(struct listener *listener, bool shut);
// Connects out and says outbind (SMPP 3.4, 4.1.7); then the connection is like one that came in.
int outbind_start(struct smsc *smsc, const char *address, const char *system_id,
                  const char *password);

// host:port ("127.0.0.1:2775", "[::1]:0", ":0") split; false where it is not that.
bool address_split(const char *address, char *host, unsigned long size, int *port);

#endif
