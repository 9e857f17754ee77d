/* What a handset shows of a text where the network takes only GSM-7: letters that it lacks became
 * others, and what looked harmless here may be a name or an address there. */
#ifndef SMSI_SHOWN_H
#define SMSI_SHOWN_H

#include "smpp/text/text.h"

/* Each such letter replaced, also of a text that smppd would send as it is (UCS-2). */
void shown_at_worst(char out[static TEXT_ROOM], const char *utf8);

#endif
