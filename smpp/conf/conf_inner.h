/* What the files of the configuration share: the table of keys, and a reading under way.
 * conf_file.c cuts the file into keys, conf_value.c turns a value into a member, conf_keys.c is the
 * table, conf_check.c and conf_link.c look at the whole. */
#ifndef SMPP_CONF_CONF_INNER_H
#define SMPP_CONF_CONF_INNER_H

#include "smpp/conf/conf.h"

enum { CONF_LINE_MAX = 4096, CONF_KEYS_MAX = 64 };

struct conf_key;

/* Being read: whom to tell what, and where we are. */
struct conf_reading {
    struct conf *conf;
    const char *path;
    unsigned line;       /* 0: about the file as a whole */
    const char *subject; /* the key, "" outside of one */
    unsigned wrong;      /* how much was */
    /* In which line each key stands, of the top and then of each link; 0: in none. */
    unsigned line_of[1 + CONF_LINKS][CONF_KEYS_MAX];
    unsigned price_line[CONF_TARIFFS]; /* of each [price] */
    conf_complain *complain;
    void *ctx;
};

/* One thing that is wrong and what to do about it: one sentence each, the remedy after a full
 * stop. -EINVAL, to be returned. */
__attribute__((format(printf, 2, 3))) int conf_wrong(struct conf_reading *r, const char *format,
                                                     ...);

/* Turns `value` (changeable, trimmed) into the member at `at`. 0 or what conf_wrong gave. */
typedef int conf_take(struct conf_reading *r, const struct conf_key *key, char *value, void *at);

/* A word and the number it stands for. The last one has none. */
struct conf_word {
    const char *word;
    int number;
};

struct conf_key {
    const char *name;
    conf_take *take;
    size_t offset;    /* in struct conf, conf_link or charge_tariff */
    int64_t min, max; /* of the number, in the member's unit; of a text, octets */
    const struct conf_word *words;
    const char *initial; /* as it would be written; NULL: must be given */
    const char *doc;     /* a sentence for the manual and for complaints */
};

struct conf_section {
    const char *name; /* "" for what stands above the first section */
    const struct conf_key *keys;
    unsigned count;
};
extern const struct conf_section conf_sections[]; /* "", "link", "price" */
extern const unsigned conf_sections_count;
enum { CONF_TOP, CONF_LINK, CONF_PRICE };

enum { CONF_LETTERS_DEFAULT = 16 }; /* of a link, until conf_check: as at the top */

conf_take conf_take_text;     /* const char * */
conf_take conf_take_path;     /* const char *: absolute, or "" where min is 0 */
conf_take conf_take_sms;      /* const char *: no {nombre} */
conf_take conf_take_sms_name; /* const char *: may say {nombre} */
conf_take conf_take_number;   /* unsigned */
conf_take conf_take_u8;
conf_take conf_take_npi; /* uint8_t */
conf_take conf_take_u16;
conf_take conf_take_real;   /* double */
conf_take conf_take_time;   /* int64_t ms */
conf_take conf_take_time32; /* unsigned ms */
conf_take conf_take_size;   /* uint64_t octets */
conf_take conf_take_word;   /* int-sized enum */
conf_take conf_take_truth;  /* bool: yes or no */
conf_take conf_take_flag;   /* bool, by two words */
conf_take conf_take_codes;  /* struct conf_codes */
conf_take conf_take_words;  /* struct conf_words */
conf_take conf_take_users;  /* struct conf_uids */
conf_take conf_take_group;  /* const char *: one there is, or "" */
conf_take conf_take_money;  /* int64_t centavos */
conf_take conf_take_store;  /* const char *: memcached servers */
conf_take conf_take_taxes;  /* struct charge_tariff, its taxes */

/* What a text may hold: the visitor's name, the minutes of `conversation`. */
#define CONF_NAME    "{nombre}"
#define CONF_MINUTES "{minutos}"

/* Writes a text with {minutos} replaced: whole minutes, rounded down, at least 1.
 * As conf_text(). */
int conf_minutes(char *out, size_t room, const char *text, int64_t conversation_ms);

/* Without the blanks around it; cut in place. */
char *conf_trim(char *text);

/* A copy that lives as long as the conf; NULL without memory (told as wrong). */
const char *conf_string(struct conf_reading *r, const char *text);

/* Reads the file's lines into r->conf. */
void conf_file_read(struct conf_reading *r);

/* What can only be seen with all of it read; of one link, its files too. */
void conf_check(struct conf_reading *r);
void conf_link_check(struct conf_reading *r, struct conf_link *link);

/* What is told next is about this key of a link, or of the top (NULL), or whichever of two is
 * written; where none is, about the link's header. */
void conf_about(struct conf_reading *r, const struct conf_link *link, const char *key);
void conf_about_either(struct conf_reading *r, const struct conf_link *link, const char *one,
                       const char *other);

#endif
