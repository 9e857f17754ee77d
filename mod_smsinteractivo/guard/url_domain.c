/* The last labels of host names, all there are (IANA); a list, for a handset has one too. */
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
    "ky", "kz", "lc", "li", "lk", "lr", "ls", "lt", "lu", "lv", "ly", "mc", "md", "mh", "mk", "mo", "mp",
    "mq", "mr", "mt", "mu", "mv", "mw", "mx", "mz", "nc", "ne", "nf", "ng", "nl", "nr", "nu", "nz", "om",
    "pe", "pg", "ph", "pl", "pn", "pt", "pw", "py", "qa", "ro", "rs", "ru", "rw", "sa", "sb", "sc", "sd",
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
    "apartments", "attorney", "auction", "baseball", "basketball", "bargains", "beer", "bingo", "blackfriday",
    "boutique", "builders", "build", "buy", "camera", "camp", "careers", "catering", "cheap", "christmas", "church",
    "cleaning", "clothing", "coach", "coffee", "college", "community", "computer", "condos", "construction",
    "consulting", "contractors", "cooking", "coupon", "coupons", "courses", "creditcard", "creditunion", "cruises",
    "dance", "dealer", "degree", "democrat", "dentist", "design", "diamonds", "diy", "directory", "discover",
    "domains", "earth", "education", "energy", "engineer", "engineering", "enterprises", "equipment", "estate",
    "events", "exchange", "expert", "exposed", "farm", "farmers", "fashion", "fail", "feedback", "financial",
    "fish", "fishing", "fitness", "flights", "florist", "flowers", "football", "forsale", "foundation", "fund",
    "furniture", "fyi", "gallery", "garden", "glass", "gold", "graphics", "green", "gripe", "guide", "guitars",
    "haus", "healthcare", "hiphop", "hockey", "holdings", "holiday", "horse", "hosting", "house", "immo",
    "immobilien", "industries", "institute", "insurance", "international", "investments", "jetzt", "jewelry",
    "kaufen", "kitchen", "land", "lease", "lgbt", "lifeinsurance", "lighting", "limited", "limo", "llc", "luxe",
    "management", "markets", "mba", "memorial", "mobile", "mortgage", "movie", "observer", "onl", "ooo", "organic",
    "parts", "partners", "photography", "photos", "physio", "pictures", "place", "plumbing", "productions",
    "properties", "property", "protection", "realestate", "realty", "recipes", "rehab", "rent", "rentals", "repair",
    "report", "restaurant", "rich", "rodeo", "rsvp", "schule", "school", "search", "security", "select", "sex",
    "shoes", "shopping", "singles", "storage", "supplies", "supply", "surgery", "tattoo", "tax",
    "technology", "tennis", "theater", "theatre", "tires", "tools", "toys", "training", "trading", "trust",
    "university", "vacations", "ventures", "villas", "vision", "vodka", "vote", "voting", "voyage", "wedding",
    "weir", "works", "contact",
};

static const char *const said_too[] = {
    "tv", "uy", "dj", "ac", "cv", "cc", "pr", "us", "km", "cm", "mg", "ml", "lb", "kg", "gr",
};

static const char *const goes_on[] = {
    "me", "se", "la", "es", "de", "su", "al", "my", "is", "as", "at", "be", "by", "im", "in",
};

static const char *const words[] = {
    "pf", "mn", "ms", "software", "td", "it", "pk", "ke", "mm", "je", "hm", "no", "si", "ni", "va", "ve", "id", "so", "to", "ir", "am", "aw",
    "jo", "ma", "na", "pa", "pm", "re", "sr", "vi", "bar", "cafe", "car", "casa", "casino", "date", "digital",
    "doctor", "fan", "fans", "futbol", "global", "gratis", "hospital", "hoteles", "juegos", "latino", "legal",
    "luxury", "moda", "plus", "pub", "radio", "red", "social", "soy", "taxi", "tienda", "total", "uno",
    "viajes", "vuelos", "abogado", "ltda", "bb", "gg", "ps", "bn", "man", "men", "mom", "dad", "lol", "sale",
    "tel", "kim", "art", "pizza", "delivery", "yoga", "media", "club", "vip", "miami", "vegas", "nyc", "london",
    "help", "cash", "wang", "moe", "diet", "bike", "cars", "run", "tours", "deals", "rest", "quest", "hair",
    "skin", "mil", "rip", "wtf", "video",
    "aaa", "aarp", "abarth", "abb", "abbott", "abbvie", "abc", "able", "abudhabi", "accenture", "accountants",
    "aco", "actor", "ads", "adult", "aeg", "aero", "aetna", "afl", "africa", "agakhan", "aig", "airbus", "airforce",
    "airtel", "akdn", "alfaromeo", "alibaba", "alipay", "allfinanz", "allstate", "ally", "alsace", "alstom",
    "amazon", "americanexpress", "americanfamily", "amex", "amfam", "amica", "amsterdam", "analytics", "android",
    "anquan", "anz", "aol", "apple", "aquarelle", "arab", "aramco", "archi", "army", "arpa", "arte", "asda",
    "associates", "athleta", "audi", "audible", "audio", "auspost", "author", "auto", "avianca", "aws", "axa",
    "azure", "baby", "baidu", "banamex", "bananarepublic", "band", "barcelona", "barclaycard", "barclays",
    "barefoot", "bauhaus", "bayern", "bbc", "bbt", "bbva", "bcg", "bcn", "beats", "bentley", "berlin", "bestbuy",
    "bharti", "bible", "bing", "bio", "black", "blockbuster", "bloomberg", "blue", "bms", "bmw", "bnpparibas",
    "boehringer", "bofa", "bom", "boo", "book", "booking", "bosch", "bostik", "boston", "bot", "box", "bradesco",
    "bridgestone", "broadway", "broker", "brother", "brussels", "bv", "bzh", "cab", "cal", "call", "calvinklein",
    "canon", "capetown", "capital", "capitalone", "caravan", "career", "case", "cat", "catholic", "cba", "cbn",
    "cbre", "cbs", "ceo", "cern", "cfa", "chanel", "channel", "charity", "chase", "chintai", "chrome", "cipriani",
    "circle", "cisco", "citadel", "citi", "citic", "city", "cityeats", "clinique", "clubmed", "cologne", "comcast",
    "commbank", "compare", "comsec", "cookingchannel", "cool", "corsica", "country", "cpa", "crown", "crs",
    "cruise", "cuisinella", "cymru", "dabur", "data", "datsun", "day", "dclk", "dds", "deal", "dell", "deloitte",
    "delta", "desi", "dhl", "direct", "dish", "dnp", "docs", "dog", "dot", "drive", "dtv", "dubai", "dunlop",
    "dupont", "durban", "dvag", "dvr", "eat", "eco", "edeka", "emerck", "epson", "ericsson", "erni", "esq",
    "etisalat", "eurovision", "eus", "express", "extraspace", "fage", "fairwinds", "family", "fast", "fedex",
    "ferrari", "ferrero", "fiat", "fidelity", "fido", "film", "final", "fire", "firestone", "firmdale", "flickr",
    "flir", "fly", "food", "foodnetwork", "ford", "forex", "forum", "fox", "free", "fresenius", "frl", "frogans",
    "frontdoor", "frontier", "ftr", "fujitsu", "gal", "gallo", "gallup", "game", "gap", "gay", "gb", "gbiz", "gea",
    "gent", "genting", "george", "ggee", "gifts", "giving", "globo", "gmail", "gmbh", "gmo", "gmx", "godaddy",
    "goldpoint", "golf", "goo", "goodyear", "gop", "got", "grainger", "grocery", "guardian", "gucci", "guge",
    "hamburg", "hangout", "hbo", "hdfc", "hdfcbank", "helsinki", "here", "hermes", "hgtv", "hisamitsu", "hitachi",
    "hiv", "hkt", "homedepot", "homegoods", "homesense", "honda", "hot", "hotels", "hotmail", "how", "hsbc",
    "hughes", "hyatt", "hyundai", "ibm", "icbc", "ice", "ieee", "ifm", "ikano", "imamat", "imdb", "inc", "infiniti",
    "ing", "intuit", "ipiranga", "irish", "ismaili", "ist", "istanbul", "itau", "itv", "jaguar", "java", "jcb",
    "jeep", "jio", "jll", "jmp", "jnj", "joburg", "jot", "joy", "jpmorgan", "jprs", "juniper", "kddi",
    "kerryhotels", "kerrylogistics", "kerryproperties", "kfh", "kia", "kids", "kinder", "kindle", "kiwi", "koeln",
    "komatsu", "kosher", "kpmg", "kpn", "krd", "kred", "kuokgroup", "kyoto", "lacaixa", "lamborghini", "lamer",
    "lancaster", "lancia", "landrover", "lanxess", "lasalle", "latrobe", "lds", "leclerc", "lefrak", "lego",
    "lexus", "lidl", "lifestyle", "like", "lilly", "lincoln", "linde", "lipsy", "living", "llp", "locker", "locus",
    "lotte", "lotto", "love", "lpl", "lplfinancial", "lundbeck", "macys", "madrid", "maif", "maison", "mango",
    "map", "marriott", "marshalls", "maserati", "mattel", "mckinsey", "med", "meet", "melbourne", "meme", "menu",
    "merckmsd", "microsoft", "mini", "mint", "mit", "mitsubishi", "mlb", "mls", "mma", "moi", "monash", "mormon",
    "moscow", "moto", "motorcycles", "msd", "mtn", "mtr", "museum", "music", "mutual", "nab", "nagoya", "natura",
    "navy", "nba", "nec", "netbank", "netflix", "neustar", "next", "nextdirect", "nfl", "nhk", "nico", "nike",
    "nikon", "nissan", "nissay", "nokia", "northwesternmutual", "norton", "now", "nowruz", "nowtv", "np", "nra",
    "nrw", "ntt", "obi", "office", "okinawa", "olayan", "olayangroup", "oldnavy", "ollo", "omega", "ong", "open",
    "oracle", "orange", "origins", "osaka", "otsuka", "ott", "panasonic", "paris", "pars", "passagens", "pay",
    "pccw", "pet", "pfizer", "phd", "philips", "phone", "photo", "pictet", "pid", "pin", "ping", "pink", "pioneer",
    "play", "playstation", "pnc", "pohl", "politie", "post", "pramerica", "praxi", "prime", "prod", "prof",
    "progressive", "pru", "prudential", "pwc", "qpon", "quebec", "read", "realtor", "redstone", "redumbrella",
    "reise", "reisen", "reit", "reliance", "republican", "rexroth", "richardli", "ricoh", "ril", "rio", "rocher",
    "rogers", "room", "rugby", "ruhr", "rwe", "ryukyu", "saarland", "safe", "safety", "sakura", "salon", "samsclub",
    "samsung", "sandvik", "sandvikcoromant", "sanofi", "sap", "sarl", "sas", "save", "saxo", "sbi", "sca", "scb",
    "schaeffler", "schmidt", "scholarships", "schwarz", "scot", "seat", "secure", "seek", "sener", "seven", "sew",
    "sfr", "shangrila", "sharp", "shaw", "shell", "shia", "shiksha", "shouji", "show", "showtime", "silk", "sina",
    "ski", "sky", "skype", "sling", "smart", "smile", "sncf", "soccer", "softbank", "sohu", "solar", "song", "sony",
    "spa", "sport", "spot", "srl", "stada", "staples", "star", "statebank", "statefarm", "stc", "stcgroup",
    "stockholm", "studio", "study", "style", "sucks", "suzuki", "swatch", "swiss", "sydney", "tab", "taipei",
    "talk", "taobao", "target", "tatamotors", "tatar", "tci", "tdk", "temasek", "teva", "thd", "tiaa", "tiffany",
    "tirol", "tjmaxx", "tjx", "tkmaxx", "tmall", "tokyo", "toray", "toshiba", "town", "toyota", "travelchannel",
    "travelers", "travelersinsurance", "trv", "tube", "tui", "tunes", "tushu", "tvs", "ubank", "ubs", "unicom",
    "uol", "ups", "vana", "vanguard", "verisign", "versicherung", "vet", "vig", "viking", "vin", "virgin", "visa",
    "viva", "vivo", "vlaanderen", "volkswagen", "volvo", "voto", "wales", "walmart", "walter", "wanggou", "watch",
    "watches", "weather", "weatherchannel", "weber", "wed", "weibo", "whoswho", "wien", "williamhill", "windows",
    "wine", "winners", "wme", "wolterskluwer", "woodside", "wow", "wtc", "xbox", "xerox", "xfinity", "xihuan",
    "xin", "yahoo", "yamaxun", "yandex", "yodobashi", "yokohama", "you", "youtube", "yun", "zappos", "zara", "zero",
    "zuerich",
};

/* Domains of other scripts, as they stand in a text. */
static const char *const foreign[] = {
    "рф", "РФ", "рус", "онлайн", "сайт", "орг", "ком", "москва", "дети", "бг", "ею", "мкд", "мон", "срб", "укр",
    "бел", "қаз", "հայ", "გე", "ευ", "ελ", "中国", "中國", "香港", "台湾", "台灣", "公司", "网络", "网址", "网店",
    "在线", "商城", "集团", "移动", "我爱你", "みんな", "コム", "한국", "닷컴", "भारत", "ไทย", "คอม", "السعودية",
    "مصر", "امارات", "ایران", "قطر", "تونس", "المغرب", "عمان", "فلسطين", "شبكة", "موقع", "كوم", "קום", "ישראל",
    "कॉम", "セール", "佛山", "ಭಾರತ", "慈善", "ଭାରତ", "点看", "ভাৰত", "ভারত", "八卦", "বাংলা", "公益", "香格里拉", "网站", "католик",
    "联通", "时尚", "微博", "淡马锡", "ファッション", "नेट", "ストア", "アマゾン", "삼성", "சிங்கப்பூர்", "商标", "商店", "ポイント", "新闻", "家電",
    "中文网", "中信", "娱乐", "谷歌", "భారత్", "ලංකා", "電訊盈科", "购物", "クラウド", "ભારત", "通販", "भारोत", "संगठन", "餐厅", "亚马逊",
    "食品", "飞利浦", "手机", "الجزائر", "ارامكو", "العليان", "اتصالات", "بازار", "موريتانيا", "پاکستان", "الاردن", "بارت",
    "بھارت", "ابوظبي", "البحرين", "ڀارت", "كاثوليك", "سودان", "همراه", "عراق", "مليسيا", "澳門", "政府", "بيتك", "عرب",
    "机构", "组织机构", "健康", "سورية", "招聘", "大拿", "ລາວ", "グーグル", "世界", "書籍", "ഭാരതം", "ਭਾਰਤ", "닷넷", "天主教", "游戏",
    "vermögensberater", "vermögensberatung", "企业", "信息", "嘉里大酒店", "嘉里", "广东", "இலங்கை", "இந்தியா", "新加坡", "政务",
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

static bool is_label(const char *listed, const char *label, size_t len)
{
    return *listed == *label && strncmp(listed, label, len) == 0 && listed[len] == '\0';
}

static enum domain domain_listed(const char *label, size_t len)
{
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t j = 0; j < lists[i].count; j++)
            if (is_label(lists[i].label[j], label, len))
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
