/* What the codec says, line by line, for oracles and for the page's script to be held against.
 *
 *   text_lines prepare   lines of policy TAB charset TAB ref16 TAB text, text with \xHH escapes, to
 *                        encoding, units, segments, remaining, culprit, characters, prepared text
 *   text_lines cuts      the same lines to seg_units and the prepared text
 *   text_lines clean     lines to cleaned lines, both with \xHH escapes
 *   text_lines codes     every code point and its septets in the default alphabet, or "-"
 *   text_lines utf8      standard input, ill-formed or not, to UTF-8
 *   text_lines decode N  standard input as octets of data_coding N to UTF-8 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/text/gsm7.h"
#include "smpp/text/text.h"
#include "smpp/text/utf8.h"

static int nibble(char digit)
{
    const char *digits = "0123456789ABCDEF", *at = strchr(digits, digit);
    return (int)(at - digits);
}

static size_t escapes_take(char *text)
{
    size_t len = 0;
    for (const char *at = text; *at;) {
        if (at[0] == '\\') {
            text[len++] = (char)(nibble(at[2]) << 4 | nibble(at[3]));
            at += 4;
        } else {
            text[len++] = *at++;
        }
    }
    return len;
}

static void escaped_print(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char octet = (unsigned char)text[i];
        if (octet < 0x20 || octet == '\\')
            printf("\\x%02X", octet);
        else
            putchar(octet);
    }
    putchar('\n');
}

static char *field(char **line)
{
    char *at = strsep(line, "\t");
    if (!at || !*line) {
        fputs("text_lines: a line without its fields\n", stderr);
        exit(2);
    }
    return at;
}

static struct text_sms sms;
static int chars;

/* False, and the error printed, where the text cannot be prepared. */
static bool line_take(char *line)
{
    static const char *const charsets[] = {"gsm7", "latin1", "ascii"};
    struct text_profile profile = {.charset = TEXT_CHARSET_GSM7};
    int policy = text_policy_parse(field(&line));
    const char *charset = field(&line);
    while (strcmp(charset, charsets[profile.charset]) != 0)
        profile.charset++;
    profile.ref16 = field(&line)[0] == '1';
    size_t len = escapes_take(line);
    int rc = text_prepare(&sms, line, len, (enum text_policy)policy, &profile);
    chars = text_chars(line, len);
    if (rc)
        printf("error %d\n", -rc);
    return rc == 0;
}

static void line_prepare(char *line)
{
    if (!line_take(line))
        return;
    printf("%s\t%u\t%u\t%u\t%X\t%d\t", text_encoding_name(sms.encoding), sms.units, sms.segments,
           sms.remaining, (unsigned)sms.culprit, chars);
    escaped_print(sms.text, sms.text_len);
}

static void line_cut(char *line)
{
    if (!line_take(line))
        return;
    for (unsigned i = 0; i < sms.segments; i++)
        printf("%s%u", i ? "," : "", sms.seg_units[i]);
    putchar('\t');
    escaped_print(sms.text, sms.text_len);
}

static void line_clean(char *line)
{
    char clean[TEXT_ROOM];
    int len = text_clean(clean, sizeof clean, line, escapes_take(line));
    if (len < 0)
        printf("error %d\n", -len);
    else
        escaped_print(clean, (size_t)len);
}

static void lines_each(void (*each)(char *line))
{
    char *line = NULL;
    size_t room = 0;
    for (ssize_t len; (len = getline(&line, &room, stdin)) > 0;) {
        if (line[len - 1] == '\n')
            line[len - 1] = '\0';
        each(line);
    }
    free(line);
}

static void codes_print(void)
{
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        uint8_t code = gsm7_code_of(cp);
        if (code == GSM7_NONE)
            printf("%04X -\n", (unsigned)cp);
        else
            printf("%04X %s%02X\n", (unsigned)cp, code & GSM7_EXTENDED ? "1B" : "", code & 0x7F);
    }
}

static unsigned char *input_read(size_t *len)
{
    size_t room = 1 << 20;
    unsigned char *octets = malloc(room);
    for (*len = 0; octets;) {
        *len += fread(octets + *len, 1, room - *len, stdin);
        if (*len < room)
            return octets;
        octets = realloc(octets, room *= 2);
    }
    exit(1);
}

static void utf8_print(void)
{
    size_t len;
    unsigned char *octets = input_read(&len);
    const unsigned char *at = octets, *end = octets + len;
    while (at < end) {
        char letter[4];
        fwrite(letter, 1, utf8_put(letter, utf8_take(&at, end)), stdout);
    }
    free(octets);
}

static int decoded_print(unsigned data_coding)
{
    size_t len;
    unsigned char *octets = input_read(&len);
    char *text = malloc(3 * len + 1);
    int count = text ? text_decode(text, 3 * len + 1, octets, len, data_coding, NULL, NULL) : -1;
    if (count > 0)
        fwrite(text, 1, (size_t)count, stdout);
    free(text);
    free(octets);
    return count < 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "prepare") == 0)
        lines_each(line_prepare);
    else if (strcmp(what, "cuts") == 0)
        lines_each(line_cut);
    else if (strcmp(what, "clean") == 0)
        lines_each(line_clean);
    else if (strcmp(what, "codes") == 0)
        codes_print();
    else if (strcmp(what, "utf8") == 0)
        utf8_print();
    else if (strcmp(what, "decode") == 0 && argc > 2)
        return decoded_print((unsigned)atoi(argv[2]));
    else
        return 2;
    return 0;
}
