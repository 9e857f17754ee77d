/* Late answers as chance has them: how often one would reach a visitor it was not meant for. */
#include "test/unit/route_fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * One mobile, visitors that write as chance will have it (3 new conversations an hour), for 200
 * days. Some are answered in time, some after 5 minutes to 24 hours. Whoever answers, answers the
 * message that stands last under that code when they press "send"; SMS take up to 1.9 s each way.
 * An answer is given to the wrong visitor if that message was another's.
 */
struct happening {
    double at; /* s */
    enum { WRITES, SHOWN, RECEIPT, PRESSES, ARRIVES } kind;
    int visitor, code, meant;
};

struct tally {
    unsigned asked, refused, answers, late, wrong, wrong_without;
};

static struct happening heap[8192];
static unsigned heaped;

static double chance(void)
{
    return (rand() + 1.0) / (RAND_MAX + 2.0); /* NOLINT: fixed seed, the same each run */
}

static double exponential(double mean)
{
    return -mean * log(chance());
}

static void happen(struct happening what)
{
    unsigned i = heaped++;
    assert_true(heaped < sizeof heap / sizeof *heap);
    for (; i > 0 && heap[(i - 1) / 2].at > what.at; i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = what;
}

static struct happening next_happening(void)
{
    struct happening first = heap[0], last = heap[--heaped];
    unsigned i = 0;
    for (unsigned child; (child = 2 * i + 1) < heaped; i = child) {
        child += child + 1 < heaped && heap[child + 1].at < heap[child].at;
        if (heap[child].at >= last.at)
            break;
        heap[i] = heap[child];
    }
    heap[i] = last;
    return first;
}

/* When the mobile shows a message sent now. A fifth of all find it off for some minutes; what waits
 * for it then comes in the order sent. */
static double shown_at(double now)
{
    static double last;
    double shown = now + 1.9 * chance() + (chance() < 0.2 ? exponential(300) : 0);
    if (now < 1) /* another simulation begins */
        last = 0;
    last = shown > last ? shown : last + 0.01;
    return last;
}

static void writes(struct happening *now, unsigned pool, struct tally *tally)
{
    char session[ROUTE_ID_ROOM];
    struct route *taken;
    bool fresh;
    int64_t retry_at;
    (void)snprintf(session, sizeof session, "%d", now->visitor);
    tally->asked++;
    happen((struct happening){
        .at = now->at + exponential(1200), .kind = WRITES, .visitor = now->visitor + 1});
    if (claim(session, pool, (int64_t)(now->at * 1000), &taken, &fresh, &retry_at) < 0) {
        tally->refused++;
        return;
    }
    double shown = shown_at(now->at);
    int code = atoi(taken->code) - 2000;
    happen((struct happening){.at = shown, .kind = SHOWN, .visitor = now->visitor, .code = code});
    happen((struct happening){
        .at = shown + 1.9 * chance(), .kind = RECEIPT, .visitor = now->visitor, .code = code});
    double wait = chance() < 0.5 ? exponential(90) : 300 * pow(288, chance());
    happen((struct happening){.at = shown + wait, .kind = PRESSES, .code = code});
}

static void arrives(const struct happening *now, struct tally *tally)
{
    struct route *route;
    int64_t at = (int64_t)(now->at * 1000);
    route_forget(&routes, at, 24 * hour);
    enum route_verdict verdict = route_judge(&routes, codes[now->code], at, 2 * second, &route);
    bool others = route && route->until > at && atoi(route->session) != now->meant;
    tally->answers++;
    tally->late += !route || route->until <= at || others;
    tally->wrong_without += others;
    tally->wrong += others && verdict == ROUTE_LIVE;
    if (verdict == ROUTE_LIVE) {
        route->until = at + 5 * minute;
        route->last = at;
        route->answered = true;
    }
}

static struct tally simulate(unsigned pool, unsigned days)
{
    struct tally tally = {0};
    int last_shown[POOL_MAX] = {0};
    routes.count = heaped = 0;
    srand(20161123);
    happen((struct happening){.at = 0, .kind = WRITES, .visitor = 1});
    for (struct happening now = next_happening(); now.at < days * 86400.0; now = next_happening()) {
        struct route *route = route_of_code(&routes, codes[now.code]);
        if (now.kind == WRITES) {
            writes(&now, pool, &tally);
        } else if (now.kind == SHOWN) {
            last_shown[now.code] = now.visitor;
        } else if (now.kind == RECEIPT && route && atoi(route->session) == now.visitor) {
            if (!route->seen)
                route->seen = (int64_t)(now.at * 1000);
        } else if (now.kind == PRESSES) {
            happen((struct happening){.at = now.at + 1.9 * chance(),
                                      .kind = ARRIVES,
                                      .code = now.code,
                                      .meant = last_shown[now.code]});
        } else if (now.kind == ARRIVES) {
            arrives(&now, &tally);
        }
    }
    return tally;
}

static void no_late_answer_reaches_a_visitor_it_was_not_meant_for(void **state)
{
    (void)state;
    double refused_before = 1;
    unsigned wrong_without = 0;
    print_message("%5s %9s %9s %8s %8s %16s\n", "codes", "asked", "refused", "late", "wrong",
                  "wrong unguarded");
    for (unsigned pool = 1; pool <= POOL_MAX; pool *= 2) {
        struct tally tally = simulate(pool, 200);
        double refused = (double)tally.refused / tally.asked;
        print_message("%5u %9u %8.3f%% %8u %8u %16u\n", pool, tally.asked, 100 * refused,
                      tally.late, tally.wrong, tally.wrong_without);
        assert_int_equal(tally.wrong, 0);
        assert_true(refused <= refused_before);
        assert_true(tally.late > 100);
        wrong_without += tally.wrong_without;
        refused_before = refused;
    }
    assert_true(refused_before < 0.0001);
    assert_true(wrong_without > 0); /* else the simulation could not show anything */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(no_late_answer_reaches_a_visitor_it_was_not_meant_for, fresh_mobile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
