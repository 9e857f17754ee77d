/* When the SMSC hears that a receipt was taken: once it is on disk, and not before. Link and spool
 * are the test's. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "smpp/pdu/status.h"
#include "smpp/switch/switchboard.h"

enum { NOT_ANSWERED = -1, TOKEN = 7 };

static struct {
    struct switchboard sb;
    struct conf_link conf_link;
    int queue; /* what spool_receipt returns */
    struct spool_done done;
    int64_t status; /* answered */
} world;

int64_t switch_now(const struct switchboard *sb)
{
    (void)sb;
    return 1000;
}

const struct conf_link *switch_link_conf(const struct link *link)
{
    (void)link;
    return &world.conf_link;
}

bool switch_has_link(const struct switchboard *sb, const struct link *link)
{
    (void)sb, (void)link;
    return true;
}

int spool_receipt(struct spool *spool, const struct spool_receipt *receipt, struct spool_done done)
{
    (void)spool, (void)receipt;
    world.done = done;
    return world.queue;
}

void link_answer(struct link *link, uint64_t token, uint32_t status)
{
    (void)link;
    assert_int_equal(token, TOKEN);
    world.status = status;
}

/* ---- what the rest of the switch would do: nothing of it is asked for here ---- */

bool switch_spool_has_room(const struct switchboard *sb)
{
    (void)sb;
    return true;
}

uint64_t switch_arrival(const struct switchboard *sb, const struct link *link, uint32_t sequence)
{
    (void)sb, (void)link, (void)sequence;
    return 0;
}

bool answer_sender(char *out, const struct pdu_address *address)
{
    (void)out, (void)address;
    return false;
}

void answers_deliver(struct switchboard *sb, struct link *link, const struct message *message,
                     uint64_t token)
{
    (void)sb, (void)link, (void)message, (void)token;
}

void conversation_save(struct switchboard *sb, const struct conversation *conversation, bool ended)
{
    (void)sb, (void)conversation, (void)ended;
}

int route_move(struct storer *storer, enum route_move move, const char *mobile,
               const char *conversation, int64_t at, int64_t now, int64_t memory)
{
    (void)storer, (void)move, (void)mobile, (void)conversation, (void)at, (void)now, (void)memory;
    return 0;
}

int spool_part_state(struct spool *spool, const struct spool_part *part, struct spool_done done)
{
    (void)spool, (void)part, (void)done;
    return -EAGAIN;
}

struct spool_receipt stray_row(const struct stray *stray, int64_t now, bool once)
{
    (void)stray, (void)now, (void)once;
    return (struct spool_receipt){0};
}

void strays_put(struct switchboard *sb, struct stray *stray)
{
    (void)sb;
    free(stray);
}

void transcripts_state(struct switchboard *sb, const char *session, uint64_t conversation,
                       uint64_t message, const char *state, const char *reason)
{
    (void)sb, (void)session, (void)conversation, (void)message, (void)state, (void)reason;
}

/* ---- */

static int setup(void **state)
{
    (void)state;
    memset(&world, 0, sizeof world);
    world.conf_link = (struct conf_link){.smsc = "claro", .receipts = true};
    world.status = NOT_ANSWERED;
    return 0;
}

static void receipt_comes(void)
{
    static const char text[] = "id:17 stat:DELIVRD err:000";
    struct message message = {
        .esm_class = ESM_RECEIPT, .octets = (const uint8_t *)text, .length = sizeof text - 1};
    assert_true(delivery_receipt(&world.sb, NULL, &message, TOKEN));
}

static void kept(int error)
{
    world.done.call(world.done.ctx, &(struct spool_result){.error = error, .session = ""});
}

static void a_receipt_is_answered_when_it_is_on_disk_and_not_before(void **state)
{
    (void)state;
    receipt_comes();
    assert_int_equal(world.status, NOT_ANSWERED);
    kept(0);
    assert_int_equal(world.status, ESME_ROK);
}

static void a_receipt_that_was_not_kept_stays_with_the_smsc(void **state)
{
    (void)state;
    receipt_comes();
    kept(-EIO);
    assert_int_equal(world.status, ESME_RX_T_APPN);
}

static void a_receipt_that_the_spool_has_no_room_for_stays_with_the_smsc(void **state)
{
    (void)state;
    world.queue = -EAGAIN;
    receipt_comes();
    assert_int_equal(world.status, ESME_RX_T_APPN);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_receipt_is_answered_when_it_is_on_disk_and_not_before),
        TEST(a_receipt_that_was_not_kept_stays_with_the_smsc),
        TEST(a_receipt_that_the_spool_has_no_room_for_stays_with_the_smsc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
