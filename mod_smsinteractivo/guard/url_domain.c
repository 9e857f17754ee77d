/* The last labels of host names, as far as abusers use them; a list, for a handset has one too. */
#include "mod_smsinteractivo/guard/url_domain.h"

#include <string.h>

// clang-format off
/* Domains that make a link on sight: of countries, then of anybody. */
static const char *const domains[] = {
    "ac", "ad", "ae", "af", "ag", "ai", "ao", "aq", "ar", "au", "ax", "az", "ba", "bd", "bf",
    "bg", "bh", "bi", "bj", "bm", "bo", "br", "bs", "bt", "bw", "bz", "ca", "cc", "cd", "cf", "cg",
    "ch", "ci", "ck", "cl", "cm", "cn", "co", "cr", "cu", "cv", "cw", "cx", "cy", "cz", "dj", "dk", "dm", "do",
    "dz", "ec", "ee", "eg", "er", "et", "eu", "fi", "fj", "fk", "fm", "fo", "fr", "ga", "gd", "ge", "gf",
    "gh", "gi", "gl", "gm", "gn", "gp", "gq", "gr", "gs", "gt", "gu", "gw", "gy", "hk", "hn", "hr", "ht",
    "hu", "ie", "il", "in", "io", "iq", "jm", "jp", "kg", "kh", "ki", "km", "kn", "kp",
    "kr", "kw", "ky", "kz", "lb", "lc", "li", "lk", "lr", "ls", "lt", "lu", "lv", "ly", "mc", "md", "mg", "mh",
    "mk", "ml", "mn", "mo", "mp", "mq", "mr", "ms", "mt", "mu", "mv", "mw", "mx", "mz", "nc", "ne",
    "nf", "ng", "nl", "nr", "nu", "nz", "om", "pe", "pf", "pg", "ph", "pl", "pn", "pr", "pt", "pw",
    "py", "qa", "ro", "rs", "ru", "rw", "sa", "sb", "sc", "sd", "sg", "sh", "sj", "sk", "sl", "sm", "sn", "ss",
    "st", "sv", "sx", "sy", "sz", "tc", "tf", "tg", "th", "tj", "tk", "tl", "tm", "tn", "tr", "tt", "tv",
    "tw", "tz", "ua", "ug", "uk", "us", "uy", "uz", "vc", "vg", "vn", "vu", "wf", "ws", "ye", "yt", "za", "zm",
    "zw",

    "com", "net", "org", "info", "biz", "edu", "gov", "mil", "int", "name", "mobi", "app", "dev", "xyz", "top",
    "site", "shop", "store", "live", "online", "link", "win", "click", "page", "icu", "tech", "blog", "cloud",
    "space", "website", "email", "chat", "money", "bank", "promo", "gift", "loan", "loans", "cam", "buzz",
    "fun", "pro", "world", "today", "best", "asia", "ngo", "jobs", "travel", "coop", "sbs", "bond", "cfd",
    "lat", "autos", "beauty", "monster", "makeup", "boats", "cyou", "fit", "support", "ink", "pics", "zip",
    "mov", "ltd", "company", "group", "network", "systems", "solutions", "services", "agency", "center",
    "academy", "finance", "credit", "gives", "wiki", "games", "bet", "poker", "tickets", "ovh", "xxx", "porn",
    "sexy", "dating", "webcam", "stream", "download", "review", "reviews", "trade", "faith", "science", "party",
    "racing", "work", "rocks", "ninja", "guru", "tips", "zone", "press", "host", "wtf", "foo", "nexus", "new",
    "ren", "surf", "discount", "market", "marketing", "business", "law", "lawyer", "claims", "insure", "health",
    "care", "clinic", "dental", "pharmacy", "gle", "goog", "google", "rip", "bid", "accountant", "cricket",
};

/* Domains of other scripts, as they stand in a text. */
static const char *const foreign[] = {
    "рф", "РФ", "рус", "онлайн", "сайт", "орг", "ком", "москва", "дети", "бг", "ею", "мкд", "мон", "срб", "укр",
    "бел", "қаз", "հայ", "გე", "ευ", "ελ", "中国", "中國", "香港", "台湾", "台灣", "公司", "网络", "网址", "网店",
    "在线", "商城", "集团", "移动", "我爱你", "みんな", "コム", "한국", "닷컴", "भारत", "ไทย", "คอม", "السعودية",
    "مصر", "امارات", "ایران", "قطر", "تونس", "المغرب", "عمان", "فلسطين", "شبكة", "موقع", "كوم", "קום", "ישראל",
};

/* Those that are meant even where a space stands beside the dot: few begin a sentence. */
static const char *const spelled[] = {"com", "net", "org", "biz", "xyz", "top", "site", "online", "shop", "click", "app"};

/* Domains that are words or short forms too: only a path, a port or a second dot makes a link of
 * them. */
static const char *const words_too[] = {
    "my", "td", "it", "at", "be", "by", "im", "pk", "ke", "mm", "je", "hm",
    "me", "se", "la", "es", "de", "no", "si", "su", "ni", "va", "ve", "id", "al", "so", "to", "is", "as", "ir",
    "tu", "mi", "am", "aw", "jo", "ma", "na", "pa", "pm", "re", "sr", "vi", "bar", "cafe", "car", "casa",
    "casino", "date", "digital", "doctor", "fan", "fans", "futbol", "global", "gratis", "hospital", "hoteles",
    "juegos", "latino", "legal", "luxury", "moda", "plus", "pub", "radio", "red", "social", "soy", "taxi",
    "tienda", "total", "uno", "viajes", "vuelos", "abogado", "ltda", "bb", "gg", "ps", "bn", "man", "men", "mom", "dad", "lol", "sale",
    "tel", "kim", "art", "pizza", "delivery", "yoga", "media", "club", "vip", "miami", "vegas", "nyc", "london",
    "help", "cash", "wang", "moe", "diet", "bike", "cars", "run", "tours", "deals", "rest", "quest", "hair",
    "skin",
};
// clang-format on

static bool is_listed(const char *const *list, size_t count, const char *word, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(list[i]) == len && memcmp(list[i], word, len) == 0)
            return true;
    return false;
}

bool url_domain_is(const char *label, size_t len)
{
    return is_listed(domains, sizeof domains / sizeof *domains, label, len) ||
           (len > 4 && strncmp(label, "xn--", 4) == 0);
}

size_t url_domain_foreign(const char *utf8)
{
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (strncmp(utf8, foreign[i], strlen(foreign[i])) == 0)
            return strlen(foreign[i]);
    return 0;
}

bool url_domain_is_spelled(const char *label, size_t len)
{
    return is_listed(spelled, sizeof spelled / sizeof *spelled, label, len);
}

bool url_domain_is_word(const char *label, size_t len)
{
    return is_listed(words_too, sizeof words_too / sizeof *words_too, label, len);
}
