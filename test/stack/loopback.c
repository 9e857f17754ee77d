/* See loopback.h. */
#include "test/stack/loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

void die(const char *what, const char *detail)
{
    fprintf(stderr, "%s: %s: %.600s\n", program_invocation_short_name, what, detail);
    exit(1);
}

int64_t now_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int loopback_connect(uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
        die("cannot connect", strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

void loopback_put(int fd, const char *request, int length)
{
    if (write(fd, request, (size_t)length) != length)
        die("cannot write", strerror(errno));
}

bool loopback_is_whole(const char *answer, size_t length)
{
    static const char field[] = "\r\nContent-Length: ";
    const char *end = strstr(answer, "\r\n\r\n");
    const char *body = end ? strcasestr(answer, field) : NULL;
    if (end && (!body || body > end))
        die("an answer without a length", answer);
    return end && length >= (size_t)(end + 4 - answer) + strtoull(body + strlen(field), NULL, 10);
}

void loopback_mobile_says(int fd, const char *mobile, const char *code, const char *text)
{
    char request[512], form[256];
    int length = snprintf(form, sizeof form, "to=%s&text=%s", code, text);
    length = snprintf(request, sizeof request,
                      "POST /handsets/%s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                      "Content-Type: application/x-www-form-urlencoded\r\n"
                      "Content-Length: %d\r\n\r\n%s",
                      mobile, length, form);
    loopback_put(fd, request, length);
}
