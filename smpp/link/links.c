/* Failover by priority, spreading by room. */
#include "smpp/link/links.h"

static bool carries(const struct links_choice *choice, const struct link *link,
                    const char *short_code)
{
    return !choice->carries || choice->carries(link_conf(link), short_code);
}

struct link *links_pick(const struct links_choice *choice, const char *short_code)
{
    struct link *best = NULL;
    double best_room = 0;
    for (size_t i = 0; i < choice->count; i++) {
        struct link *link = choice->links[i];
        const struct link_conf *conf = link_conf(link);
        unsigned free_now = link_room(link);
        if (free_now == 0 || !carries(choice, link, short_code))
            continue;
        double room = (double)free_now / conf->window;
        int order = best ? conf->priority - link_conf(best)->priority : -1;
        if (order < 0 || (order == 0 && room > best_room)) {
            best = link;
            best_room = room;
        }
    }
    return best;
}

size_t links_count_up(const struct links_choice *choice)
{
    size_t up = 0;
    for (size_t i = 0; i < choice->count; i++)
        up += link_state(choice->links[i]) == LINK_UP;
    return up;
}

bool links_up(const struct links_choice *choice, const char *short_code)
{
    for (size_t i = 0; i < choice->count; i++)
        if (link_state(choice->links[i]) == LINK_UP &&
            carries(choice, choice->links[i], short_code))
            return true;
    return false;
}
