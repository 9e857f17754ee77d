// SMPP 3.4, table 5-2.
#include "test/smsc/status.h"

#include <stddef.h>
#include <stdlib.h>
#include <strings.h>

static const struct {
    uint32_t status;
    const char *name;
} names[] = {
    {0x00, "ROK"},
    {0x01, "RINVMSGLEN"},
    {0x02, "RINVCMDLEN"},
    {0x03, "RINVCMDID"},
    {0x04, "RINVBNDSTS"},
    {0x05, "RALYBND"},
    {0x06, "RINVPRTFLG"},
    {0x07, "RINVREGDLVFLG"},
    {0x08, "RSYSERR"},
    {0x0A, "RINVSRCADR"},
    {0x0B, "RINVDSTADR"},
    {0x0C, "RINVMSGID"},
    {0x0D, "RBINDFAIL"},
    {0x0E, "RINVPASWD"},
    {0x0F, "RINVSYSID"},
    {0x11, "RCANCELFAIL"},
    {0x13, "RREPLACEFAIL"},
    {0x14, "RMSGQFUL"},
    {0x15, "RINVSERTYP"},
    {0x33, "RINVNUMDESTS"},
    {0x34, "RINVDLNAME"},
    {0x40, "RINVDESTFLAG"},
    {0x42, "RINVSUBREP"},
    {0x43, "RINVESMCLASS"},
    {0x44, "RCNTSUBDL"},
    {0x45, "RSUBMITFAIL"},
    {0x48, "RINVSRCTON"},
    {0x49, "RINVSRCNPI"},
    {0x50, "RINVDSTTON"},
    {0x51, "RINVDSTNPI"},
    {0x53, "RINVSYSTYP"},
    {0x54, "RINVREPFLAG"},
    {0x55, "RINVNUMMSGS"},
    {0x58, "RTHROTTLED"},
    {0x61, "RINVSCHED"},
    {0x62, "RINVEXPIRY"},
    {0x63, "RINVDFTMSGID"},
    {0x64, "RX_T_APPN"},
    {0x65, "RX_P_APPN"},
    {0x66, "RX_R_APPN"},
    {0x67, "RQUERYFAIL"},
    {0xC0, "RINVOPTPARSTREAM"},
    {0xC1, "ROPTPARNOTALLWD"},
    {0xC2, "RINVPARLEN"},
    {0xC3, "RMISSINGOPTPARAM"},
    {0xC4, "RINVOPTPARAMVAL"},
    {0xFE, "RDELIVERYFAILURE"},
    {0xFF, "RUNKNOWNERR"},
};

const char *status_name(uint32_t status)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].status == status)
            return names[i].name;
    return NULL;
}

bool status_parse(const char *word, uint32_t *status)
{
    char *end;
    unsigned long value;

    if (!strncasecmp(word, "ESME_", 5))
        word += 5;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcasecmp(names[i].name, word)) {
            *status = names[i].status;
            return true;
        }
    value = strtoul(word, &end, 0);
    if (!*word || *end || *word == '-' || value > UINT32_MAX)
        return false;
    *status = (uint32_t)value;
    return true;
}

bool status_is_temporary(uint32_t status)
{
    return status == ESME_RX_T_APPN || status == ESME_RSYSERR || status == ESME_RMSGQFUL ||
           status == ESME_RTHROTTLED;
}
