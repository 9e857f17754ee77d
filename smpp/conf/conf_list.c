/* Values of several words: short codes, answers that mean something, users, taxes, money. */
#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/conf/conf_inner.h"
#include "smpp/store/store.h"

static int code_take(struct conf_reading *r, struct conf_codes *codes, const char *code)
{
    size_t len = strspn(code, "0123456789");
    if (code[len] || len < 2 || len >= CONF_CODE_LEN)
        return conf_wrong(r, "`%s` is no short code. Write 2 to %d digits.", code,
                          CONF_CODE_LEN - 1);
    if (conf_codes_have(codes, code))
        return conf_wrong(r, "%s stands in it twice. Take one out.", code);
    if (codes->count == CONF_CODES)
        return conf_wrong(r, "there are more than %d short codes. Take some out.", CONF_CODES);
    strcpy(codes->code[codes->count++], code);
    return 0;
}

int conf_take_codes(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    struct conf_codes *codes = at;
    char *rest = NULL;
    codes->count = 0;
    for (char *code = strtok_r(value, " ,\t", &rest); code; code = strtok_r(NULL, " ,\t", &rest)) {
        int e = code_take(r, codes, code);
        if (e < 0)
            return e;
    }
    return codes->count ? 0 : conf_wrong(r, "it is empty. %s", key->doc);
}

int conf_take_words(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    struct conf_words *words = at;
    char *rest = NULL;
    (void)key;
    words->count = 0;
    for (char *word = strtok_r(value, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
        word = conf_trim(word);
        if (!*word)
            continue;
        if (words->count == CONF_WORDS)
            return conf_wrong(r, "there are more than %d words. Take some out.", CONF_WORDS);
        if (!(words->word[words->count++] = conf_string(r, word)))
            return -ENOMEM;
    }
    return 0;
}

int conf_take_store(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    char why[200];
    int e = conf_take_text(r, key, value, at);
    if (e < 0)
        return e;
    struct store *store = store_open(value, "", why, sizeof why);
    if (!store)
        return conf_wrong(r, "%s. Write host:port or a path that begins with /.", why);
    store_close(store);
    return 0;
}

/* A uid, or the name of a user. One that is only there by default need not exist. */
static int user_take(struct conf_reading *r, const struct conf_key *key, struct conf_uids *uids,
                     const char *user, bool by_default)
{
    const struct passwd *entry = NULL;
    char *end;
    errno = 0;
    unsigned long uid = strtoul(user, &end, 10);
    if (!isdigit((unsigned char)*user) || *end || errno || uid >= (uid_t)-1) {
        entry = getpwnam(user);
        if (!entry)
            return by_default ? 0 : conf_wrong(r, "no user is called `%s`. %s", user, key->doc);
        uid = entry->pw_uid;
    }
    if (uids->count == CONF_UIDS)
        return conf_wrong(r, "there are more than %d users. Take some out.", CONF_UIDS);
    uids->uid[uids->count++] = (uid_t)uid;
    return 0;
}

int conf_take_users(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    struct conf_uids *uids = at;
    bool by_default = strcmp(value, key->initial) == 0;
    char *rest = NULL;
    uids->count = 0;
    for (char *user = strtok_r(value, " ,\t", &rest); user; user = strtok_r(NULL, " ,\t", &rest)) {
        int e = user_take(r, key, uids, user, by_default);
        if (e < 0)
            return e;
    }
    return 0;
}

int conf_take_group(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    if (*value && !getgrnam(value))
        return conf_wrong(r, "no group is called `%s`. %s", value, key->doc);
    return conf_take_text(r, key, value, at);
}

/* "1.00" is 100, "18" is 1800: at most two decimals, and no sign. */
static int hundredths_take(const char *text, int64_t most, int64_t *hundredths)
{
    int64_t n = 0;
    int decimals = -1;
    if (!isdigit((unsigned char)*text))
        return -EINVAL;
    for (; *text; text++) {
        if (*text == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (!isdigit((unsigned char)*text) || decimals == 2 || n > most)
            return -EINVAL;
        n = n * 10 + (*text - '0');
        decimals += decimals >= 0;
    }
    if (decimals == 0)
        return -EINVAL;
    for (int i = decimals < 0 ? 0 : decimals; i < 2; i++)
        n *= 10;
    *hundredths = n;
    return n <= most ? 0 : -ERANGE;
}

int conf_take_money(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    int64_t centavos;
    if (hundredths_take(value, key->max, &centavos) < 0)
        return conf_wrong(r, "`%s` is no price. Write pesos and centavos, as in 1.00.", value);
    *(int64_t *)at = centavos;
    return 0;
}

/* "ITBIS 18" */
static int tax_take(struct conf_reading *r, struct charge_tariff *tariff, char *tax)
{
    char *rate = strrchr(tax, ' ');
    int64_t hundredths;
    size_t percent = strlen(tax) - 1;
    if (rate && tax[percent] == '%')
        tax[percent] = '\0';
    if (!rate || hundredths_take(rate + 1, CHARGE_RATE_MAX, &hundredths) < 0)
        return conf_wrong(r, "`%s` is no tax. Write its name and its percentage, as in ITBIS 18.",
                          tax);
    *rate = '\0';
    tax = conf_trim(tax);
    if (strlen(tax) > CHARGE_NAME_MAX)
        return conf_wrong(r, "`%s` has more than %d characters. Shorten the tax's name.", tax,
                          CHARGE_NAME_MAX);
    if (tariff->taxes == CHARGE_TAXES)
        return conf_wrong(r, "there are more than %d taxes. Add some of them up.", CHARGE_TAXES);
    strcpy(tariff->tax[tariff->taxes].name, tax);
    tariff->tax[tariff->taxes++].rate = (int)hundredths;
    return 0;
}

int conf_take_taxes(struct conf_reading *r, const struct conf_key *key, char *value, void *at)
{
    struct charge_tariff *tariff = at;
    char *rest = NULL;
    (void)key;
    tariff->taxes = 0;
    for (char *tax = strtok_r(value, ",", &rest); tax; tax = strtok_r(NULL, ",", &rest)) {
        int e = *conf_trim(tax) ? tax_take(r, tariff, conf_trim(tax)) : 0;
        if (e < 0)
            return e;
    }
    return 0;
}
