/* The last labels of host names, as far as abusers use them; a list, for a handset has one too. */
#include "mod_smsinteractivo/guard/url_domain.h"

#include <stdbool.h>
#include <string.h>

enum { MASKED_ROOM = 12 };

// clang-format off
static const char *const unsaid[] = {"com", "net", "org", "corn" /* "com" to the eye */};

static const char *const sure[] = {
    "ad", "ae", "af", "ag", "ai", "ao", "aq", "ar", "au", "ax", "az", "ba", "bd", "bf", "bg", "bh", "bi", "bj",
    "bm", "bo", "br", "bs", "bt", "bw", "bz", "ca", "cd", "cf", "cg", "ch", "ci", "ck", "cl", "cn", "co", "cr",
    "cu", "cw", "cx", "cy", "cz", "dk", "dm", "do", "dz", "ec", "ee", "eg", "er", "et", "eu", "fi", "fj", "fk",
    "fm", "fo", "fr", "ga", "gd", "ge", "gf", "gh", "gi", "gl", "gm", "gn", "gp", "gq", "gs", "gt", "gu", "gw",
    "gy", "hk", "hn", "hr", "ht", "hu", "ie", "il", "io", "iq", "jm", "jp", "kh", "ki", "kn", "kp", "kr", "kw",
    "ky", "kz", "lc", "li", "lk", "lr", "ls", "lt", "lu", "lv", "ly", "mc", "md", "mh", "mk", "mn", "mo", "mp",
    "mq", "mr", "ms", "mt", "mu", "mv", "mw", "mx", "mz", "nc", "ne", "nf", "ng", "nl", "nr", "nu", "nz", "om",
    "pe", "pf", "pg", "ph", "pl", "pn", "pt", "pw", "py", "qa", "ro", "rs", "ru", "rw", "sa", "sb", "sc", "sd",
    "sg", "sh", "sj", "sk", "sl", "sm", "sn", "ss", "st", "sv", "sx", "sy", "sz", "tc", "tf", "tg", "th", "tj",
    "tk", "tl", "tm", "tn", "tr", "tt", "tw", "tz", "ua", "ug", "uk", "uz", "vc", "vg", "vn", "vu", "wf", "ws",
    "ye", "yt", "za", "zm", "zw",

    "info", "biz", "edu", "gov", "int", "name", "mobi", "app", "dev", "xyz", "top", "site",
    "shop", "store", "live", "online", "link", "win", "click", "page", "icu", "tech", "blog", "cloud", "space",
    "website", "email", "chat", "money", "bank", "promo", "gift", "loan", "loans", "cam", "buzz", "fun", "pro",
    "world", "today", "best", "asia", "ngo", "jobs", "travel", "coop", "sbs", "bond", "cfd", "lat", "autos",
    "beauty", "monster", "makeup", "boats", "cyou", "fit", "support", "ink", "pics", "zip", "mov", "ltd",
    "company", "group", "network", "systems", "solutions", "services", "agency", "center", "academy", "finance",
    "credit", "gives", "wiki", "games", "bet", "poker", "tickets", "ovh", "xxx", "porn", "sexy", "dating",
    "webcam", "stream", "download", "review", "reviews", "trade", "faith", "science", "party", "racing", "work",
    "rocks", "ninja", "guru", "tips", "zone", "press", "host", "foo", "nexus", "new", "ren", "surf", "discount",
    "market", "marketing", "business", "law", "lawyer", "claims", "insure", "health", "care", "clinic",
    "dental", "pharmacy", "gle", "goog", "google", "bid", "accountant", "cricket", "one", "life", "news",
    "team", "cards", "codes", "gdn", "homes", "yachts",
};

static const char *const said_too[] = {
    "tv", "uy", "dj", "ac", "cv", "cc", "pr", "us", "km", "cm", "mg", "ml", "lb", "kg", "gr",
};

static const char *const goes_on[] = {
    "me", "se", "la", "es", "de", "su", "al", "mi", "tu", "my", "is", "as", "at", "be", "by", "im", "in",
};

static const char *const words[] = {
    "td", "it", "pk", "ke", "mm", "je", "hm", "no", "si", "ni", "va", "ve", "id", "so", "to", "ir", "am", "aw",
    "jo", "ma", "na", "pa", "pm", "re", "sr", "vi", "bar", "cafe", "car", "casa", "casino", "date", "digital",
    "doctor", "fan", "fans", "futbol", "global", "gratis", "hospital", "hoteles", "juegos", "latino", "legal",
    "luxury", "moda", "plus", "pub", "radio", "red", "social", "soy", "taxi", "tienda", "total", "uno",
    "viajes", "vuelos", "abogado", "ltda", "bb", "gg", "ps", "bn", "man", "men", "mom", "dad", "lol", "sale",
    "tel", "kim", "art", "pizza", "delivery", "yoga", "media", "club", "vip", "miami", "vegas", "nyc", "london",
    "help", "cash", "wang", "moe", "diet", "bike", "cars", "run", "tours", "deals", "rest", "quest", "hair",
    "skin", "mil", "rip", "wtf", "video",
};

/* Domains of other scripts, as they stand in a text. */
static const char *const foreign[] = {
    "рф", "РФ", "рус", "онлайн", "сайт", "орг", "ком", "москва", "дети", "бг", "ею", "мкд", "мон", "срб", "укр",
    "бел", "қаз", "հայ", "გე", "ευ", "ελ", "中国", "中國", "香港", "台湾", "台灣", "公司", "网络", "网址", "网店",
    "在线", "商城", "集团", "移动", "我爱你", "みんな", "コム", "한국", "닷컴", "भारत", "ไทย", "คอม", "السعودية",
    "مصر", "امارات", "ایران", "قطر", "تونس", "المغرب", "عمان", "فلسطين", "شبكة", "موقع", "كوم", "קום", "ישראל",
};
// clang-format on

#define LIST(domain, labels)                                                                       \
    {                                                                                              \
        domain, labels, sizeof(labels) / sizeof *(labels)                                          \
    }
static const struct {
    enum domain domain;
    const char *const *label;
    size_t count;
} lists[] = {LIST(DOMAIN_UNSAID, unsaid), LIST(DOMAIN_SURE, sure), LIST(DOMAIN_SAID_TOO, said_too),
             LIST(DOMAIN_GOES_ON, goes_on), LIST(DOMAIN_WORD, words)};

static enum domain domain_listed(const char *label, size_t len)
{
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t j = 0; j < lists[i].count; j++)
            if (strlen(lists[i].label[j]) == len && memcmp(lists[i].label[j], label, len) == 0)
                return lists[i].domain;
    return len > 4 && strncmp(label, "xn--", 4) == 0 ? DOMAIN_SURE : DOMAIN_NONE;
}

/* Writes "com" for "c0m"; `one` is what a 1 stands for. False where no digit stands among letters.
 */
static bool unmask(const char *label, size_t len, char one, char out[static MASKED_ROOM])
{
    static const char from[] = "03457", to[] = "oeast";
    unsigned digits = 0;
    for (size_t i = 0; i < len; i++) {
        const char *digit = strchr(from, label[i]);
        out[i] = digit ? to[digit - from] : label[i] == '1' ? one : label[i];
        digits += out[i] != label[i];
    }
    return digits > 0 && digits < len;
}

enum domain url_domain_of(const char *label, size_t len)
{
    char plain[MASKED_ROOM];
    enum domain domain = domain_listed(label, len);
    if (domain != DOMAIN_NONE || len < 3 || len >= MASKED_ROOM)
        return domain;
    for (const char *one = "il"; *one && domain < DOMAIN_SURE; one++)
        domain = unmask(label, len, *one, plain) ? domain_listed(plain, len) : DOMAIN_NONE;
    return domain >= DOMAIN_SURE ? domain : DOMAIN_NONE;
}

size_t url_domain_foreign(const char *utf8)
{
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (strncmp(utf8, foreign[i], strlen(foreign[i])) == 0)
            return strlen(foreign[i]);
    return 0;
}
