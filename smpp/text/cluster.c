/* Rules GB6 to GB13 of Unicode Standard Annex #29, one code point after the other. */
#include "smpp/text/cluster.h"

static enum cluster_class class_of(uint32_t cp)
{
    if (cp < 0xA9)
        return OTHER;
    if (cp >= 0xAC00 && cp <= 0xD7A3)
        return SYLLABLE;
    size_t low = 0, high = cluster_ranges_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (cp < cluster_ranges[middle].first)
            high = middle;
        else if (cp > cluster_ranges[middle].last)
            low = middle + 1;
        else
            return cluster_ranges[middle].class;
    }
    return OTHER;
}

static bool is_joined(const struct cluster *before, enum cluster_class class)
{
    if (class == EXTEND || before->last == PREPEND)
        return true;
    switch (before->last) {
    case L:
        return class == L || class == V || class == SYLLABLE;
    case SYLLABLE:
    case V:
        return class == V || class == T;
    case T:
        return class == T;
    default:
        return (class == PICTURE && before->joiner) || (class == REGIONAL && before->regional);
    }
}

bool cluster_begins(struct cluster *cluster, uint32_t cp)
{
    bool tie = cp == 0x200D || (cp >= 0x1F3FB && cp <= 0x1F3FF);
    enum cluster_class class = tie && cluster->emoji_part ? OTHER : class_of(cp);
    bool begins = !is_joined(cluster, class);
    cluster->joiner = class == EXTEND && cp == 0x200D && cluster->picture;
    cluster->picture = class == PICTURE || (class == EXTEND && cluster->picture);
    cluster->regional = class == REGIONAL && (begins || cluster->last == PREPEND);
    cluster->last = class;
    return begins;
}
