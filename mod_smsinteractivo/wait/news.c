/* See news.h. */
#include "mod_smsinteractivo/wait/news.h"
#include "mod_smsinteractivo/wait/parking.h"

#include <errno.h>
#include <string.h>

/* While one connects to a smppd that does not answer nobody else is woken: keep it short. */
enum { PAUSE_LEAST_MS = 100, PAUSE_MOST_MS = 2000, CONNECT_MS = 100 };

void news_begin(struct news *news, const char *path)
{
    *news = (struct news){.path = path, .link = {.fd = -1}, .pause = PAUSE_LEAST_MS};
}

void news_end(struct news *news)
{
    daemon_link_close(&news->link);
}

void news_lose(struct news *news, int64_t now)
{
    daemon_link_close(&news->link);
    news->retry_at = now + news->pause;
    news->pause = news->pause * 2 < PAUSE_MOST_MS ? news->pause * 2 : PAUSE_MOST_MS;
}

static void line_take(char *text, size_t len)
{
    struct line line;
    if (line_parse(&line, text, len) < 0 || strcmp(line.verb, "news") != 0)
        return;
    const char *session = line_get(&line, "session");
    if (!session)
        return;
    /* A session that has gone knows no event: -1 is nobody's cursor, so everybody is woken. */
    parking_news(session, line_get(&line, "gone") ? -1 : line_number(&line, "last", -1));
}

/* What has come already: the descriptor will not become readable for it. */
static void lines_take(struct news *news)
{
    char text[LINE_MAX_OCTETS];
    size_t len;
    while ((len = daemon_link_line(&news->link, text)) > 0)
        line_take(text, len);
}

bool news_connect(struct news *news, int64_t now)
{
    if (news->link.fd >= 0 || now < news->retry_at)
        return false;
    /* Its `ok` is awaited: what happens between our look at the transcripts and a subscription
     * that smppd has yet to read would be told to nobody. */
    if (daemon_link_open(&news->link, news->path, now + CONNECT_MS) < 0 ||
        daemon_link_say(&news->link, "subscribe news\n", now + CONNECT_MS) < 0) {
        news_lose(news, now);
        return false;
    }
    news->pause = PAUSE_LEAST_MS;
    lines_take(news);
    return true;
}

void news_read(struct news *news, int64_t now)
{
    int e = daemon_link_read(&news->link, now);
    if (e < 0 && e != -ETIMEDOUT) { /* that: nothing was there after all */
        news_lose(news, now);
        return;
    }
    lines_take(news);
}
