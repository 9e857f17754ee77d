// Reads an administrator's recordings of the ten digits.
#include "mod_smsinteractivo/captcha/voice.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MOST = 256 * 1024 }; // octets; 0.9 s are 14,400

// Reads the whole file into memory the caller frees. Returns its length or -errno.
static int file_read(const char *path, unsigned char **content)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return -errno;
    *content = malloc(FILE_MOST);
    int length = *content ? (int)fread(*content, 1, FILE_MOST, file) : -ENOMEM;
    fclose(file);
    return length;
}

// Keeps the sound of a file as 8-bit samples. Returns what is wrong, or NULL.
static const char *digit_take(const unsigned char *file, size_t length, struct captcha_voice *voice,
                              int digit)
{
    struct wav wav;
    const char *wrong = wav_parse(file, length, &wav);
    if (wrong)
        return wrong;
    if (wav.rate != WAV_RATE)
        return "has not 8,000 samples a second";
    wav_trim(&wav);
    if (wav.samples < VOICE_SHORTEST || wav.samples > VOICE_LONGEST)
        return "holds no sound of 0.1 to 0.9 seconds";
    unsigned char *samples = malloc(wav.samples);
    if (!samples)
        return "found no memory";
    for (uint32_t i = 0; i < wav.samples; i++)
        samples[i] = (unsigned char)((wav_sample(&wav, i) >> 8) + 128);
    voice->digit[digit] = samples;
    voice->length[digit] = wav.samples;
    return NULL;
}

int captcha_voice_read(const char *dir, struct captcha_voice *voice, char *error, size_t room)
{
    *voice = (struct captcha_voice){0};
    for (int digit = 0; digit < 10; digit++) {
        char path[4096];
        unsigned char *content = NULL;
        snprintf(path, sizeof path, "%s/%d.wav", dir, digit);
        int result = file_read(path, &content);
        const char *wrong =
            result < 0 ? strerror(-result) : digit_take(content, (size_t)result, voice, digit);
        free(content);
        if (wrong) {
            snprintf(error, room, "%s: %s", path, wrong);
            captcha_voice_free(voice);
            return result < 0 ? result : -EINVAL;
        }
    }
    return 0;
}

void captcha_voice_free(struct captcha_voice *voice)
{
    for (int digit = 0; digit < 10; digit++)
        free((unsigned char *)(uintptr_t)voice->digit[digit]); // ours: captcha_voice_read made it
    *voice = (struct captcha_voice){0};
}
