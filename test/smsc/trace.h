// What happens, one line each on standard output, where --verbose asks for it.
#ifndef SMSC_TRACE_H
#define SMSC_TRACE_H

struct smsc;

void trace(const struct smsc *smsc, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
