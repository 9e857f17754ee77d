/* The table of command_status values. */
#include "smpp/pdu/status.h"

#define ROW(number, name, action, reason)                                                          \
    {                                                                                              \
        number, name, action, reason                                                               \
    }

static const struct status statuses[] = {
    ROW(0x00, "ESME_ROK", STATUS_OK, ""),
    ROW(0x01, "ESME_RINVMSGLEN", STATUS_PERMANENT, "network"),
    ROW(0x02, "ESME_RINVCMDLEN", STATUS_PERMANENT, "network"),
    ROW(0x03, "ESME_RINVCMDID", STATUS_PERMANENT, "network"),
    ROW(0x04, "ESME_RINVBNDSTS", STATUS_LINK, "network"),
    ROW(0x05, "ESME_RALYBND", STATUS_LINK, "network"),
    ROW(0x06, "ESME_RINVPRTFLG", STATUS_PERMANENT, "network"),
    ROW(0x07, "ESME_RINVREGDLVFLG", STATUS_PERMANENT, "network"),
    ROW(0x08, "ESME_RSYSERR", STATUS_RETRY, "network"),
    ROW(0x0A, "ESME_RINVSRCADR", STATUS_PERMANENT, "network"),
    ROW(0x0B, "ESME_RINVDSTADR", STATUS_PERMANENT, "not-claro"),
    ROW(0x0C, "ESME_RINVMSGID", STATUS_PERMANENT, "network"),
    ROW(0x0D, "ESME_RBINDFAIL", STATUS_LINK, "network"),
    ROW(0x0E, "ESME_RINVPASWD", STATUS_LINK, "network"),
    ROW(0x0F, "ESME_RINVSYSID", STATUS_LINK, "network"),
    ROW(0x11, "ESME_RCANCELFAIL", STATUS_PERMANENT, "network"),
    ROW(0x13, "ESME_RREPLACEFAIL", STATUS_PERMANENT, "network"),
    ROW(0x14, "ESME_RMSGQFUL", STATUS_SLOW, "network"),
    ROW(0x15, "ESME_RINVSERTYP", STATUS_PERMANENT, "network"),
    ROW(0x33, "ESME_RINVNUMDESTS", STATUS_PERMANENT, "network"),
    ROW(0x34, "ESME_RINVDLNAME", STATUS_PERMANENT, "network"),
    ROW(0x40, "ESME_RINVDESTFLAG", STATUS_PERMANENT, "network"),
    ROW(0x42, "ESME_RINVSUBREP", STATUS_PERMANENT, "network"),
    ROW(0x43, "ESME_RINVESMCLASS", STATUS_PERMANENT, "network"),
    ROW(0x44, "ESME_RCNTSUBDL", STATUS_PERMANENT, "network"),
    ROW(0x45, "ESME_RSUBMITFAIL", STATUS_RETRY, "refused"),
    ROW(0x48, "ESME_RINVSRCTON", STATUS_PERMANENT, "network"),
    ROW(0x49, "ESME_RINVSRCNPI", STATUS_PERMANENT, "network"),
    ROW(0x50, "ESME_RINVDSTTON", STATUS_PERMANENT, "network"),
    ROW(0x51, "ESME_RINVDSTNPI", STATUS_PERMANENT, "network"),
    ROW(0x53, "ESME_RINVSYSTYP", STATUS_LINK, "network"),
    ROW(0x54, "ESME_RINVREPFLAG", STATUS_PERMANENT, "network"),
    ROW(0x55, "ESME_RINVNUMMSGS", STATUS_PERMANENT, "network"),
    ROW(0x58, "ESME_RTHROTTLED", STATUS_SLOW, "network"),
    ROW(0x61, "ESME_RINVSCHED", STATUS_PERMANENT, "network"),
    ROW(0x62, "ESME_RINVEXPIRY", STATUS_PERMANENT, "network"),
    ROW(0x63, "ESME_RINVDFTMSGID", STATUS_PERMANENT, "network"),
    ROW(0x64, "ESME_RX_T_APPN", STATUS_RETRY, "network"),
    ROW(0x65, "ESME_RX_P_APPN", STATUS_PERMANENT, "refused"),
    ROW(0x66, "ESME_RX_R_APPN", STATUS_PERMANENT, "refused"),
    ROW(0x67, "ESME_RQUERYFAIL", STATUS_PERMANENT, "network"),
    ROW(0xC0, "ESME_RINVOPTPARSTREAM", STATUS_PERMANENT, "network"),
    ROW(0xC1, "ESME_ROPTPARNOTALLWD", STATUS_PERMANENT, "network"),
    ROW(0xC2, "ESME_RINVPARLEN", STATUS_PERMANENT, "network"),
    ROW(0xC3, "ESME_RMISSINGOPTPARAM", STATUS_PERMANENT, "network"),
    ROW(0xC4, "ESME_RINVOPTPARAMVAL", STATUS_PERMANENT, "network"),
    ROW(0xFE, "ESME_RDELIVERYFAILURE", STATUS_PERMANENT, "unreachable"),
    ROW(0xFF, "ESME_RUNKNOWNERR", STATUS_RETRY, "refused"),
};

static const struct status vendor = ROW(0x400, "vendor", STATUS_PERMANENT, "refused");
static const struct status reserved = ROW(0x100, "reserved", STATUS_RETRY, "refused");

const struct status *status_of(uint32_t number)
{
    for (unsigned i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        if (statuses[i].number == number)
            return &statuses[i];
    return number >= 0x400 && number <= 0x4FF ? &vendor : &reserved;
}
