/* See origin.h: Fetch Metadata first, for it cannot be forged by a page; then RFC 6454. */
#include "mod_smsinteractivo/visit/origin.h"

#include <string.h>
#include <strings.h>

static size_t host_len(const char *host, const char *port)
{
    size_t len = strlen(host), port_len = strlen(port);
    return len > port_len && strcmp(host + len - port_len, port) == 0 ? len - port_len : len;
}

static bool host_is(const char *origin, const char *host)
{
    const char *rest = strstr(origin, "://");
    if (!rest)
        return false;
    rest += 3;
    const char *port = origin[4] == 's' ? ":443" : ":80"; /* "https" or "http" */
    size_t len = host_len(host, port);
    return host_len(rest, port) == len && strncasecmp(rest, host, len) == 0;
}

enum origin_proof origin_judge(const char *fetch_site, const char *origin, const char *host)
{
    if (fetch_site && *fetch_site)
        /* "none": the person did it himself, by a bookmark or by sending a form again. */
        return strcmp(fetch_site, "same-origin") == 0 || strcmp(fetch_site, "none") == 0
                   ? ORIGIN_OURS
                   : ORIGIN_FOREIGN;
    if (!origin || !*origin || strcmp(origin, "null") == 0 || !host)
        return ORIGIN_SILENT;
    if (strncmp(origin, "http://", 7) != 0 && strncmp(origin, "https://", 8) != 0)
        return ORIGIN_FOREIGN;
    return host_is(origin, host) ? ORIGIN_OURS : ORIGIN_FOREIGN;
}
