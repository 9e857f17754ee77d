/* A visitor's form over arbitrary octets: number, name and message. What is let through is short
 * enough, clean, and holds no dot before a domain, neither as it is nor as a handset shows it. */
#include <apr_pools.h>
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mod_smsinteractivo/guard/message.h"
#include "mod_smsinteractivo/guard/name.h"
#include "mod_smsinteractivo/guard/number.h"
#include "mod_smsinteractivo/guard/shown.h"
#include "mod_smsinteractivo/guard/url_defuse.h"
#include "mod_smsinteractivo/guard/words.h"
#include "mod_smsinteractivo/visit/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static apr_array_header_t *words;
static apr_pool_t *all;

static void begin(void)
{
    apr_initialize();
    apr_pool_create(&all, NULL);
    words = apr_array_make(all, 3, sizeof(struct word));
    words_add(words, "claro");
    words_add(words, "2333");
    words_add(words, "!claros");
}

static void no_link_remains(const char *text)
{
    char shown[TEXT_ROOM], copy[MESSAGE_ROOM];
    shown_at_worst(shown, text);
    memcpy(copy, text, strlen(text) + 1);
    assert(!url_defuse(copy, ',') && !url_defuse(shown, ','));
    assert(!strstr(shown, "://") && !strcasestr(shown, "www."));
}

static void message(const char *typed)
{
    char out[MESSAGE_ROOM];
    if (message_check(typed, words, false, out) != MESSAGE_FINE)
        return;
    int chars = text_chars(out, strlen(out));
    assert(chars > 0 && chars <= MESSAGE_CHARACTERS && form_utf8_is_strict(out));
    no_link_remains(out);
}

static void name(const char *typed)
{
    char out[NAME_ROOM];
    if (name_check(typed, words, out) != NAME_FINE)
        return;
    int chars = text_chars(out, strlen(out));
    assert(chars > 0 && chars <= NAME_CHARACTERS && !strpbrk(out, "\n\r\t"));
    no_link_remains(out);
}

static void number(const char *typed)
{
    char out[NUMBER_ROOM];
    if (number_parse(typed, out) == NUMBER_FINE)
        assert(strlen(out) == 10 && strspn(out, "0123456789") == 10 && *out == '8');
}

static void field(const char *octets)
{
    message(octets);
    name(octets);
    number(octets);
}

/* As a form, and as the value of a field as it stands. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool;
    if (!all)
        begin();
    char *body = malloc(size + 1);
    if (!body || size > FORM_BODY_MOST) {
        free(body);
        return 0;
    }
    memcpy(body, data, size);
    body[size] = '\0';
    if (form_utf8_is_strict(body))
        field(body);
    apr_pool_create(&pool, all);
    const apr_table_t *form = form_parse(pool, body);
    const apr_array_header_t *fields = form ? apr_table_elts(form) : NULL;
    for (int i = 0; fields && i < fields->nelts; i++)
        field(APR_ARRAY_IDX(fields, i, apr_table_entry_t).val);
    apr_pool_destroy(pool);
    free(body);
    return 0;
}
