/* GET health: what a monitor and an administrator want to know. */
#ifndef SMSI_HEALTH_H
#define SMSI_HEALTH_H

#include "mod_smsinteractivo/answer/reply.h"

struct health {
    bool smppd, store, accepting; /* is there, answers, takes messages */
    int64_t links, links_up, queue, sessions;
};

/* Asks both back ends. */
struct health health_ask(struct visit *visit);

/* 200, or 503 where no message can be sent. */
int health_handle(struct visit *visit);

#endif
