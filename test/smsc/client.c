// A direct ESME that does nothing but load: it submits within a window, acknowledges what it is
// delivered, and prints rates. It shows what the SMSC itself can take and give.
#include <errno.h>
#include <getopt.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "test/smsc/latency.h"
#include "test/smsc/pdu.h"

enum { BUFFER = 1024 * 1024, PDU_ROOM = 512, BIND_WAIT_MS = 10000 };

struct client {
    const char *address, *system_id, *password, *from, *text;
    uint64_t submit, window, first, numbers, receive, idle_ms;
    bool receipts;

    int fd;
    bool bound, done;
    uint32_t bind_status;
    uint8_t in[BUFFER], out[BUFFER];
    size_t in_used, out_used;
    uint64_t sent, answered, refused, received;
    uint64_t *sent_at; // by sequence number; submits have 1..submit
    uint64_t started, submitted, first_received, last_received;
    struct latency latency;
};

static const char help[] =
    "usage: smsc-load --connect HOST:PORT [options]\n"
    "Loads an SMSC directly and prints rates, one line each for submits and deliveries.\n"
    "\n"
    "  --submit N        send N submit_sm\n"
    "  --window N        unanswered at once (1000)\n"
    "  --receive N       acknowledge deliver_sm until N came\n"
    "  --idle MS         give up when nothing comes for so long (10000)\n"
    "  --receipts        ask for a receipt with each submit\n"
    "  --from CODE       source address (2333)\n"
    "  --to NUMBER       first destination (8095550000)\n"
    "  --numbers N       destinations in turn (1000)\n"
    "  --text TEXT       short_message (Ana (web): hola)\n"
    "  --system-id NAME  (load)\n"
    "  --password WORD   (empty)\n";

static uint64_t clock_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static void die(const char *what, const char *which)
{
    fprintf(stderr, "smsc-load: %s: %s\n", which, what);
    exit(1);
}

static int connect_to(const char *address)
{
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM}, *found;
    char host[256];
    const char *colon = strrchr(address, ':');
    int fd = -1, one = 1;

    snprintf(host, sizeof host, "%.*s", colon ? (int)(colon - address) : 0, address);
    if (!colon || getaddrinfo(host, colon + 1, &wanted, &found))
        die("not a host:port", address);
    fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen))
        die(strerror(errno), address);
    freeaddrinfo(found);
    // Costs only speed where it fails.
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static void bind_put(struct client *c)
{
    struct pdu_writer w;

    pdu_begin(&w, c->out + c->out_used, PDU_ROOM, BIND_TRANSCEIVER, 0, 0x7FFFFFFF);
    pdu_put_string(&w, c->system_id);
    pdu_put_string(&w, c->password);
    pdu_put_string(&w, "");
    pdu_put_octets(&w, "\x34\0\0", 3);
    pdu_put_string(&w, "");
    c->out_used += pdu_end(&w);
}

static void submit_put(struct client *c, uint64_t now)
{
    char to[24];
    struct pdu_message m = {.source = c->from,
                            .destination = to,
                            .destination_ton = 1,
                            .destination_npi = 1,
                            .registered = c->receipts,
                            .octets = (const uint8_t *)c->text,
                            .length = (uint16_t)strlen(c->text)};

    snprintf(to, sizeof to, "1%llu", (unsigned long long)(c->first + c->sent % c->numbers));
    c->sent_at[c->sent++] = now;
    c->out_used +=
        pdu_message_put(c->out + c->out_used, PDU_ROOM, SUBMIT_SM, (uint32_t)c->sent, &m);
}

static void submits_fill(struct client *c)
{
    uint64_t now = clock_us();

    while (c->bound && c->sent < c->submit && c->sent - c->answered - c->refused < c->window &&
           BUFFER - c->out_used >= PDU_ROOM)
        submit_put(c, now);
}

static void submit_answered(struct client *c, const struct pdu_header *h, uint64_t now)
{
    if (h->sequence < 1 || h->sequence > c->sent)
        return;
    if (h->status)
        c->refused++;
    else
        c->answered++;
    c->submitted = now;
    latency_add(&c->latency, now - c->sent_at[h->sequence - 1]);
}

static void response_put(struct client *c, const struct pdu_header *h, bool body)
{
    struct pdu_writer w;

    pdu_begin(&w, c->out + c->out_used, BUFFER - c->out_used, h->command | RESPONSE, 0,
              h->sequence);
    if (body)
        pdu_put_string(&w, ""); // message_id, unused
    c->out_used += pdu_end(&w);
}

static void frame_proceed(struct client *c, const struct pdu_header *h, uint64_t now)
{
    switch (h->command) {
    case BIND_TRANSCEIVER | RESPONSE:
        c->bound = h->status == 0;
        c->bind_status = h->status;
        c->done = !c->bound;
        c->started = now;
        break;
    case SUBMIT_SM | RESPONSE:
        submit_answered(c, h, now);
        break;
    case DELIVER_SM:
        if (c->received++ == 0)
            c->first_received = now;
        c->last_received = now;
        response_put(c, h, true);
        break;
    case ENQUIRE_LINK:
        response_put(c, h, false);
        break;
    case UNBIND:
        response_put(c, h, false);
        c->done = true;
        break;
    default:
        break;
    }
}

static void frames_proceed(struct client *c)
{
    uint64_t now = clock_us();
    struct pdu_header h;
    size_t at = 0;

    while (c->in_used - at >= PDU_HEADER && BUFFER - c->out_used >= PDU_ROOM) {
        pdu_header_get(c->in + at, &h);
        if (h.length < PDU_HEADER || h.length > PDU_MAX)
            die("sent a PDU of an impossible length", c->address);
        if (h.length > c->in_used - at)
            break;
        frame_proceed(c, &h, now);
        at += h.length;
    }
    memmove(c->in, c->in + at, c->in_used - at);
    c->in_used -= at;
}

static void input_take(struct client *c)
{
    ssize_t got = recv(c->fd, c->in + c->in_used, BUFFER - c->in_used, MSG_DONTWAIT);

    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        die("closed the connection", c->address);
    c->in_used += got > 0 ? (size_t)got : 0;
}

static void output_send(struct client *c)
{
    ssize_t gone = send(c->fd, c->out, c->out_used, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (gone < 0 && errno != EAGAIN && errno != EINTR)
        die(strerror(errno), c->address);
    if (gone > 0) {
        memmove(c->out, c->out + gone, c->out_used - (size_t)gone);
        c->out_used -= (size_t)gone;
    }
}

static bool client_is_done(const struct client *c)
{
    return c->done || (c->bound && c->answered + c->refused >= c->submit &&
                       c->received >= c->receive && c->out_used == 0);
}

static void client_run(struct client *c)
{
    bind_put(c);
    while (!client_is_done(c)) {
        struct pollfd at = {c->fd, (short)(POLLIN | (c->out_used ? POLLOUT : 0)), 0};
        int wait = c->bound ? (int)c->idle_ms : BIND_WAIT_MS;
        int ready = poll(&at, 1, wait);
        if (ready == 0)
            break; // said by the figures: less came than was wanted
        if (ready < 0 && errno != EINTR)
            die(strerror(errno), "poll");
        if (at.revents & (POLLIN | POLLHUP | POLLERR))
            input_take(c);
        frames_proceed(c);
        submits_fill(c);
        if (c->out_used)
            output_send(c);
    }
}

static void rate_print(const char *what, uint64_t count, uint64_t us)
{
    printf("%s count=%llu seconds=%.3f per_second=%.0f", what, (unsigned long long)count,
           (double)us / 1e6, us ? (double)count * 1e6 / (double)us : 0.0);
}

static void client_report(const struct client *c)
{
    if (c->submit) {
        rate_print("submit", c->answered, c->submitted - c->started);
        printf(" refused=%llu unanswered=%llu p50_us=%llu p99_us=%llu\n",
               (unsigned long long)c->refused,
               (unsigned long long)(c->sent - c->answered - c->refused),
               (unsigned long long)latency_at(&c->latency, 0.5),
               (unsigned long long)latency_at(&c->latency, 0.99));
    }
    if (c->receive || c->received) {
        rate_print("deliver", c->received, c->last_received - c->first_received);
        printf("\n");
    }
}

static uint64_t number_read(const char *name, const char *word)
{
    char *end;
    unsigned long long number = strtoull(word, &end, 10);

    if (end == word || *end || *word == '-' || number > 100000000000000u)
        die("not a number", name);
    return number;
}

static void options_read(struct client *c, int argc, char **argv)
{
    static const struct option longs[] = {{"connect", 1, NULL, 'c'},   {"submit", 1, NULL, 's'},
                                          {"window", 1, NULL, 'w'},    {"receive", 1, NULL, 'r'},
                                          {"idle", 1, NULL, 'i'},      {"receipts", 0, NULL, 'R'},
                                          {"from", 1, NULL, 'f'},      {"to", 1, NULL, 't'},
                                          {"numbers", 1, NULL, 'n'},   {"text", 1, NULL, 'x'},
                                          {"system-id", 1, NULL, 'u'}, {"password", 1, NULL, 'p'},
                                          {"help", 0, NULL, 'h'},      {0}};
    const char **const words[128] = {['c'] = &c->address,
                                     ['f'] = &c->from,
                                     ['x'] = &c->text,
                                     ['u'] = &c->system_id,
                                     ['p'] = &c->password};
    uint64_t *const numbers[128] = {['s'] = &c->submit,  ['w'] = &c->window, ['r'] = &c->receive,
                                    ['i'] = &c->idle_ms, ['t'] = &c->first,  ['n'] = &c->numbers};
    int option, index = 0;

    while ((option = getopt_long(argc, argv, "", longs, &index)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            exit(0);
        }
        if (option == '?')
            exit(2);
        if (option == 'R')
            c->receipts = true;
        else if (words[option])
            *words[option] = optarg;
        else
            *numbers[option] = number_read(longs[index].name, optarg);
    }
    if (!c->address || optind < argc)
        die("--connect HOST:PORT is missing, or there is a word too many", "usage");
    if (!c->window || !c->numbers || strlen(c->text) > 254 || c->submit > 0x7FFFFFFE)
        die("window and numbers are at least 1, text at most 254 octets", "usage");
}

int main(int argc, char **argv)
{
    static struct client c = {.system_id = "load",
                              .password = "",
                              .from = "2333",
                              .text = "Ana (web): hola",
                              .window = 1000,
                              .first = 8095550000,
                              .numbers = 1000,
                              .idle_ms = 10000};

    options_read(&c, argc, argv);
    c.sent_at = calloc(c.submit + 1, sizeof *c.sent_at);
    if (!c.sent_at)
        die("out of memory", "usage");
    c.fd = connect_to(c.address);
    client_run(&c);
    client_report(&c);
    if (!c.bound)
        fprintf(stderr, "smsc-load: not bound, command_status 0x%x\n", c.bind_status);
    close(c.fd);
    free(c.sent_at);
    return c.bound && c.answered == c.submit && c.received >= c.receive ? 0 : 1;
}
