/* See secret.h. */
#include "mod_smsinteractivo/secret.h"

#include <apr_strings.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIGITS = 2 * CAPTCHA_KEY_SIZE };

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int digits_take(const char *text, ssize_t len, struct captcha_secret *secret)
{
    while (len > 0 && strchr(" \r\n\t", text[len - 1]))
        len--;
    if (len != DIGITS)
        return 0;
    for (int i = 0; i < CAPTCHA_KEY_SIZE; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return 0;
        secret->key[i] = (unsigned char)(high << 4 | low);
    }
    return 1;
}

const char *secret_read(apr_pool_t *pool, const char *file, struct captcha_secret *secret)
{
    char text[DIGITS + 16];
    struct stat info;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return apr_psprintf(pool,
                            "cannot open %s: %s; make it with: openssl rand -hex 32 > %s && chmod "
                            "600 %s",
                            file, strerror(errno), file, file);
    int known = fstat(fd, &info);
    ssize_t len = read(fd, text, sizeof text);
    close(fd);
    if (known < 0 || !S_ISREG(info.st_mode))
        return apr_psprintf(pool, "%s is no regular file", file);
    if (info.st_mode & (S_IRWXG | S_IRWXO))
        return apr_psprintf(pool, "%s is open to others (mode %04o); do: chmod 600 %s", file,
                            (unsigned)(info.st_mode & 07777), file);
    if (len < 0 || !digits_take(text, len, secret))
        return apr_psprintf(pool,
                            "%s does not hold 64 hexadecimal digits; make it with: openssl rand "
                            "-hex 32 > %s",
                            file, file);
    return NULL;
}
