/* One deliver_sm on its way to its response: shared by answers.c, answer_read.c and
 * answer_settle.c. */
#ifndef SMPP_SWITCH_ANSWER_INNER_H
#define SMPP_SWITCH_ANSWER_INNER_H

#include "smpp/switch/answer_show.h"
#include "smpp/switch/optword.h"
#include "smpp/switch/switchboard.h"

enum { ANSWER_TEXT_EXTRA = 64 }; /* beside three octets of UTF-8 for each that came */

struct answer {
    struct switchboard *sb;
    struct link *link;
    uint64_t token;
    int64_t since; /* us, for the latency */
    char smsc[CONF_PEER_ROOM];
    char mobile[PDU_ADDRESS_MAX + 1], code[PDU_ADDRESS_MAX + 1];
    char id[PDU_MESSAGE_ID_MAX + 1];
    struct assembly_part part;
    uint64_t arrival;
    int64_t received; /* ms */
    enum optword word;
    enum spool_outcome outcome;
    enum route_verdict verdict;
    bool ended, is_mobile, is_our_code;
    uint64_t likeness;
    unsigned twins; /* other smppd that were given an equal one */
    struct look_twin twin[LOOK_TWINS];
    struct route route;
    struct text_profile profile;
    char *text; /* of a single part; behind the octets */
    size_t text_room;
    unsigned char octets[];
};

/* Fills in what the PDU says; link, token and room for octets and text are there. */
void answer_read(struct answer *answer, const struct message *message);
/* It is on disk, acknowledged, and no repetition of one that came here. `after`: as in
 * repeat_facts. */
void answer_settle(struct answer *answer, int64_t after);

#endif
