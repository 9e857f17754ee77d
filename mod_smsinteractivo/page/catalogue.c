/* See catalogue.h. */
#include "mod_smsinteractivo/page/catalogue.h"
#include "mod_smsinteractivo/answer/json.h"

#include <apr_file_io.h>
#include <apr_strings.h>
#include <string.h>

enum { LINE_ROOM = 2048 };

/* `#: script` begins what the page's script needs too, `#: page` what it does not. */
static void comment_take(struct catalogue *catalogue, const char *line)
{
    if (strncmp(line, "#: ", 3) == 0)
        catalogue->quiet = strncmp(line + 3, "page", 4) == 0;
}

static const char *line_take(struct catalogue *catalogue, char *line, struct json *json)
{
    line += strspn(line, " \t");
    line[strcspn(line, "\r\n")] = '\0';
    if (*line == '#')
        comment_take(catalogue, line);
    if (!*line || *line == '#')
        return NULL;
    char *equals = strchr(line, '=');
    if (!equals || equals == line)
        return "is not `key = text`";
    char *key_end = equals, *text = equals + 1 + strspn(equals + 1, " \t");
    while (key_end > line && (key_end[-1] == ' ' || key_end[-1] == '\t'))
        key_end--;
    *key_end = '\0';
    if (line[strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789._-")])
        return "has a key of other characters than a-z 0-9 . _ -";
    if (catalogue_text(catalogue, line))
        return "repeats a key";
    apr_pool_t *pool = apr_hash_pool_get(catalogue->texts);
    char *key = apr_pstrdup(pool, line);
    text = apr_pstrdup(pool, text);
    apr_hash_set(catalogue->texts, key, APR_HASH_KEY_STRING, text);
    if (!catalogue->quiet)
        json_string(json, key, text);
    return NULL;
}

struct catalogue *catalogue_read(apr_pool_t *pool, const char *file, const char **error)
{
    struct catalogue *catalogue = apr_pcalloc(pool, sizeof *catalogue);
    apr_file_t *in;
    struct json json;
    char line[LINE_ROOM], why[120];
    const char *fault = NULL;
    unsigned number = 0;
    apr_status_t rv = apr_file_open(&in, file, APR_READ | APR_BUFFERED, APR_OS_DEFAULT, pool);
    if (rv != APR_SUCCESS) {
        *error = apr_psprintf(pool, "cannot open %s: %s", file, apr_strerror(rv, why, sizeof why));
        return NULL;
    }
    catalogue->texts = apr_hash_make(pool);
    json_begin(&json, pool, 8192);
    json_object(&json, NULL);
    while (!fault && apr_file_gets(line, sizeof line, in) == APR_SUCCESS) {
        number++;
        fault = strchr(line, '\n') || strlen(line) < sizeof line - 1
                    ? line_take(catalogue, line, &json)
                    : "is too long";
    }
    apr_file_close(in);
    json_object_end(&json);
    catalogue->json = json_end(&json);
    *error = fault ? apr_psprintf(pool, "%s line %u %s", file, number, fault) : NULL;
    return fault ? NULL : catalogue;
}

const char *catalogue_text(const struct catalogue *catalogue, const char *key)
{
    return apr_hash_get(catalogue->texts, key, APR_HASH_KEY_STRING);
}

/* The value for the name that begins at `name`, or NULL. */
static const char *pair_find(const char *const *pairs, const char *name, size_t len)
{
    for (; pairs && *pairs; pairs += 2)
        if (strlen(*pairs) == len && memcmp(*pairs, name, len) == 0)
            return pairs[1] ? pairs[1] : "";
    return NULL;
}

const char *catalogue_fill(apr_pool_t *pool, const struct catalogue *catalogue, const char *key,
                           const char *const *pairs)
{
    const char *text = catalogue_text(catalogue, key);
    const char *out = "";
    while (text && *text) {
        size_t plain = strcspn(text, "{");
        size_t name = text[plain] ? strcspn(text + plain + 1, "}") : 0;
        const char *value = text[plain] ? pair_find(pairs, text + plain + 1, name) : NULL;
        if (!value) {
            plain += text[plain] != '\0';
            out = apr_pstrcat(pool, out, apr_pstrmemdup(pool, text, plain), NULL);
            text += plain;
            continue;
        }
        out = apr_pstrcat(pool, out, apr_pstrmemdup(pool, text, plain), value, NULL);
        text += plain + 1 + name + (text[plain + 1 + name] == '}');
    }
    return out;
}
