// The recording of a code: its digits one after the other, each time in another voice, speed and
// rhythm. No noise: it would stop people and no program, so the limits are what protects this way.
#include "mod_smsinteractivo/captcha/captcha.h"
#include "mod_smsinteractivo/captcha/derive.h"
#include "mod_smsinteractivo/captcha/voice.h"

#include <errno.h>
#include <string.h>

enum {
    DIGITS = 6,
    SILENCE = 128,
    SAMPLES_MOST = CAPTCHA_AUDIO_ROOM - WAV_HEAD,
    GAP_SHORTEST = WAV_RATE * 22 / 100,
    GAP_LONGEST = WAV_RATE * 48 / 100,
};

void captcha_digits(const struct captcha_secret *secret, const char *id, unsigned day,
                    char out[static CAPTCHA_DIGITS_ROOM])
{
    unsigned char octets[DERIVED_SIZE];
    derive_octets(secret, "audio code", id, day, octets);
    derive_symbols(octets, "0123456789", DIGITS, out);
}

// The digit spoken `speed` times as fast, in at most `room` samples. Returns how many.
static uint32_t digit_put(const unsigned char *digit, uint32_t length, float speed, float loud,
                          unsigned char *out, uint32_t room)
{
    uint32_t samples = (uint32_t)((float)(length - 1) / speed);
    samples = samples < room ? samples : room;
    for (uint32_t i = 0; i < samples; i++) {
        float at = (float)i * speed;
        uint32_t before = (uint32_t)at;
        float part = at - (float)before;
        float sample = (float)digit[before] * (1 - part) + (float)digit[before + 1] * part;
        out[i] = (unsigned char)((sample - SILENCE) * loud + SILENCE + 0.5f);
    }
    return samples;
}

static uint32_t gap_put(struct dice *dice, unsigned char *out, uint32_t room)
{
    uint32_t samples = GAP_SHORTEST + dice_below(dice, GAP_LONGEST - GAP_SHORTEST);
    samples = samples < room ? samples : room;
    memset(out, SILENCE, samples);
    return samples;
}

// Fills out with the samples. Slow recordings shorten the gaps, then speed up: all digits are
// heard.
static uint32_t digits_mix(const char *code, const struct captcha_voice *voice, struct dice *dice,
                           unsigned char *out)
{
    uint32_t spoken = 0, at = gap_put(dice, out, SAMPLES_MOST);
    float speed = dice_between(dice, 0.9f, 1.12f), quickest = 0;
    for (const char *digit = code; *digit; digit++)
        spoken += voice->length[*digit - '0'];
    quickest = (float)spoken / (float)(SAMPLES_MOST - GAP_LONGEST - DIGITS * GAP_SHORTEST);
    speed = speed > quickest ? speed : quickest;
    uint32_t left = (uint32_t)((float)spoken / speed) + DIGITS * GAP_SHORTEST;
    for (const char *digit = code; *digit; digit++) {
        uint32_t length = voice->length[*digit - '0'];
        float loud = dice_between(dice, 0.8f, 1);
        at +=
            digit_put(voice->digit[*digit - '0'], length, speed, loud, out + at, SAMPLES_MOST - at);
        left -= (uint32_t)((float)length / speed) + GAP_SHORTEST;
        uint32_t spare = at + left < SAMPLES_MOST ? SAMPLES_MOST - at - left : 0;
        at += gap_put(dice, out + at, spare);
    }
    return at;
}

int captcha_audio(const struct captcha_secret *secret, const char *id, unsigned day,
                  const struct captcha_voice *voice, unsigned char *out, size_t room)
{
    if (room < CAPTCHA_AUDIO_ROOM)
        return -ENOBUFS;
    char code[CAPTCHA_DIGITS_ROOM];
    captcha_digits(secret, id, day, code);
    struct dice dice = dice_from(secret, "audio", id, day);
    const struct captcha_voice *made = &voices[dice_below(&dice, voice_count)];
    uint32_t samples = digits_mix(code, voice ? voice : made, &dice, out + WAV_HEAD);
    wav_head_put(out, samples);
    return (int)(WAV_HEAD + samples);
}
