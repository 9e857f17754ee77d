// Absolute and relative time formats of SMPP.
#include "test/smsc/validity.h"

#include <string.h>
#include <time.h>

enum { USUAL_HOURS = 48 };

static int64_t two(const char *digits)
{
    return (digits[0] - '0') * 10 + digits[1] - '0';
}

static int64_t relative_seconds(const char *p)
{
    int64_t days = two(p) * 365 + two(p + 2) * 30 + two(p + 4);

    return ((days * 24 + two(p + 6)) * 60 + two(p + 8)) * 60 + two(p + 10);
}

static int64_t absolute_seconds(const char *p)
{
    struct tm tm = {.tm_year = (int)two(p) + 100,
                    .tm_mon = (int)two(p + 2) - 1,
                    .tm_mday = (int)two(p + 4),
                    .tm_hour = (int)two(p + 6),
                    .tm_min = (int)two(p + 8),
                    .tm_sec = (int)two(p + 10)};
    int64_t ahead = two(p + 13) * 15 * 60; // quarter hours from UTC

    return timegm(&tm) - (p[15] == '-' ? -ahead : ahead) - time(NULL);
}

uint64_t validity_us(const char *period)
{
    int64_t seconds = USUAL_HOURS * 3600;

    if (strlen(period) == 16 && strspn(period, "0123456789") == 15 && strchr("R+-", period[15]))
        seconds = period[15] == 'R' ? relative_seconds(period) : absolute_seconds(period);
    return seconds > 0 ? (uint64_t)seconds * 1000000 : 0;
}
