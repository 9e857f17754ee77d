/* What is wrong now and lasts until it is mended, told by the verb `status`: each thing that the
 * log tells once, as long as it is so. */
#ifndef SMPP_SWITCH_TROUBLE_H
#define SMPP_SWITCH_TROUBLE_H

struct request;
struct switchboard;

/* An item for each: trouble (its kind, see smppctl(8)), of (what has it), why. */
void troubles_tell(struct switchboard *sb, struct request *request);

#endif
