/* Cutting an encoded text into segments. */
#ifndef SMPP_TEXT_SPLIT_H
#define SMPP_TEXT_SPLIT_H

#include "smpp/text/text.h"

/* Fills in segments, pdus, remaining, udhi, seg_units and seg_start of an encoded text, whose end
 * is in seg_start[1]. TEXT_UNICODE may part joined emoji, as most gateways do and the vectors want;
 * the other policies keep them whole. 0 or -EMSGSIZE. */
int text_split(struct text_sms *sms, enum text_policy policy, enum text_charset charset);

/* SMS that `letters` letters of one septet each need. */
unsigned split_segments(unsigned letters, bool ref16);

#endif
