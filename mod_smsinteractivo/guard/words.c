/* Word lists and finding their words in disguise; see words.h. */
#include "mod_smsinteractivo/guard/words.h"
#include "mod_smsinteractivo/guard/fold.h"

#include <apr_file_io.h>
#include <apr_strings.h>
#include <string.h>

enum {
    LINE_ROOM = 256,
    TEXT_FOLDED = 1024, /* 150 characters of 4 octets fit */
    WORD_INSIDE = 5,    /* shorter words are found only as whole words */
};

int words_add(apr_array_header_t *words, const char *written)
{
    char folded[LINE_ROOM];
    size_t len = 0;
    fold_skeleton(folded, sizeof folded, written);
    for (const char *c = folded; *c; c++)
        if (*c != ' ')
            folded[len++] = *c;
    folded[len] = '\0';
    if (len == 0)
        return 0;
    struct word *word = apr_array_push(words);
    word->written = apr_pstrdup(words->pool, written);
    word->skeleton = apr_pstrdup(words->pool, folded);
    word->len = len;
    return 1;
}

/* Cuts the comment and the spaces around. */
static char *line_trim(char *line)
{
    line[strcspn(line, "#\r\n")] = '\0';
    line += strspn(line, " \t");
    size_t len = strlen(line);
    while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\t'))
        line[--len] = '\0';
    return line;
}

apr_array_header_t *words_read(apr_pool_t *pool, const char *file, const char **error)
{
    apr_array_header_t *words = apr_array_make(pool, 64, sizeof(struct word));
    apr_file_t *in;
    char line[LINE_ROOM], why[120];
    unsigned number = 0;
    apr_status_t rv = apr_file_open(&in, file, APR_READ | APR_BUFFERED, APR_OS_DEFAULT, pool);
    if (rv != APR_SUCCESS) {
        *error = apr_psprintf(pool, "cannot open %s: %s", file, apr_strerror(rv, why, sizeof why));
        return NULL;
    }
    *error = NULL;
    while (!*error && (rv = apr_file_gets(line, sizeof line, in)) == APR_SUCCESS) {
        number++;
        if (!strchr(line, '\n') && strlen(line) == sizeof line - 1) {
            *error = apr_psprintf(pool, "%s line %u is longer than %d octets", file, number,
                                  LINE_ROOM - 2);
            break;
        }
        char *word = line_trim(line);
        if (*word && !words_add(words, word))
            *error =
                apr_psprintf(pool, "%s line %u: no letter or digit in \"%s\"", file, number, word);
    }
    if (!*error && !APR_STATUS_IS_EOF(rv))
        *error = apr_psprintf(pool, "cannot read %s: %s", file, apr_strerror(rv, why, sizeof why));
    apr_file_close(in);
    return *error ? NULL : words;
}

/* Whether `run` (whole words of the text, run together) is a word of the list. */
static const struct word *word_whole(const apr_array_header_t *words, const char *run, size_t len)
{
    for (int i = 0; i < words->nelts; i++) {
        const struct word *word = &APR_ARRAY_IDX(words, i, struct word);
        if (word->len == len && memcmp(word->skeleton, run, len) == 0)
            return word;
    }
    return NULL;
}

static const struct word *word_inside(const apr_array_header_t *words, const char *token,
                                      size_t len)
{
    for (int i = 0; i < words->nelts; i++) {
        const struct word *word = &APR_ARRAY_IDX(words, i, struct word);
        if (word->len >= WORD_INSIDE && memmem(token, len, word->skeleton, word->len))
            return word;
    }
    return NULL;
}

static size_t longest(const apr_array_header_t *words)
{
    size_t most = 0;
    for (int i = 0; i < words->nelts; i++)
        if (APR_ARRAY_IDX(words, i, struct word).len > most)
            most = APR_ARRAY_IDX(words, i, struct word).len;
    return most;
}

const struct word *words_find(const apr_array_header_t *words, const char *utf8)
{
    char folded[TEXT_FOLDED], run[LINE_ROOM];
    size_t most = words && words->nelts ? longest(words) : 0;
    if (most == 0)
        return NULL;
    fold_skeleton(folded, sizeof folded, utf8);
    for (const char *token = folded; *token;) {
        size_t token_len = strcspn(token, " "), len = 0;
        const struct word *found = word_inside(words, token, token_len);
        for (const char *next = token; !found && *next; next += *next == ' ') {
            size_t piece = strcspn(next, " ");
            if (len + piece > most)
                break;
            memcpy(run + len, next, piece);
            len += piece;
            next += piece;
            found = word_whole(words, run, len);
        }
        if (found)
            return found;
        token += token_len;
        token += *token == ' ';
    }
    return NULL;
}
