// Build-time program: prints voices as C, from WAV files of the digits 0 to 9, ten for each voice.
// Brings them to 8,000 samples a second in 8 bits, equally loud and without silence at the ends.
#include "mod_smsinteractivo/captcha/wav.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_MOST = 1 << 20, SPOKEN_MOST = WAV_RATE * 2, LOBES = 12 };

static unsigned char file[FILE_MOST];
static double spoken[SPOKEN_MOST];

static struct wav wav_load(const char *path)
{
    struct wav wav;
    FILE *stream = fopen(path, "rb");
    size_t length = stream ? fread(file, 1, sizeof file, stream) : 0;
    const char *wrong = wav_parse(file, length, &wav);
    if (stream)
        fclose(stream);
    if (wrong)
        exit(fprintf(stderr, "voices: %s %s\n", path, wrong));
    wav_trim(&wav);
    return wav;
}

// The sound at `at` (in the file's samples) with everything above half of WAV_RATE taken out:
// a sinc of that width under a raised cosine.
static double sample_between(const struct wav *wav, double at, double step)
{
    double sum = 0, weights = 0;
    for (long i = (long)(at - LOBES * step); i <= (long)(at + LOBES * step); i++) {
        double x = ((double)i - at) / step;
        double sinc = x == 0 ? 1 : sin(M_PI * x) / (M_PI * x);
        double weight = fabs(x) < LOBES ? sinc * (0.5 + 0.5 * cos(M_PI * x / LOBES)) : 0;
        weights += weight;
        if (i >= 0 && i < (long)wav->samples)
            sum += weight * wav_sample(wav, (uint32_t)i);
    }
    return sum / weights;
}

static void digit_print(const char *path, int number)
{
    struct wav wav = wav_load(path);
    double step = (double)wav.rate / WAV_RATE, loudest = 1;
    int samples = (int)(wav.samples / step);
    samples = samples < SPOKEN_MOST ? samples : SPOKEN_MOST;
    for (int i = 0; i < samples; i++) {
        spoken[i] = sample_between(&wav, i * step, step);
        loudest = fmax(loudest, fabs(spoken[i]));
    }
    printf("static const unsigned char digit_%d[%d] = {\n", number, samples);
    for (int i = 0; i < samples; i++)
        printf("%d,%c", (int)lround(128 + spoken[i] / loudest * 120), i % 24 == 23 ? '\n' : ' ');
    printf("};\n");
}

int main(int argc, char **argv)
{
    if (argc < 11 || (argc - 1) % 10 != 0)
        exit(fprintf(stderr, "usage: voices (0.wav .. 9.wav)... > voice_table.c\n"));
    printf("// Made by voices.c.\n#include \"mod_smsinteractivo/captcha/voice.h\"\n");
    for (int i = 1; i < argc; i++)
        digit_print(argv[i], i - 1);
    printf("const unsigned voice_count = %d;\nconst struct captcha_voice voices[] = {\n",
           (argc - 1) / 10);
    for (int i = 0; i < argc - 1; i += 10) {
        printf("{{");
        for (int j = i; j < i + 10; j++)
            printf("digit_%d, ", j);
        printf("}, {");
        for (int j = i; j < i + 10; j++)
            printf("sizeof digit_%d, ", j);
        printf("}},\n");
    }
    printf("};\n");
    return fflush(stdout) ? 1 : 0;
}
