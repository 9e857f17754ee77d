/* Keeps httpd from looking for files behind our URLs. */
#ifndef SMSI_MAP_H
#define SMSI_MAP_H

#include <httpd.h>

/* translate_name: claims a request of our Location. After mod_rewrite and mod_alias, before the
 * core's, which would look into DocumentRoot. */
int map_translate_name(request_rec *r);
/* map_to_storage: skips the walk through directories and files for what was claimed. Access
 * control, filters and other modules' hooks run as ever; only <Directory> and <Files> sections,
 * which speak of files, do not apply. */
int map_to_storage(request_rec *r);
/* Whether the request was claimed. */
int map_is_ours(const request_rec *r);

#endif
