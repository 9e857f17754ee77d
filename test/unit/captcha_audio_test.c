// The recording of a security code: six digits, bounded, in our voices or an administrator's.
#include "mod_smsinteractivo/captcha/captcha.h"
#include "mod_smsinteractivo/captcha/alphabet.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { HEAD = 44, RATE = 8000 };

static const struct captcha_secret secret = {"one deployment"};
static char dir[64];

static const char *id_of(unsigned number)
{
    static char id[CAPTCHA_ID_LENGTH + 1];
    snprintf(id, sizeof id, "%032x", number);
    return id;
}

static uint32_t number_at(const unsigned char *at)
{
    return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

// How many stretches of at least 0.2 s of nothing there are.
static unsigned pauses(const unsigned char *sample, uint32_t count)
{
    unsigned found = 0, quiet = 0;
    for (uint32_t i = 0; i < count; i++) {
        quiet = sample[i] == 128 ? quiet + 1 : 0;
        found += quiet == RATE / 5;
    }
    return found;
}

// How many stretches between such pauses are spoken aloud: reach half of what a sample can.
static unsigned loud_parts(const unsigned char *sample, uint32_t count)
{
    unsigned found = 0, quiet = 0;
    bool loud = false;
    for (uint32_t i = 0; i < count; i++) {
        quiet = sample[i] == 128 ? quiet + 1 : 0;
        loud |= abs(sample[i] - 128) >= 64;
        if (quiet == RATE / 5) {
            found += loud;
            loud = false;
        }
    }
    return found;
}

static void check_recording(const unsigned char *wav, int length)
{
    assert_in_range(length, 2 * RATE, 56000);
    assert_memory_equal(wav, "RIFF", 4);
    assert_int_equal(number_at(wav + 4), length - 8);
    assert_memory_equal(wav + 8, "WAVEfmt \20\0\0\0\1\0\1\0", 16);
    assert_int_equal(number_at(wav + 24), RATE);
    assert_memory_equal(wav + 32, "\1\0\10\0data", 8);
    assert_int_equal(number_at(wav + 40), length - HEAD);
    assert_true(length - HEAD <= 7 * RATE);
    assert_int_equal(pauses(wav + HEAD, (uint32_t)length - HEAD), 7);
    assert_int_equal(loud_parts(wav + HEAD, (uint32_t)length - HEAD), 6);
}

static void every_recording_is_six_loud_digits_in_at_most_7_seconds(void **state)
{
    (void)state;
    static unsigned char wav[CAPTCHA_AUDIO_ROOM];
    for (unsigned i = 0; i < 500; i++) {
        int length = captcha_audio(&secret, id_of(i), 20000 + i, NULL, wav, sizeof wav);
        check_recording(wav, length);
    }
}

static void one_id_gives_the_same_recording_and_another_id_another(void **state)
{
    (void)state;
    static unsigned char a[CAPTCHA_AUDIO_ROOM], b[CAPTCHA_AUDIO_ROOM];
    int length = captcha_audio(&secret, id_of(1), 20000, NULL, a, sizeof a);
    captcha_audio(&secret, id_of(2), 20000, NULL, b, sizeof b);
    assert_memory_not_equal(a + HEAD, b + HEAD, RATE);
    assert_int_equal(captcha_audio(&secret, id_of(1), 20000, NULL, b, sizeof b), length);
    assert_memory_equal(a, b, (size_t)length);
}

static void the_digits_are_not_the_letters_of_the_picture(void **state)
{
    (void)state;
    char digits[CAPTCHA_DIGITS_ROOM], code[CAPTCHA_CODE_ROOM];
    unsigned seen[10] = {0}, both_odd_or_even = 0;
    for (unsigned i = 0; i < 5000; i++) {
        captcha_digits(&secret, id_of(i), 20000, digits);
        captcha_code(&secret, id_of(i), 20000, code);
        assert_int_equal(strspn(digits, "0123456789"), 6);
        assert_int_equal(strlen(digits), 6);
        assert_false(captcha_matches(digits, code));
        assert_true(captcha_matches(digits, digits));
        both_odd_or_even += (digits[0] - '0' + strchr(ALPHABET, code[0]) - ALPHABET) % 2 == 0;
        for (int j = 0; j < 6; j++)
            seen[digits[j] - '0']++;
    }
    assert_in_range(both_odd_or_even, 2300, 2700); // as two codes from one HMAC would not be
    for (int digit = 0; digit < 10; digit++)
        assert_in_range(seen[digit], 2800, 3200);
}

static void number_put(FILE *file, unsigned number, int octets)
{
    for (; octets-- > 0; number >>= 8)
        fputc((int)(number & 255), file);
}

// A tone of that many samples between two silences of 50 ms.
static void recording_write(int digit, unsigned rate, unsigned bits, unsigned samples)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%d.wav", dir, digit);
    FILE *file = fopen(path, "wb");
    unsigned quiet = rate / 20, all = samples + 2 * quiet, octets = bits / 8;
    fwrite("RIFF....WAVELIST\3\0\0\0abc.fmt \20\0\0\0\1\0\1\0", 1, 36, file);
    number_put(file, rate, 4);
    number_put(file, rate * octets, 4);
    number_put(file, octets, 2);
    number_put(file, bits, 2);
    fwrite("data", 1, 4, file);
    number_put(file, all * octets, 4);
    for (unsigned i = 0; i < all; i++) {
        bool tone = i >= quiet && i < quiet + samples;
        int sample = !tone ? 0 : i % 16 < 8 ? 24000 : -24000;
        number_put(file, bits == 16 ? (uint16_t)sample : (unsigned)(sample / 256 + 128),
                   (int)octets);
    }
    fclose(file);
}

static void recordings_write(unsigned rate, unsigned bits, unsigned samples)
{
    for (int digit = 0; digit < 10; digit++)
        recording_write(digit, rate, bits, samples);
}

static void an_administrators_recordings_are_used_without_their_silence(void **state)
{
    (void)state;
    static unsigned char ours[CAPTCHA_AUDIO_ROOM], theirs[CAPTCHA_AUDIO_ROOM];
    struct captcha_voice voice;
    char error[256] = "";
    for (unsigned bits = 8; bits <= 16; bits += 8) {
        recordings_write(RATE, bits, 4000);
        assert_int_equal(captcha_voice_read(dir, &voice, error, sizeof error), 0);
        for (int digit = 0; digit < 10; digit++)
            assert_int_equal(voice.length[digit], 4000);
        captcha_audio(&secret, id_of(1), 20000, NULL, ours, sizeof ours);
        int length = captcha_audio(&secret, id_of(1), 20000, &voice, theirs, sizeof theirs);
        check_recording(theirs, length);
        assert_memory_not_equal(ours, theirs, (size_t)length);
        captcha_voice_free(&voice);
    }
}

static void slow_recordings_are_sped_up_and_all_digits_heard(void **state)
{
    (void)state;
    static unsigned char wav[CAPTCHA_AUDIO_ROOM];
    struct captcha_voice voice;
    char error[256] = "";
    recordings_write(RATE, 8, RATE * 9 / 10);
    assert_int_equal(captcha_voice_read(dir, &voice, error, sizeof error), 0);
    for (unsigned i = 0; i < 200; i++)
        check_recording(wav, captcha_audio(&secret, id_of(i), 20000, &voice, wav, sizeof wav));
    captcha_voice_free(&voice);
}

static void unusable_recordings_are_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        unsigned rate, bits, samples;
    } bad[] = {{44100, 16, 4000}, {RATE, 8, RATE}, {RATE, 8, 100}, {RATE, 8, 0}, {RATE, 24, 4000}};
    struct captcha_voice voice;
    char error[256];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        recordings_write(RATE, 16, 4000);
        recording_write(7, bad[i].rate, bad[i].bits, bad[i].samples);
        assert_int_equal(captcha_voice_read(dir, &voice, error, sizeof error), -EINVAL);
        assert_non_null(strstr(error, "/7.wav"));
        assert_null(voice.digit[0]);
    }
    recordings_write(RATE, 16, 4000);
    strcat(dir, "/none");
    assert_int_equal(captcha_voice_read(dir, &voice, error, sizeof error), -ENOENT);
    dir[strlen(dir) - 5] = '\0';
}

static void a_recording_cut_at_any_octet_is_refused_or_used_never_overrun(void **state)
{
    (void)state;
    struct captcha_voice voice;
    char error[256], path[128];
    recordings_write(RATE, 16, 1200);
    snprintf(path, sizeof path, "%s/3.wav", dir);
    for (int length = 4500; length >= 0; length -= length > 100 ? 97 : 1) {
        assert_int_equal(truncate(path, length), 0);
        if (captcha_voice_read(dir, &voice, error, sizeof error) == 0) {
            assert_in_range(voice.length[3], 800, (length - 56) / 2 - 400);
            captcha_voice_free(&voice);
        } else {
            assert_true(length < 56 + 2 * (400 + 800));
        }
    }
}

static int dir_make(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/captcha_audio_test.XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int dir_remove(void **state)
{
    (void)state;
    char path[128];
    for (int digit = 0; digit < 10; digit++) {
        snprintf(path, sizeof path, "%s/%d.wav", dir, digit);
        unlink(path);
    }
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_recording_is_six_loud_digits_in_at_most_7_seconds),
        cmocka_unit_test(one_id_gives_the_same_recording_and_another_id_another),
        cmocka_unit_test(the_digits_are_not_the_letters_of_the_picture),
        cmocka_unit_test(an_administrators_recordings_are_used_without_their_silence),
        cmocka_unit_test(slow_recordings_are_sped_up_and_all_digits_heard),
        cmocka_unit_test(unusable_recordings_are_refused_by_name),
        cmocka_unit_test(a_recording_cut_at_any_octet_is_refused_or_used_never_overrun),
    };
    return cmocka_run_group_tests(tests, dir_make, dir_remove);
}
