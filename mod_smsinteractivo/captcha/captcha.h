// The security code: a picture, its spoken twin and a proof of work, each made from (secret, id,
// day). Nothing is stored: code and drawing are derived by HMAC-SHA-256, so every child and machine
// that holds the secret makes the same challenge, and asking for it twice gives an attacker nothing
// new.
#ifndef CAPTCHA_CAPTCHA_H
#define CAPTCHA_CAPTCHA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CAPTCHA_KEY_SIZE = 32,
    CAPTCHA_ID_LENGTH = 32,      // what captcha_id_is_valid accepts: lower-case hexadecimal
    CAPTCHA_CODE_ROOM = 8,       // letters of a picture and NUL
    CAPTCHA_DIGITS_ROOM = 8,     // digits of a recording and NUL
    CAPTCHA_WIDTH = 320,         // pixels
    CAPTCHA_HEIGHT = 104,        // pixels
    CAPTCHA_PICTURE_ROOM = 1600, // no picture is longer, octets
    CAPTCHA_AUDIO_ROOM = 56000,  // no recording is longer, octets
    CAPTCHA_WORK_BITS_LEAST = 20,
    CAPTCHA_WORK_BITS_MOST = 28,
};

// The server's secret: 32 random octets, the same in every child and machine of a deployment.
// The style of the drawings follows from it and the day, so two deployments look different.
struct captcha_secret {
    unsigned char key[CAPTCHA_KEY_SIZE];
};

// An id is 32 lower-case hexadecimal digits, made by the caller, at least 80 bits of them by
// chance.
bool captcha_id_is_valid(const char *id);

// `day` is the day the id was made (days since 1970, or any number that changes daily); the caller
// keeps it with the id, so that a picture fetched again after midnight has the same bytes.

// Writes the letters of the picture of `id`, NUL-terminated. Never sent to a visitor.
void captcha_code(const struct captcha_secret *secret, const char *id, unsigned day,
                  char out[static CAPTCHA_CODE_ROOM]);

// Whether what a visitor typed is the code (of a picture or of a recording): upper and lower case
// are one, spaces, dashes and dots do not count, and a look-alike that no picture holds (0 for D, 5
// for S) is taken for what it looks like too.
bool captcha_matches(const char *typed, const char *code);

// Draws the picture of `id` as PNG (ISO/IEC 15948; 1 bit a pixel) into out[0..room).
// dark: the same picture with black and white exchanged, for a dark page; it shows nothing new.
// room: at least CAPTCHA_PICTURE_ROOM.
// Returns its length (at most CAPTCHA_PICTURE_ROOM), -ENOBUFS, -ENOMEM.
int captcha_picture(const struct captcha_secret *secret, const char *id, unsigned day, bool dark,
                    unsigned char *out, size_t room);

// Writes the digits of the recording of `id`: a code of its own, unrelated to the picture's.
void captcha_digits(const struct captcha_secret *secret, const char *id, unsigned day,
                    char out[static CAPTCHA_DIGITS_ROOM]);

// One voice: ten digits as mono, unsigned 8-bit samples, 8,000 a second.
struct captcha_voice {
    const unsigned char *digit[10];
    uint32_t length[10]; // samples
};

// Reads DIR/0.wav to DIR/9.wav (RIFF/WAVE, PCM, mono, 8 or 16 bits, 8,000 a second, 0.1 to 0.9 s of
// sound after silence at both ends was cut). The caller frees with captcha_voice_free.
// Returns 0 or -errno, with a sentence that names the file in error[0..room).
int captcha_voice_read(const char *dir, struct captcha_voice *voice, char *error, size_t room);
void captcha_voice_free(struct captcha_voice *voice);

// Mixes the recording of `id` as WAV into out[0..room). voice: an administrator's, or NULL for
// those compiled in. Returns its length (at most CAPTCHA_AUDIO_ROOM), or -ENOBUFS.
int captcha_audio(const struct captcha_secret *secret, const char *id, unsigned day,
                  const struct captcha_voice *voice, unsigned char *out, size_t room);

// The third way: find a decimal number `nonce` so that SHA-256 of "ID:NONCE" begins with `bits`
// zero bits. How many bits to ask where `recent` such proofs were accepted lately (per address or
// site, the caller's choice): the least for none, one more each time `recent` doubles, the most at
// last.
unsigned captcha_work_bits(unsigned recent);

// Whether `nonce` (1 to 20 decimal digits) proves the work for `id`. bits: 1 to 64.
bool captcha_work_verify(const char *id, const char *nonce, unsigned bits);

#endif
