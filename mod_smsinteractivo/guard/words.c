/* Word lists and finding their words in disguise; see words.h. */
#include "mod_smsinteractivo/guard/words.h"
#include "mod_smsinteractivo/guard/fold.h"

#include <apr_file_io.h>
#include <apr_strings.h>
#include <string.h>

enum {
    LINE_ROOM = 256,
    TEXT_FOLDED = 1024, /* 150 characters of 4 octets fit, or shown as six */
    WORD_INSIDE = 5,    /* shorter words are found only as whole words, letter by letter */
    PASS = '!',         /* begins a line that lets a word pass */
};

/* Leaves one of each run of a letter: "claaro". */
static size_t runs_squeeze(char *text)
{
    char *out = text;
    for (const char *c = text; *c; c++)
        if (out == text || *c != out[-1])
            *out++ = *c;
    *out = '\0';
    return (size_t)(out - text);
}

int words_add(apr_array_header_t *words, const char *written)
{
    char folded[LINE_ROOM], squeezed[LINE_ROOM];
    size_t len = 0;
    bool passes = *written == PASS;
    fold_skeleton(folded, sizeof folded, written + passes);
    for (const char *c = folded; *c; c++)
        if (*c != ' ')
            folded[len++] = *c;
    folded[len] = '\0';
    if (len == 0)
        return 0;
    memcpy(squeezed, folded, len + 1);
    size_t squeezed_len = runs_squeeze(squeezed);
    bool squeezes = squeezed_len >= WORD_INSIDE;
    struct word *word = apr_array_push(words);
    *word = (struct word){.written = apr_pstrdup(words->pool, written),
                          .skeleton = apr_pstrdup(words->pool, squeezes ? squeezed : folded),
                          .len = squeezes ? squeezed_len : len,
                          .is_long = squeezes,
                          .passes = passes};
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
    apr_finfo_t info;
    /* A device or a FIFO may have no end; of them /dev/null alone is a list: the empty one. */
    if (strcmp(file, "/dev/null") != 0 &&
        apr_stat(&info, file, APR_FINFO_TYPE, pool) == APR_SUCCESS && info.filetype != APR_REG) {
        *error = apr_psprintf(pool, "cannot read %s: it is no regular file", file);
        return NULL;
    }
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

static const struct word *word_whole(const apr_array_header_t *words, const char *run, size_t len,
                                     bool is_long)
{
    for (int i = 0; i < words->nelts; i++) {
        const struct word *word = &APR_ARRAY_IDX(words, i, struct word);
        if (word->is_long == is_long && word->len == len && memcmp(word->skeleton, run, len) == 0)
            return word;
    }
    return NULL;
}

static const struct word *word_inside(const apr_array_header_t *words, const char *token,
                                      size_t len)
{
    for (int i = 0; i < words->nelts; i++) {
        const struct word *word = &APR_ARRAY_IDX(words, i, struct word);
        if (word->is_long && !word->passes && memmem(token, len, word->skeleton, word->len))
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

/* The word that `text` begins with: some of its words run together, of `most` letters at most, or
 * inside of the first. */
static const struct word *word_at(const apr_array_header_t *words, const char *text, size_t most,
                                  bool is_long)
{
    char run[LINE_ROOM];
    size_t first = strcspn(text, " "), len = 0;
    for (const char *next = text; *next; next += *next == ' ') {
        size_t piece = strcspn(next, " "), doubled = is_long && len > 0 && *next == run[len - 1];
        if (len + piece - doubled > most)
            break;
        memcpy(run + len, next + doubled, piece - doubled);
        len += piece - doubled;
        const struct word *found = word_whole(words, run, len, is_long);
        if (found && !found->passes)
            return found;
        if (found && next == text)
            return NULL;
        next += piece;
    }
    return is_long ? word_inside(words, text, first) : NULL;
}

/* Marks that are drawn like a letter, read as it: "(laro", "clar()". */
static void marks_spell(char *text)
{
    static const char from[] = "(<{[/\\^+", to[] = "ccccllat";
    char *out = text;
    for (const char *c = text; *c; c++) {
        const char *mark = strchr(from, *c);
        bool ring = mark && mark < from + 4 && c[1] == ")>}]"[mark - from];
        c += ring;
        *out++ = ring ? 'o' : mark ? to[mark - from] : *c;
    }
    *out = '\0';
}

static const struct word *words_in(const apr_array_header_t *words, const char *utf8, bool is_long)
{
    char folded[TEXT_FOLDED];
    const struct word *found = NULL;
    size_t most = longest(words);
    fold_skeleton(folded, sizeof folded, utf8);
    if (is_long)
        runs_squeeze(folded);
    for (const char *at = folded; *at && !found;) {
        found = word_at(words, at, most, is_long);
        at += strcspn(at, " ");
        at += *at == ' ';
    }
    return found;
}

const struct word *words_find(const apr_array_header_t *words, const char *utf8)
{
    char spelled[TEXT_FOLDED];
    if (!words || words->nelts == 0)
        return NULL;
    const struct word *found = words_in(words, utf8, false);
    if (!found)
        found = words_in(words, utf8, true);
    if (found || !strpbrk(utf8, "(<{[/\\^+"))
        return found;
    apr_cpystrn(spelled, utf8, sizeof spelled);
    marks_spell(spelled);
    return words_in(words, spelled, true);
}
