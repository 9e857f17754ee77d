/* Compares a folded text with the configured words; see optword.h. */
#include "smpp/switch/optword.h"

#include <string.h>

#include "smpp/text/text.h"

enum { WORD_ROOM = 64 };

static bool is_among(const struct conf_words *words, const char *folded)
{
    char word[WORD_ROOM];
    for (unsigned i = 0; i < words->count; i++)
        if (text_fold(word, sizeof word, words->word[i]) && *word && strcmp(word, folded) == 0)
            return true;
    return false;
}

enum optword optword_of(const struct conf *conf, const char *text)
{
    const struct {
        const struct conf_words *words;
        enum optword meaning;
    } all[] = {
        {&conf->words_stop, OPTWORD_STOP},
        {&conf->words_block, OPTWORD_BLOCK},
        {&conf->words_start, OPTWORD_START},
        {&conf->words_help, OPTWORD_HELP},
    };
    char folded[WORD_ROOM];
    if (!text_fold(folded, sizeof folded, text) || !*folded)
        return OPTWORD_NONE;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (is_among(all[i].words, folded))
            return all[i].meaning;
    return OPTWORD_NONE;
}
