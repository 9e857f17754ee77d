/* Settings of a link: defaults, the check an administrator reads, copies. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "smpp/link/conf.h"
#include "smpp/pdu/request.h"

static void set_default(unsigned *field, unsigned value)
{
    if (*field == 0)
        *field = value;
}

void link_conf_defaults(struct link_conf *conf)
{
    if (conf->port == 0)
        conf->port = conf->tls.on ? 3550 : 2775;
    set_default(&conf->window, 10);
    set_default(&conf->delivers, 1000);
    set_default(&conf->enquire_ms, 20000);
    set_default(&conf->connect_ms, 10000);
    set_default(&conf->bind_ms, 10000);
    set_default(&conf->response_ms, 30000);
    set_default(&conf->backoff_min_ms, 1000);
    set_default(&conf->backoff_max_ms, 30000);
    set_default(&conf->refused_ms, 60000);
    set_default(&conf->shed_ms, 5000);
    if (conf->first_sequence == 0)
        conf->first_sequence = 1;
}

/* Every string of the settings: where it is, its limit in octets, whether it may be empty. One
 * table for check, comparison and copy, so that none forgets one. */
static const struct {
    size_t offset;
    const char *name;
    size_t limit;
    bool needed;
    bool of_bind; /* another value needs another bind */
} strings[] = {
#define STRING(field, limit, needed, of_bind)                                                      \
    {                                                                                              \
        offsetof(struct link_conf, field), #field, limit, needed, of_bind                          \
    }
    STRING(name, 64, true, false),
    STRING(host, 255, true, true),
    STRING(system_id, REQUEST_SYSTEM_ID_MAX, true, true),
    STRING(password, REQUEST_PASSWORD_MAX, false, true),
    STRING(system_type, REQUEST_SYSTEM_TYPE_MAX, false, true),
    STRING(address_range, REQUEST_ADDRESS_RANGE_MAX, false, true),
    STRING(service_type, REQUEST_SERVICE_TYPE_MAX, false, false),
    STRING(tls.ca, 4095, false, true),
    STRING(tls.cert, 4095, false, true),
    STRING(tls.key, 4095, false, true),
    STRING(tls.name, 255, false, true),
#undef STRING
};
enum { STRINGS = sizeof strings / sizeof strings[0] };

static const char *string_at(const struct link_conf *conf, size_t i)
{
    const char *const *field = (const void *)((const char *)conf + strings[i].offset);
    return *field;
}

static void string_set(struct link_conf *conf, size_t i, const char *value)
{
    const char **field = (void *)((char *)conf + strings[i].offset);
    *field = value;
}

/* What libsmpp34 packs (SMPP 3.4, 5.2.5 and 5.2.6). */
static bool ton_is_known(uint8_t ton)
{
    return ton <= 6;
}

bool link_npi_is_known(uint8_t npi)
{
    static const uint8_t known[] = {0, 1, 3, 4, 6, 8, 9, 10, 14, 18};
    return memchr(known, npi, sizeof known) != NULL;
}

static int refuse(char *why, size_t room, const char *sentence)
{
    snprintf(why, room, "%s", sentence);
    return -EINVAL;
}

static int strings_check(const struct link_conf *conf, char *why, size_t room)
{
    for (size_t i = 0; i < STRINGS; i++) {
        const char *value = string_at(conf, i);
        size_t length = value ? strlen(value) : 0;
        if (length == 0 && strings[i].needed) {
            snprintf(why, room, "%s is missing", strings[i].name);
            return -EINVAL;
        }
        if (length > strings[i].limit) {
            snprintf(why, room, "%s is longer than the %zu characters allowed (SMPP 3.4, 5.2)",
                     strings[i].name, strings[i].limit);
            return -EINVAL;
        }
    }
    return 0;
}

int link_conf_check(const struct link_conf *conf, char *why, size_t room)
{
    if (strings_check(conf, why, room) < 0)
        return -EINVAL;
    if (conf->window < 1 || conf->window > LINK_WINDOW_MAX)
        return refuse(why, room, "window is out of range; give 1 to 10000");
    if (conf->delivers < 1 || conf->delivers > LINK_DELIVERS_MAX)
        return refuse(why, room, "delivers is out of range; give 1 to 4096");
    if (!(conf->rate >= 0 && conf->rate <= 1000000))
        return refuse(why, room, "rate is out of range; give messages a second, or 0 if unknown");
    if (!ton_is_known(conf->source_ton) || !ton_is_known(conf->destination_ton))
        return refuse(why, room, "TON is unknown to SMPP 3.4; give 0 to 6");
    if (!link_npi_is_known(conf->source_npi) || !link_npi_is_known(conf->destination_npi))
        return refuse(why, room,
                      "NPI is unknown to SMPP 3.4; give 0, 1, 3, 4, 6, 8, 9, 10, 14 or 18");
    if (conf->backoff_min_ms > conf->backoff_max_ms)
        return refuse(why, room, "the shortest wait between tries is over the longest");
    if (conf->first_sequence > 0x7FFFFFFF)
        return refuse(why, room, "first_sequence is over 0x7FFFFFFF");
    if (conf->tls.key && !conf->tls.cert)
        return refuse(why, room, "a TLS key without its certificate; name the certificate too");
    return 0;
}

static bool string_same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

bool link_conf_same_bind(const struct link_conf *a, const struct link_conf *b)
{
    for (size_t i = 0; i < STRINGS; i++)
        if (strings[i].of_bind && !string_same(string_at(a, i), string_at(b, i)))
            return false;
    return a->port == b->port && a->mode == b->mode && a->tls.on == b->tls.on &&
           a->delivers == b->delivers; /* the room for answers is made with the bind */
}

struct link_conf *link_conf_copy(const struct link_conf *conf)
{
    struct link_conf *copy = malloc(sizeof *copy);
    bool whole = copy != NULL;
    if (!copy)
        return NULL;
    *copy = *conf;
    for (size_t i = 0; i < STRINGS; i++) {
        const char *value = string_at(conf, i);
        char *own = value ? strdup(value) : NULL;
        whole = whole && (own || !value);
        string_set(copy, i, own);
    }
    if (whole)
        return copy;
    link_conf_free(copy);
    return NULL;
}

void link_conf_free(struct link_conf *conf)
{
    if (!conf)
        return;
    for (size_t i = 0; i < STRINGS; i++) {
        char *own = (char *)(uintptr_t)string_at(conf, i);
        if (own)
            explicit_bzero(own, strlen(own)); /* one of them is the password */
        free(own);
    }
    free(conf);
}
