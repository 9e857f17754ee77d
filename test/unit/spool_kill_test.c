/* Killed at any moment while many messages come: what was reported is there, and there once.
 * SPOOL_KILLS=n kills n times. */
#include "test/unit/spool_fixture.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { KEYS = 1 << 20 };

/* Shared with the child that will die. */
struct shared {
    _Atomic unsigned begun; /* keys up to here, by the child's word */
    unsigned char ack[KEYS];
};

static struct shared *shared;

/* Many messages under way, each key noted when it is reported. */
struct load {
    struct fixture f;
    unsigned begun;
};

static void load_begin(struct load *load);

static void load_done(void *context, const struct spool_result *result)
{
    struct load *load = context;

    if (result->error == 0 && result->verdict == SPOOL_KEPT)
        shared->ack[result->conversation] = 1;
    load_begin(load);
}

static void load_begin(struct load *load)
{
    char key[32];
    struct spool_message message;
    unsigned n = load->begun++;

    if (n == 0 || n >= KEYS)
        return;
    key_put(n, key);
    message = a_message(load->f.spool, key, key);
    message.conversation = n;
    message.in_flight = 1;
    if (spool_keep(load->f.spool, &message, (struct spool_done){load_done, load}) != 0)
        _exit(4);
}

static void load_run(struct load *load)
{
    struct pollfd ready;

    fixture_open(&load->f);
    ready = (struct pollfd){spool_fd(load->f.spool), POLLIN, 0};
    load->begun = 1;
    for (int i = 0; i < 64; i++)
        load_begin(load);
    for (;;) {
        poll(&ready, 1, -1);
        spool_collect(load->f.spool);
        atomic_store(&shared->begun, load->begun);
    }
}

struct count {
    bool done;
    unsigned there;
    unsigned char seen[KEYS];
};

static void count_row(void *context, const struct spool_row *row)
{
    struct count *count = context;

    count->there++;
    assert_int_equal(count->seen[row->message.conversation]++, 0);
}

static void count_end(void *context, const struct spool_result *result)
{
    struct count *count = context;

    assert_int_equal(result->error, 0);
    count->done = true;
}

static unsigned kill_under_load(unsigned messages)
{
    static struct count count;
    struct load load = {.f = {.directory = "/tmp/spool-test-XXXXXX"}};
    struct spool_reader reader = {.row = count_row, .done = {count_end, &count}};
    unsigned acked = 0;
    int status;
    pid_t child;

    memset(shared, 0, sizeof *shared);
    memset(&count, 0, sizeof count);
    assert_non_null(mkdtemp(load.f.directory));
    child = fork();
    if (child == 0)
        load_run(&load);
    while (atomic_load(&shared->begun) < messages)
        assert_int_equal(waitpid(child, &status, WNOHANG), 0);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    fixture_open(&load.f);
    assert_int_equal(spool_scan(load.f.spool, SPOOL_SCAN_MESSAGES, "", &reader), 0);
    spool_wait(load.f.spool, &count.done);
    for (unsigned n = 1; n < KEYS; n++) {
        acked += shared->ack[n];
        assert_true(!shared->ack[n] || count.seen[n] == 1);
    }
    spool_close(load.f.spool);
    directory_remove(load.f.directory);
    return acked;
}

static void killed_under_load_nothing_reported_is_lost(void **context)
{
    const char *asked = getenv("SPOOL_KILLS");
    int kills = asked ? atoi(asked) : 8;

    (void)context;
    srand((unsigned)getpid());
    for (int i = 0; i < kills; i++)
        assert_true(kill_under_load(100 + (unsigned)rand() % 3000) > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_under_load_nothing_reported_is_lost),
    };

    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
