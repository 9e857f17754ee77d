// The little JSON that is spoken here: strings out, a flat object in.
#ifndef SMSC_JSON_H
#define SMSC_JSON_H

#include <stddef.h>
#include <stdint.h>

struct evbuffer;
struct evkeyvalq;

void json_string(struct evbuffer *out, const char *utf8); // quoted and escaped
void json_time(struct evbuffer *out, uint64_t wall_ms);   // RFC 3339, UTC, quoted

// Reads {"name": "text" or number or true/false/null, ...} into pairs, null left out. -1 where it
// is not that; what was read so far stays.
int json_object_read(const char *text, struct evkeyvalq *pairs);

#endif
