// The command_status values by name (SMPP 3.4, 5.1.3), for the log and for whoever orders one.
#ifndef SMSC_STATUS_H
#define SMSC_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#define ESME_ROK              0x00000000u
#define ESME_RINVMSGLEN       0x00000001u
#define ESME_RINVCMDLEN       0x00000002u
#define ESME_RINVCMDID        0x00000003u
#define ESME_RINVBNDSTS       0x00000004u
#define ESME_RALYBND          0x00000005u
#define ESME_RSYSERR          0x00000008u
#define ESME_RINVDSTADR       0x0000000Bu
#define ESME_RBINDFAIL        0x0000000Du
#define ESME_RINVPASWD        0x0000000Eu
#define ESME_RINVSYSID        0x0000000Fu
#define ESME_RMSGQFUL         0x00000014u
#define ESME_RTHROTTLED       0x00000058u
#define ESME_RX_T_APPN        0x00000064u
#define ESME_RINVOPTPARSTREAM 0x000000C0u

// "RTHROTTLED", or NULL for a value the standard does not name.
const char *status_name(uint32_t status);
// Reads "RTHROTTLED", "ESME_RTHROTTLED", "0x58" or "88".
bool status_parse(const char *word, uint32_t *status);
// Whether who sent a deliver_sm tries it again later.
bool status_is_temporary(uint32_t status);

#endif
