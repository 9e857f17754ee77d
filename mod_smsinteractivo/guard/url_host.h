/* Where the labels of a host name end and what follows them; of a folded text. */
#ifndef SMSI_URL_HOST_H
#define SMSI_URL_HOST_H

#include <stdbool.h>
#include <stddef.h>

bool url_is_label_char(char c);
/* Length of the label at `at`. */
size_t url_label(const char *at);
/* Whether what follows a host belongs to a link ("/x", ":80", "?a=b"), not to the sentence
 * ("si/no", "¿vienes?"). */
bool url_is_path(const char *after);

#endif
