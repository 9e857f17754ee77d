// Many threads ask one smppd over one connection; the smppd here is played by the test.
#include "mod_smsinteractivo/backend/daemon.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

static char directory[] = "/tmp/daemon-XXXXXX";
static char path[64];
static atomic_int connections, ups, downs;

/* What the module counts and logs; here it is only seen. */
void tally_daemon(bool up, int error);
void tally_daemon(bool up, int error)
{
    (void)error;
    atomic_fetch_add(up ? &ups : &downs, 1);
}

struct played {
    int listener;
    const char *greeting;
    pthread_t thread;
    atomic_int client; /* the last one that came, -1 where it has been hung up on */
};

/* "swap": two requests are answered in the other order. "deaf": no answer. "drop": hangs up. */
static int answer(FILE *in, int fd)
{
    char line[LINE_MAX_OCTETS], verb[33], tag[17], held[128] = "", out[128];
    while (fgets(line, sizeof line, in)) {
        assert_int_equal(sscanf(line, "%32s %16s", verb, tag), 2);
        int len = snprintf(out, sizeof out, "%s %s reason=told echo=%s\n",
                           strcmp(verb, "refuse") == 0 ? "no" : "ok", tag, tag);
        if (strcmp(verb, "deaf") == 0)
            continue;
        if (strcmp(verb, "drop") == 0)
            return 0;
        if (strcmp(verb, "swap") == 0 && !*held) {
            snprintf(held, sizeof held, "%s", out);
            continue;
        }
        /* Lines for nobody are passed over. */
        if (strcmp(verb, "hello") != 0 &&
            write(fd, "news session=x last=1\nitem 99999 a=b\n", 37) != 37)
            return 0;
        if (write(fd, out, (size_t)len) != len)
            return 0;
        if (*held && write(fd, held, strlen(held)) < 0)
            return 0;
        *held = '\0';
    }
    return 0;
}

static void *play(void *played_)
{
    struct played *played = played_;
    for (;;) {
        int fd = accept(played->listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        atomic_fetch_add(&connections, 1);
        played->client = fd;
        FILE *in = fdopen(dup(fd), "r");
        if (write(fd, played->greeting, strlen(played->greeting)) > 0)
            answer(in, fd);
        fclose(in);
        shutdown(fd, SHUT_RDWR);
        close(fd);
        played->client = -1;
    }
}

static void play_begin(struct played *played, const char *greeting)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    unlink(path);
    memcpy(address.sun_path, path, sizeof path);
    played->greeting = greeting;
    played->client = -1;
    played->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(played->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(played->listener, 64), 0);
    assert_int_equal(pthread_create(&played->thread, NULL, play, played), 0);
}

static void play_end(struct played *played)
{
    shutdown(played->listener, SHUT_RDWR);
    if (played->client >= 0)
        shutdown(played->client, SHUT_RDWR);
    pthread_join(played->thread, NULL);
    close(played->listener);
}

#define GREETING "smppd 1 now=1795392000123 policy=spanish notice=Di%20BAJA idle=600000 codes=3\n"

static struct played smppd;

static int begin(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/socket", directory);
    daemon_begin(path, 8);
    return 0;
}

static int end(void **state)
{
    (void)state;
    daemon_end();
    unlink(path);
    rmdir(directory);
    return 0;
}

static int ask(const char *verb, char *echo)
{
    struct ask asked;
    ask_begin(&asked, verb);
    line_put(&asked.w, "text", "dos palabras");
    int e = daemon_ask(&asked);
    if (e == 0 && echo)
        snprintf(echo, 17, "%s", line_get(&asked.line, "echo"));
    if (e == 0)
        assert_string_equal(asked.tag, line_get(&asked.line, "echo"));
    return e;
}

static void without_smppd_nothing_waits(void **state)
{
    (void)state;
    int64_t before = boottime_ms();
    assert_false(daemon_is_there());
    assert_int_equal(ask("hello", NULL), -EAGAIN);
    assert_in_range(boottime_ms() - before, 0, 500);
    assert_true(downs > 0);
}

/* The pause between attempts to connect passes. */
static void come_up(void)
{
    for (int i = 0; i < 300 && !daemon_is_there(); i++)
        usleep(10000); /* at most 3 s */
    assert_true(daemon_is_there());
}

static void it_is_found_when_it_comes_and_its_greeting_is_known(void **state)
{
    (void)state;
    struct greeting greeting;
    assert_false(daemon_greeting(&greeting));
    play_begin(&smppd, GREETING);
    come_up();
    assert_true(daemon_greeting(&greeting));
    assert_string_equal(greeting.policy, "spanish");
    assert_string_equal(greeting.notice, "Di BAJA");
    assert_int_equal(greeting.idle, 600000);
    assert_in_range(daemon_now() - 1795392000123, 0, 10000);
    assert_int_equal(ups, 1);
}

static void an_answer_is_ok_or_no(void **state)
{
    (void)state;
    assert_int_equal(ask("fine", NULL), 0);
    assert_int_equal(ask("refuse", NULL), -EREMOTEIO);
}

static void *ask_many(void *verb)
{
    for (int i = 0; i < 200; i++)
        if (ask(verb, NULL) != 0)
            return verb;
    return NULL;
}

static void many_threads_share_one_connection(void **state)
{
    (void)state;
    static char verb[] = "swap";
    pthread_t thread[8];
    int before = connections;
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, ask_many, verb), 0);
    void *failed[8];
    for (int i = 0; i < 8; i++)
        pthread_join(thread[i], &failed[i]);
    /* Threads come in eights, so only the last request may be left held. */
    int left = 0;
    for (int i = 0; i < 8; i++)
        left += failed[i] != NULL;
    assert_in_range(left, 0, 1);
    assert_int_equal(connections, before);
}

static void a_deaf_smppd_costs_two_seconds(void **state)
{
    (void)state;
    int64_t before = boottime_ms();
    assert_int_equal(ask("deaf", NULL), -ETIMEDOUT);
    assert_in_range(boottime_ms() - before, 1990, 2300);
    assert_int_equal(ask("fine", NULL), 0);
}

static void a_connection_that_breaks_is_replaced(void **state)
{
    (void)state;
    assert_int_equal(ask("drop", NULL), -ETIMEDOUT);
    assert_int_equal(ask("fine", NULL), 0);
}

static void a_restart_nobody_saw_costs_nothing(void **state)
{
    (void)state;
    shutdown(smppd.client, SHUT_RDWR);
    while (smppd.client >= 0)
        usleep(1000); /* until it has hung up */
    assert_int_equal(ask("fine", NULL), 0);
}

static void another_version_is_nobody(void **state)
{
    (void)state;
    static const char *const greetings[] = {"smppd 2 now=1 policy=x notice=\n",
                                            "smppd 1 policy=x\n", "HTTP/1.1 400 Bad\n",
                                            "smppd 1 now=1 now=2\n"};
    play_end(&smppd);
    daemon_end();
    for (size_t i = 0; i < sizeof greetings / sizeof *greetings; i++) {
        static struct daemon_link link;
        play_begin(&smppd, greetings[i]);
        assert_int_equal(daemon_link_open(&link, path, boottime_ms() + 2000), -EPROTO);
        assert_int_equal(link.fd, -1);
        play_end(&smppd);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_smppd_nothing_waits),
        cmocka_unit_test(it_is_found_when_it_comes_and_its_greeting_is_known),
        cmocka_unit_test(an_answer_is_ok_or_no),
        cmocka_unit_test(many_threads_share_one_connection),
        cmocka_unit_test(a_deaf_smppd_costs_two_seconds),
        cmocka_unit_test(a_connection_that_breaks_is_replaced),
        cmocka_unit_test(a_restart_nobody_saw_costs_nothing),
        cmocka_unit_test(another_version_is_nobody),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
