// RIFF/WAVE with PCM samples, one channel: what recordings come in and go out as.
#ifndef CAPTCHA_WAV_H
#define CAPTCHA_WAV_H

#include <stddef.h>
#include <stdint.h>

enum { WAV_HEAD = 44, WAV_RATE = 8000 };

struct wav {
    const unsigned char *data; // inside the file's octets
    uint32_t samples, rate;
    unsigned octets; // of a sample: 1 (unsigned) or 2 (signed, little-endian)
};

// Finds the samples in file[0..length). Returns NULL, or what is wrong, as the end of a sentence.
// A data chunk that claims more than there is (a recorder's unfinished header) ends with the file.
const char *wav_parse(const unsigned char *file, size_t length, struct wav *wav);

// Sample number i, -32,768 to 32,767.
int wav_sample(const struct wav *wav, uint32_t i);

// Cuts silence (less than a fortieth of the loudest sample) off both ends.
void wav_trim(struct wav *wav);

// Writes the head of a file of that many 8-bit samples at WAV_RATE.
void wav_head_put(unsigned char out[static WAV_HEAD], uint32_t samples);

#endif
