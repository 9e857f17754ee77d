/* The verbs by which an operator changes something; `sb` is the switchboard. */
#ifndef SMPP_SWITCH_VERBS_OPERATOR_H
#define SMPP_SWITCH_VERBS_OPERATOR_H

struct request;

void verb_optout_list(void *sb, struct request *request);
void verb_optout_add(void *sb, struct request *request);
void verb_optout_remove(void *sb, struct request *request);
void verb_cdr_export(void *sb, struct request *request);
void verb_link_pause(void *sb, struct request *request);
void verb_link_resume(void *sb, struct request *request);
void verb_drain(void *sb, struct request *request);
void verb_reload(void *sb, struct request *request);

#endif
