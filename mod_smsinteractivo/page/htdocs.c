/* See htdocs.h. */
#include "mod_smsinteractivo/page/htdocs.h"
#include "mod_smsinteractivo/page/page.h"
#include "mod_smsinteractivo/answer/problem.h"

#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_strings.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum { ASSET_MOST = 1 << 20, HASH_OCTETS = 8 };

static const char *const languages[] = {[LANGUAGE_ES] = "es", [LANGUAGE_EN] = "en"};

const char *language_name(enum language language)
{
    return languages[language];
}

enum language language_parse(const char *word)
{
    for (int i = 0; word && i < LANGUAGES; i++)
        if (strncmp(word, languages[i], 2) == 0 && (!word[2] || strchr("-_,; ", word[2])))
            return (enum language)i;
    return LANGUAGES;
}

static const struct {
    const char *suffix, *type;
} types[] = {
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".mp3", "audio/mpeg"},
    {".wav", "audio/wav"},
};

static const char *type_of(const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t suffix = strlen(types[i].suffix);
        if (len > suffix && strcmp(name + len - suffix, types[i].suffix) == 0)
            return types[i].type;
    }
    return NULL;
}

/* The whole file and a NUL, or NULL with a sentence in `error`. */
static char *file_read(apr_pool_t *pool, apr_pool_t *temp, const char *path, apr_size_t *len,
                       const char **error)
{
    apr_file_t *in;
    apr_finfo_t info;
    char why[120], *octets = NULL;
    apr_status_t rv = apr_file_open(&in, path, APR_READ, APR_OS_DEFAULT, temp);
    if (rv == APR_SUCCESS) {
        rv = apr_file_info_get(&info, APR_FINFO_SIZE, in);
        if (rv == APR_SUCCESS && info.size > ASSET_MOST)
            rv = APR_ENOSPC;
        if (rv == APR_SUCCESS) {
            octets = apr_palloc(pool, (apr_size_t)info.size + 1);
            rv = apr_file_read_full(in, octets, (apr_size_t)info.size, len);
            octets[*len] = '\0';
        }
        apr_file_close(in);
        if (rv == APR_EOF)
            rv = APR_SUCCESS; /* an empty file */
    }
    if (rv == APR_SUCCESS)
        return octets;
    *error = apr_psprintf(pool, "cannot read %s: %s", path, apr_strerror(rv, why, sizeof why));
    return NULL;
}

static const char *hash_text(apr_pool_t *pool, EVP_MD_CTX *sum)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    char *text = apr_palloc(pool, HASH_OCTETS * 2 + 1);
    EVP_DigestFinal_ex(sum, digest, NULL);
    for (int i = 0; i < HASH_OCTETS; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", digest[i]); /* always fits */
    return text;
}

static struct asset *asset_make(apr_pool_t *pool, const char *octets, apr_size_t len,
                                const char *type, EVP_MD_CTX *all)
{
    struct asset *asset = apr_palloc(pool, sizeof *asset);
    EVP_MD_CTX *one = EVP_MD_CTX_new();
    EVP_DigestInit_ex(one, EVP_sha256(), NULL);
    EVP_DigestUpdate(one, octets, len);
    EVP_DigestUpdate(all, octets, len);
    *asset = (struct asset){octets, type, NULL, len};
    asset->etag = apr_psprintf(pool, "\"%s\"", hash_text(pool, one));
    EVP_MD_CTX_free(one);
    return asset;
}

/* Every file of a type we serve. */
static const char *assets_read(struct htdocs *htdocs, apr_pool_t *pool, apr_pool_t *temp,
                               const char *folder, EVP_MD_CTX *all)
{
    apr_array_header_t *names = apr_array_make(temp, 16, sizeof(const char *));
    apr_dir_t *dir;
    apr_finfo_t info;
    const char *error = NULL;
    if (apr_dir_open(&dir, folder, temp) != APR_SUCCESS)
        return apr_psprintf(pool, "cannot open the folder %s", folder);
    while (apr_dir_read(&info, APR_FINFO_NAME, dir) == APR_SUCCESS)
        if (info.name[0] != '.' && type_of(info.name))
            APR_ARRAY_PUSH(names, const char *) = apr_pstrdup(pool, info.name);
    apr_dir_close(dir);
    for (int i = 0; i < names->nelts && !error; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        const char *path = apr_pstrcat(temp, folder, "/", name, NULL);
        apr_size_t len = 0;
        char *octets = file_read(pool, temp, path, &len, &error);
        if (octets)
            apr_hash_set(htdocs->assets, name, APR_HASH_KEY_STRING,
                         asset_make(pool, octets, len, type_of(name), all));
    }
    return error;
}

/* The texts and the page in one language. */
static const char *language_read(struct htdocs *htdocs, enum language language, apr_pool_t *pool,
                                 const char *folder, const char *page, EVP_MD_CTX *all)
{
    const char *error;
    const char *path = apr_pstrcat(pool, folder, "/texts.", languages[language], NULL);
    const struct catalogue *catalogue = catalogue_read(pool, path, &error);
    if (!catalogue)
        return error;
    const char *missing = problem_text_missing(catalogue);
    if (!missing)
        missing = page_text_missing(catalogue);
    if (missing)
        return apr_psprintf(pool, "%s has no text for the key \"%s\"", path, missing);
    htdocs->catalogue[language] = catalogue;
    htdocs->page[language] = template_compile(pool, page, catalogue, page_names, &error);
    if (!htdocs->page[language])
        return apr_psprintf(pool, "%s/page.html %s", folder, error);
    const char *name = apr_pstrcat(pool, "texts.", languages[language], ".json", NULL);
    apr_hash_set(htdocs->assets, name, APR_HASH_KEY_STRING,
                 asset_make(pool, catalogue->json, strlen(catalogue->json),
                            "application/json; charset=utf-8", all));
    return NULL;
}

const struct htdocs *htdocs_read(apr_pool_t *pool, apr_pool_t *temp, const char *folder,
                                 const char **error)
{
    struct htdocs *htdocs = apr_pcalloc(pool, sizeof *htdocs);
    EVP_MD_CTX *all = EVP_MD_CTX_new();
    apr_size_t len;
    EVP_DigestInit_ex(all, EVP_sha256(), NULL);
    htdocs->assets = apr_hash_make(pool);
    *error = NULL;
    char *page = file_read(temp, temp, apr_pstrcat(temp, folder, "/page.html", NULL), &len, error);
    for (int i = 0; i < LANGUAGES && !*error; i++)
        *error = language_read(htdocs, (enum language)i, pool, folder, page, all);
    if (!*error)
        *error = assets_read(htdocs, pool, temp, folder, all);
    htdocs->hash = hash_text(pool, all);
    EVP_MD_CTX_free(all);
    return *error ? NULL : htdocs;
}
