// Reads and writes the little of RIFF/WAVE that speech needs.
#include "mod_smsinteractivo/captcha/wav.h"

#include <stdbool.h>
#include <string.h>

static uint32_t number_at(const unsigned char *at, int octets)
{
    uint32_t number = 0;
    while (octets-- > 0)
        number = number << 8 | at[octets];
    return number;
}

// The chunk of that name, its size cut to what the file holds; NULL if there is none.
static const unsigned char *chunk_find(const unsigned char *file, size_t length, const char *name,
                                       uint32_t *size)
{
    size_t at = 12;
    while (at + 8 <= length) {
        size_t left = length - at - 8;
        uint32_t claimed = number_at(file + at + 4, 4);
        *size = claimed < left ? claimed : (uint32_t)left;
        if (memcmp(file + at, name, 4) == 0)
            return file + at + 8;
        at += 8 + (size_t)*size + (*size & 1); // chunks begin at even places
    }
    return NULL;
}

const char *wav_parse(const unsigned char *file, size_t length, struct wav *wav)
{
    uint32_t size;
    if (length < WAV_HEAD || memcmp(file, "RIFF", 4) != 0 || memcmp(file + 8, "WAVE", 4) != 0)
        return "is not a WAV file";
    const unsigned char *format = chunk_find(file, length, "fmt ", &size);
    if (!format || size < 16)
        return "has no format chunk";
    unsigned bits = number_at(format + 14, 2);
    if (number_at(format, 2) != 1 || number_at(format + 2, 2) != 1 || (bits != 8 && bits != 16))
        return "is not PCM with one channel of 8 or 16 bits";
    wav->rate = number_at(format + 4, 4);
    wav->octets = bits / 8;
    wav->data = chunk_find(file, length, "data", &size);
    if (!wav->data)
        return "has no samples";
    wav->samples = size / wav->octets;
    return NULL;
}

int wav_sample(const struct wav *wav, uint32_t i)
{
    const unsigned char *at = wav->data + (size_t)i * wav->octets;
    return wav->octets == 1 ? (*at - 128) * 256 : (int16_t)(at[0] | at[1] << 8);
}

static bool is_silent(const struct wav *wav, uint32_t i, int loudest)
{
    int sample = wav_sample(wav, i);
    return (sample < 0 ? -sample : sample) <= loudest / 40;
}

void wav_trim(struct wav *wav)
{
    int loudest = 0;
    for (uint32_t i = 0; i < wav->samples; i++) {
        int sample = wav_sample(wav, i);
        sample = sample < 0 ? -sample : sample;
        loudest = sample > loudest ? sample : loudest;
    }
    while (wav->samples > 0 && is_silent(wav, wav->samples - 1, loudest))
        wav->samples--;
    while (wav->samples > 0 && is_silent(wav, 0, loudest)) {
        wav->data += wav->octets;
        wav->samples--;
    }
}

static void number_put(unsigned char *at, uint32_t number, int octets)
{
    for (int i = 0; i < octets; i++, number >>= 8)
        at[i] = (unsigned char)number;
}

void wav_head_put(unsigned char out[static WAV_HEAD], uint32_t samples)
{
    memcpy(out, "RIFF....WAVEfmt ", 16);
    number_put(out + 4, WAV_HEAD - 8 + samples, 4);
    number_put(out + 16, 16, 4);       // octets of this chunk
    number_put(out + 20, 1, 2);        // PCM
    number_put(out + 22, 1, 2);        // channels
    number_put(out + 24, WAV_RATE, 4); // samples a second
    number_put(out + 28, WAV_RATE, 4); // octets a second
    number_put(out + 32, 1, 2);        // octets a sample
    number_put(out + 34, 8, 2);        // bits
    memcpy(out + 36, "data", 4);
    number_put(out + 40, samples, 4);
}
