/* sd_notify(3) by hand: one datagram to the socket named in the environment. */
#include "smpp/daemon/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "smpp/logbook/clock.h"

enum { SPOOL_MS = 20000 }; /* to bring all of the spool's log into the database */

int notify_send(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t len = path ? strlen(path) : 0;
    if (!len)
        return 0;
    if ((*path != '/' && *path != '@') || len >= sizeof to.sun_path)
        return -EINVAL;
    memcpy(to.sun_path, path, len);
    if (*path == '@')
        to.sun_path[0] = '\0'; /* an abstract name begins with NUL */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    ssize_t n = sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to, size);
    int e = n < 0 ? -errno : 0;
    close(fd);
    return e;
}

int notify_reloading(void)
{
    char state[64];
    snprintf(state, sizeof state, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)clock_us());
    return notify_send(state);
}

int notify_stopping(int64_t drain_ms)
{
    char state[64];
    snprintf(state, sizeof state, "STOPPING=1\nEXTEND_TIMEOUT_USEC=%lld",
             (long long)(drain_ms + SPOOL_MS) * 1000);
    return notify_send(state);
}

int64_t notify_watchdog_ms(void)
{
    const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    if (!usec || (pid && strtol(pid, NULL, 10) != (long)getpid()))
        return 0;
    return strtoll(usec, NULL, 10) / 2000;
}
