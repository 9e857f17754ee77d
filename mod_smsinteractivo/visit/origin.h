/* Whether a form came from our own page (CSRF). Knows nothing of httpd. */
#ifndef SMSI_ORIGIN_H
#define SMSI_ORIGIN_H

#include <stdbool.h>

enum origin_proof {
    ORIGIN_OURS,
    ORIGIN_FOREIGN,
    ORIGIN_SILENT, /* the browser said nothing: the form's token decides */
};

/* Values of the headers Sec-Fetch-Site, Origin and Host, each NULL where missing. The scheme is
 * not compared: TLS may end before httpd. "null", as sent out of sandboxes, says nothing. */
enum origin_proof origin_judge(const char *fetch_site, const char *origin, const char *host);

#endif
