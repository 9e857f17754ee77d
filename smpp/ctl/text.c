/* smppctl text and decode: what the codec makes of a text or of octets, for an operator who wonders
 * what a visitor was billed or a handset showed. */
#include "smpp/ctl/text.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "smpp/text/text.h"
#include "smpp/text/udh.h"

enum { OPT_POLICY = 1, OPT_REF16, OPT_REF, OPT_CHARSET, OPT_PARTS, OPT_DATA_CODING, OPT_UDH };

static const char text_usage[] =
    "usage: smppctl text [--policy translit|spanish|unicode|lossy] [--ref16] [--ref N] "
    "[--data-coding N]\n"
    "                    [--charset gsm7|latin1|ascii] [--parts udh|sar|payload] 'TEXT'\n"
    "       TEXT may hold \\xHH for an octet\n";

static const char decode_usage[] =
    "usage: smppctl decode [--data-coding N] [--charset gsm7|latin1|ascii] [--udh] HEX\n"
    "       --udh: HEX begins with a user data header\n";

static const char *const charsets[] = {[TEXT_CHARSET_GSM7] = "gsm7",
                                       [TEXT_CHARSET_LATIN1] = "latin1",
                                       [TEXT_CHARSET_ASCII] = "ascii",
                                       NULL};
static const char *const parts[] = {
    [TEXT_UDH] = "udh", [TEXT_SAR] = "sar", [TEXT_PAYLOAD] = "payload", NULL};

static int word_index(const char *const *words, const char *word)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

static int number_of(const char *digits, long most)
{
    char *end;
    errno = 0;
    long number = strtol(digits, &end, 0);
    return errno || end == digits || *end || number < 0 || number > most ? -1 : (int)number;
}

static int nibble(char digit)
{
    return !isxdigit((unsigned char)digit) ? -1
           : digit <= '9'                  ? digit - '0'
                                           : (digit | 0x20) - 'a' + 10;
}

static bool is_escape(const char *at)
{
    return at[0] == '\\' && at[1] == 'x' && nibble(at[2]) >= 0 && nibble(at[3]) >= 0;
}

/* In place: \xHH to the octet. */
static size_t escapes_take(char *text)
{
    size_t len = 0;
    for (const char *at = text; *at;) {
        if (is_escape(at)) {
            text[len++] = (char)(nibble(at[2]) << 4 | nibble(at[3]));
            at += 4;
        } else {
            text[len++] = *at++;
        }
    }
    text[len] = '\0';
    return len;
}

/* In place: hexadecimal digits, spaces between octets allowed, to octets. Their number or -1. */
static int hex_take(char *hex)
{
    int len = 0;
    for (const char *at = hex; *at;) {
        if (*at == ' ') {
            at++;
            continue;
        }
        int high = nibble(at[0]), low = high < 0 ? -1 : nibble(at[1]);
        if (low < 0)
            return -1;
        hex[len++] = (char)(high << 4 | low);
        at += 2;
    }
    return len;
}

/* One line, read back by escapes_take(). */
static void line_print(const char *key, const char *text)
{
    printf("%s: ", key);
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || is_escape(text))
            printf("\\x%02X", (unsigned char)*text);
        else
            putchar(*text);
    }
    putchar('\n');
}

static void segments_print(const struct text_sms *sms, unsigned ref)
{
    static unsigned char octets[TEXT_OCTETS + 4];
    printf("seg_units: ");
    for (unsigned i = 0; i < sms->segments; i++)
        printf("%s%u", i ? "," : "", sms->seg_units[i]);
    putchar('\n');
    for (unsigned i = 0; i < sms->pdus; i++) {
        int len = text_segment(sms, i, ref, octets, sizeof octets);
        printf("segment %u: ", i + 1);
        for (int at = 0; at < len; at++)
            printf("%02X", octets[at]);
        putchar('\n');
    }
}

static void sms_print(const struct text_sms *sms, unsigned ref)
{
    line_print("prepared", sms->text);
    printf("encoding: %s\n", text_encoding_name(sms->encoding));
    printf("data_coding: %u\n", sms->data_coding);
    printf("units: %u\n", sms->units);
    printf("segments: %u\n", sms->segments);
    printf("remaining: %u\n", sms->remaining);
    if (sms->culprit)
        printf("longer_because_of: U+%04X\n", (unsigned)sms->culprit);
    segments_print(sms, ref);
}

struct text_options {
    int policy, ref, charset, parts, data_coding;
    bool ref16, udh, wrong;
};

static struct text_options options_take(int argc, char **argv, const struct option *known)
{
    struct text_options options = {.policy = TEXT_TRANSLIT, .ref = 0xA5};
    optind = 0; /* glibc: scan anew, this is not main's argv */
    for (int opt; (opt = getopt_long(argc, argv, "+", known, NULL)) != -1;) {
        switch (opt) {
        case OPT_POLICY:
            options.policy = text_policy_parse(optarg);
            break;
        case OPT_REF:
            options.ref = number_of(optarg, 0xFFFF);
            break;
        case OPT_CHARSET:
            options.charset = word_index(charsets, optarg);
            break;
        case OPT_PARTS:
            options.parts = word_index(parts, optarg);
            break;
        case OPT_DATA_CODING:
            options.data_coding = number_of(optarg, 0xFF);
            break;
        case OPT_REF16:
            options.ref16 = true;
            break;
        case OPT_UDH:
            options.udh = true;
            break;
        default:
            options.wrong = true;
        }
    }
    options.wrong |= options.policy < 0 || options.ref < 0 || options.charset < 0 ||
                     options.parts < 0 || options.data_coding < 0 || optind != argc - 1;
    return options;
}

int ctl_text(int argc, char **argv)
{
    static const struct option known[] = {
        {"policy", required_argument, NULL, OPT_POLICY},
        {"ref16", no_argument, NULL, OPT_REF16},
        {"ref", required_argument, NULL, OPT_REF},
        {"charset", required_argument, NULL, OPT_CHARSET},
        {"parts", required_argument, NULL, OPT_PARTS},
        {"data-coding", required_argument, NULL, OPT_DATA_CODING},
        {NULL, 0, NULL, 0},
    };
    static struct text_sms sms;
    struct text_options options = options_take(argc, argv, known);
    if (options.wrong) {
        fputs(text_usage, stderr);
        return 2;
    }
    struct text_profile profile = {
        .data_coding = (uint8_t)options.data_coding,
        .charset = (enum text_charset)options.charset,
        .parts = (enum text_parts)options.parts,
        .ref16 = options.ref16,
    };
    size_t len = escapes_take(argv[optind]);
    int rc = text_prepare(&sms, argv[optind], len, (enum text_policy)options.policy, &profile);
    if (rc) {
        fprintf(stderr, "smppctl: the text is too long: %s\n", strerror(-rc));
        return 1;
    }
    sms_print(&sms, (unsigned)options.ref);
    return 0;
}

/* As it is into a file or pipe; controls that could command a terminal are shown as \xHH there. */
static void decoded_print(const char *text, int len)
{
    bool guarded = isatty(STDOUT_FILENO);
    for (int i = 0; i < len; i++) {
        unsigned char octet = (unsigned char)text[i];
        bool control = (octet < 0x20 && octet != '\n') || octet == 0x7F ||
                       (octet == 0xC2 && (unsigned char)text[i + 1] < 0xA0);
        if (guarded && control)
            printf("\\x%02X", octet);
        else
            putchar(octet);
    }
    putchar('\n');
}

static int octets_decode(const unsigned char *octets, int len, const struct text_options *options)
{
    static char text[TEXT_ROOM * 3];
    struct text_profile profile = {.charset = (enum text_charset)options->charset};
    struct udh udh = {.total = 0};
    int header = options->udh ? udh_take(&udh, octets, (size_t)len) : 0;
    if (header < 0) {
        fputs("smppctl: the user data header is malformed\n", stderr);
        return 1;
    }
    int count = text_decode(text, sizeof text, octets + header, (size_t)(len - header),
                            (unsigned)options->data_coding, &profile, &udh);
    if (count < 0) {
        fprintf(stderr, "smppctl: %s\n",
                count == -ENOTSUP ? "no text: binary data" : strerror(-count));
        return 1;
    }
    decoded_print(text, count);
    return 0;
}

int ctl_decode(int argc, char **argv)
{
    static const struct option known[] = {
        {"data-coding", required_argument, NULL, OPT_DATA_CODING},
        {"charset", required_argument, NULL, OPT_CHARSET},
        {"udh", no_argument, NULL, OPT_UDH},
        {NULL, 0, NULL, 0},
    };
    struct text_options options = options_take(argc, argv, known);
    int len = options.wrong ? -1 : hex_take(argv[optind]);
    if (len < 0) {
        fputs(decode_usage, stderr);
        return 2;
    }
    return octets_decode((const unsigned char *)argv[optind], len, &options);
}
