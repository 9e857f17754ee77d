// The voices made when the module is built (voices.c).
#ifndef CAPTCHA_VOICE_H
#define CAPTCHA_VOICE_H

#include "mod_smsinteractivo/captcha/captcha.h"
#include "mod_smsinteractivo/captcha/wav.h"

enum { VOICE_SHORTEST = WAV_RATE / 10, VOICE_LONGEST = WAV_RATE * 9 / 10 }; // samples of one digit

extern const struct captcha_voice voices[];
extern const unsigned voice_count;

#endif
