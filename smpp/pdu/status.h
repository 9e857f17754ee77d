/* What each command_status means: its name, what to do about it and what the visitor is told.
 * One table (SMPP 3.4, 5.1.3), so that no other file tests single numbers. */
#ifndef SMPP_PDU_STATUS_H
#define SMPP_PDU_STATUS_H

#include <stdint.h>

enum {
    ESME_ROK = 0x00,
    ESME_RINVMSGLEN = 0x01,
    ESME_RINVCMDLEN = 0x02,
    ESME_RINVCMDID = 0x03,
    ESME_RINVBNDSTS = 0x04,
    ESME_RALYBND = 0x05,
    ESME_RSYSERR = 0x08,
    ESME_RINVSRCADR = 0x0A,
    ESME_RINVDSTADR = 0x0B,
    ESME_RBINDFAIL = 0x0D,
    ESME_RINVPASWD = 0x0E,
    ESME_RINVSYSID = 0x0F,
    ESME_RMSGQFUL = 0x14,
    ESME_RTHROTTLED = 0x58,
    ESME_RX_T_APPN = 0x64, /* ours to answer: temporary, keep the message */
    ESME_RINVOPTPARSTREAM = 0xC0,
    ESME_RUNKNOWNERR = 0xFF
};

enum status_action {
    STATUS_OK,        /* accepted */
    STATUS_SLOW,      /* refused for its pace: send again, the link slows down by itself */
    STATUS_RETRY,     /* temporary at the SMSC: send again after a while */
    STATUS_PERMANENT, /* this message will never be taken */
    STATUS_LINK /* the bind is at fault, not the message: send again once the link is up anew */
};

struct status {
    uint32_t number;  /* first of the range for a vendor's or reserved value */
    const char *name; /* "ESME_RTHROTTLED" */
    enum status_action action;
    /* What the visitor is told where it is permanent: not-claro (the number is not Claro's or takes
     * no messages), unreachable (off or without signal), refused (the network declined it), network
     * (a fault of ours or between us and it; the log says more). "" when ok. */
    const char *reason;
};

/* The row of a command_status; never NULL. Vendor values (0x400-0x4FF) are permanent with reason
 * "refused", reserved ones are retried. */
const struct status *status_of(uint32_t number);

#endif
