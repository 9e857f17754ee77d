/* The floor under an answer: an ESME that acknowledges after two round trips to memcached (whose it
 * is, and that it came), pages appended to a log, and their sync.
 *
 * Nobody who asks memcached and keeps every answer can be faster. One thread; what came together
 * shares all of it. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    DELIVER_SM = 5,
    BIND_TRANSCEIVER = 9,
    ENQUIRE_LINK = 0x15,
    HEADER = 16,
    ROOM = 1 << 20,
    FRAME_HEAD = 24, /* of each page in SQLite's log */
    FRAME = FRAME_HEAD + 4096,
    LOG = 16000 * FRAME,
    VALUE = 230, /* octets of a mobile's routes */
};

static struct {
    int smsc, store, log;
    off_t at;                      /* in the log */
    uint8_t in[ROOM], reply[ROOM]; /* PDUs */
    size_t in_used, reply_used;
    char ask[ROOM], told[ROOM]; /* memcached's lines */
} esme;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static uint32_t number_read(const uint8_t *octets)
{
    uint32_t number;
    memcpy(&number, octets, sizeof number);
    return ntohl(number);
}

static uint8_t *number_put(uint8_t *to, uint32_t number)
{
    number = htonl(number);
    return (uint8_t *)memcpy(to, &number, sizeof number) + sizeof number;
}

static void header_put(uint8_t *to, uint32_t length, uint32_t command, uint32_t sequence)
{
    number_put(number_put(number_put(number_put(to, length), command), 0), sequence);
}

static int connected(int family, const void *address, socklen_t length)
{
    int one = 1, fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, address, length) < 0)
        die("connect");
    if (family == AF_INET)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* only slower without */
    return fd;
}

static void all_write(int fd, const void *octets, size_t length)
{
    const char *at = octets;
    for (ssize_t n; length > 0; at += n, length -= (size_t)n)
        if ((n = write(fd, at, length)) <= 0)
            die("write");
}

/* Until memcached has said `end` so many times. */
static void store_ask(size_t length, const char *end, unsigned times)
{
    size_t used = 0;
    all_write(esme.store, esme.ask, length);
    for (unsigned said = 0; said < times;) {
        ssize_t n = read(esme.store, esme.told + used, ROOM - 1 - used);
        if (n <= 0)
            die("memcached");
        used += (size_t)n;
        esme.told[used] = '\0';
        said = 0;
        for (const char *at = esme.told; (at = strstr(at, end)); at++)
            said++;
    }
}

static size_t line_add(size_t length, const char *words)
{
    return length + (size_t)snprintf(esme.ask + length, ROOM - length, "%s", words);
}

static void routes_renew(unsigned answers)
{
    char set[VALUE + 40];
    size_t length = line_add(0, "gets");
    for (unsigned i = 0; i < answers; i++)
        length = line_add(length, " floor");
    store_ask(line_add(length, "\r\n"), "END\r\n", 1);
    (void)snprintf(set, sizeof set, "set floor 0 0 %d\r\n%0*d\r\n", VALUE, VALUE, 0);
    length = 0;
    for (unsigned i = 0; i < answers; i++)
        length = line_add(length, set);
    store_ask(length, "STORED\r\n", answers);
}

/* As many pages as smppd's transactions of so many answers have. */
static void log_write(unsigned answers)
{
    static const uint8_t frame[FRAME];
    for (unsigned pages = 7 + answers * 3 / 2; pages > 0; pages--) {
        if (pwrite(esme.log, frame, FRAME_HEAD, esme.at) != FRAME_HEAD ||
            pwrite(esme.log, frame + FRAME_HEAD, FRAME - FRAME_HEAD, esme.at + FRAME_HEAD) < 0)
            die("log");
        esme.at = (esme.at + FRAME) % LOG;
    }
    if (fdatasync(esme.log) < 0)
        die("fdatasync");
}

static void response_add(const uint8_t *request, uint32_t command, unsigned body)
{
    uint8_t *to = esme.reply + esme.reply_used;
    header_put(to, HEADER + body, command | 0x80000000u, number_read(request + 12));
    memset(to + HEADER, 0, body);
    esme.reply_used += HEADER + body;
}

/* Takes the whole PDUs that have come; how many were deliver_sm. */
static unsigned pdus_take(void)
{
    unsigned answers = 0;
    size_t at = 0;
    esme.reply_used = 0;
    while (esme.in_used - at >= HEADER && esme.in_used - at >= number_read(esme.in + at)) {
        uint32_t command = number_read(esme.in + at + 4);
        answers += command == DELIVER_SM;
        if (command == DELIVER_SM || command == ENQUIRE_LINK)
            response_add(esme.in + at, command, command == DELIVER_SM);
        at += number_read(esme.in + at);
    }
    esme.in_used -= at;
    memmove(esme.in, esme.in + at, esme.in_used);
    return answers;
}

static void bind_ask(void)
{
    static const char who[] = "claro\0secret\0"; /* and no system_type */
    uint8_t pdu[HEADER + sizeof who + 4] = {0};
    header_put(pdu, sizeof pdu, BIND_TRANSCEIVER, 1);
    memcpy(pdu + HEADER, who, sizeof who);
    pdu[HEADER + sizeof who] = 0x34;
    all_write(esme.smsc, pdu, sizeof pdu);
}

/* The log grows once, not in each sync. */
static void log_open(const char *path)
{
    static const char zeros[100 * FRAME];
    esme.log = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (esme.log < 0)
        die(path);
    for (off_t at = 0; at < LOG; at += (off_t)sizeof zeros)
        if (pwrite(esme.log, zeros, sizeof zeros, at) < 0)
            die(path);
    if (fsync(esme.log) < 0)
        die(path);
}

int main(int argc, char **argv)
{
    struct sockaddr_in smsc = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un store = {.sun_family = AF_UNIX};
    if (argc != 4) {
        fprintf(stderr, "usage: answer_floor SMPP-PORT MEMCACHED-SOCKET LOG\n");
        return 2;
    }
    smsc.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
    (void)snprintf(store.sun_path, sizeof store.sun_path, "%s", argv[2]);
    log_open(argv[3]);
    esme.store = connected(AF_UNIX, &store, sizeof store);
    esme.smsc = connected(AF_INET, &smsc, sizeof smsc);
    bind_ask();
    for (;;) {
        ssize_t n = read(esme.smsc, esme.in + esme.in_used, ROOM - esme.in_used);
        if (n <= 0)
            return 0;
        esme.in_used += (size_t)n;
        unsigned answers = pdus_take();
        if (answers) {
            routes_renew(answers);
            log_write(answers);
        }
        all_write(esme.smsc, esme.reply, esme.reply_used);
    }
}
