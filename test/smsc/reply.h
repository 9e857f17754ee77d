// A handset writes: its text becomes deliver_sm, in as many parts as it takes.
#ifndef SMSC_REPLY_H
#define SMSC_REPLY_H

#include <stdint.h>

struct smsc;

// Everything a writer may choose; NULL is the usual.
struct reply {
    const char *to;     // the short code
    const char *text;   // UTF-8
    const char *coding; // auto (gsm7, else ucs2), gsm7, spanish, ucs2, latin1, binary
    const char *concat; // udh8, udh16, sar, payload
    const char
        *order;      // "2,1,3": the parts sent and their order; a part may be left out or repeated
    const char *hex; // octets instead of text, never split
    const char *reference, *esm_class, *data_coding; // numbers
    const char *from;                                // another source address
};

// Queues it. Returns the serial of the handset's message and the parts, or 0 with *why set to an
// English sentence for the writer.
uint64_t reply_send(struct smsc *smsc, const char *number, const struct reply *reply,
                    unsigned *parts, const char **why);

#endif
