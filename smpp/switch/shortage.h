/* What is refused because no memory is left, told to the operator: whoever asked is only told to
 * come back. */
#ifndef SMPP_SWITCH_SHORTAGE_H
#define SMPP_SWITCH_SHORTAGE_H

/* `what`: "message" or "answer". */
void shortage_tell(const char *what);

#endif
