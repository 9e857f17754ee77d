/* Headers and names of PDUs. */
#include "smpp/pdu/pdu.h"

struct pdu_header pdu_header(const uint8_t *p)
{
    return (struct pdu_header){.length = pdu_get32(p),
                               .command = pdu_get32(p + 4),
                               .status = pdu_get32(p + 8),
                               .sequence = pdu_get32(p + 12)};
}

static const struct {
    uint32_t command;
    const char *name, *response;
} commands[] = {
    {COMMAND_BIND_RECEIVER, "bind_receiver", "bind_receiver_resp"},
    {COMMAND_BIND_TRANSMITTER, "bind_transmitter", "bind_transmitter_resp"},
    {COMMAND_QUERY_SM, "query_sm", "query_sm_resp"},
    {COMMAND_SUBMIT_SM, "submit_sm", "submit_sm_resp"},
    {COMMAND_DELIVER_SM, "deliver_sm", "deliver_sm_resp"},
    {COMMAND_UNBIND, "unbind", "unbind_resp"},
    {COMMAND_REPLACE_SM, "replace_sm", "replace_sm_resp"},
    {COMMAND_CANCEL_SM, "cancel_sm", "cancel_sm_resp"},
    {COMMAND_BIND_TRANSCEIVER, "bind_transceiver", "bind_transceiver_resp"},
    {COMMAND_OUTBIND, "outbind", "unknown"},
    {COMMAND_ENQUIRE_LINK, "enquire_link", "enquire_link_resp"},
    {COMMAND_SUBMIT_MULTI, "submit_multi", "submit_multi_resp"},
    {COMMAND_ALERT_NOTIFICATION, "alert_notification", "unknown"},
    {COMMAND_DATA_SM, "data_sm", "data_sm_resp"},
};

const char *pdu_command_name(uint32_t command)
{
    if (command == COMMAND_GENERIC_NACK)
        return "generic_nack";
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (commands[i].command == (command & ~COMMAND_RESPONSE))
            return command & COMMAND_RESPONSE ? commands[i].response : commands[i].name;
    return "unknown";
}
