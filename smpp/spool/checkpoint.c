/* When the log goes into the database, and who does it; see checkpoint.h. */
#include "smpp/spool/checkpoint.h"

#include <signal.h>

#include "smpp/spool/thread.h"

/* Pages that are not worth another thread's copy: such a part of a log, which takes a millisecond
 * or two, and always a few. Where so much is written that copying does not catch up, COPIES are
 * enough. */
enum { LITTLE_PART = 16, FEW = 16, COPIES = 4 };

void checkpoint_start(struct checkpoint *checkpoint)
{
    pthread_cond_init(&checkpoint->asked, NULL);
    pthread_cond_init(&checkpoint->done, NULL);
}

static void *copy_run(void *context)
{
    struct spool *spool = context;
    struct checkpoint *checkpoint = &spool->checkpoint;
    int error;

    pthread_mutex_lock(&spool->lock);
    for (;;) {
        while (!checkpoint->copying && !checkpoint->over)
            pthread_cond_wait(&checkpoint->asked, &spool->lock);
        if (checkpoint->over)
            break;
        pthread_mutex_unlock(&spool->lock);
        error = ledger_copy(&spool->ledger);
        pthread_mutex_lock(&spool->lock);
        checkpoint->error = error;
        checkpoint->copying = false;
        pthread_cond_signal(&checkpoint->done);
    }
    pthread_mutex_unlock(&spool->lock);
    return NULL;
}

void checkpoint_end(struct spool *spool)
{
    struct checkpoint *checkpoint = &spool->checkpoint;

    checkpoint_settle(spool);
    pthread_mutex_lock(&spool->lock);
    checkpoint->over = true;
    pthread_cond_signal(&checkpoint->asked);
    pthread_mutex_unlock(&spool->lock);
    if (checkpoint->started)
        pthread_join(checkpoint->thread, NULL);
    checkpoint->started = false;
    pthread_cond_destroy(&checkpoint->asked);
    pthread_cond_destroy(&checkpoint->done);
}

/* Signals are the loop's. */
static bool is_started(struct spool *spool)
{
    struct checkpoint *checkpoint = &spool->checkpoint;
    sigset_t all, before;

    if (checkpoint->started)
        return true;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    checkpoint->started = pthread_create(&checkpoint->thread, NULL, copy_run, spool) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return checkpoint->started;
}

/* Whether what is left is copied by the other thread: not where that cannot be. All is synced. */
static bool copy_begin(struct spool *spool)
{
    struct checkpoint *checkpoint = &spool->checkpoint;
    unsigned little = spool->ledger.options.log_pages / LITTLE_PART;

    if (little < FEW)
        little = FEW;
    if (checkpoint->copies == COPIES || ledger_uncopied(&spool->ledger) <= little ||
        !is_started(spool) || ledger_hold(&spool->ledger) < 0)
        return false;
    checkpoint->copies++;
    checkpoint->holding = true;
    pthread_mutex_lock(&spool->lock);
    checkpoint->copying = true;
    pthread_cond_signal(&checkpoint->asked);
    pthread_mutex_unlock(&spool->lock);
    return true;
}

/* False while it is copied. */
static bool copy_look(struct spool *spool, bool wait)
{
    struct checkpoint *checkpoint = &spool->checkpoint;
    bool copying;
    int error;

    if (!checkpoint->holding)
        return true;
    pthread_mutex_lock(&spool->lock);
    while (checkpoint->copying && wait)
        pthread_cond_wait(&checkpoint->done, &spool->lock);
    copying = checkpoint->copying;
    error = checkpoint->error;
    pthread_mutex_unlock(&spool->lock);
    if (copying)
        return false;
    checkpoint->holding = false;
    ledger_let_go(&spool->ledger, error);
    return true;
}

void checkpoint_settle(struct spool *spool)
{
    (void)copy_look(spool, true); /* true once it has waited */
}

void checkpoint_look(struct spool *spool)
{
    struct ledger *ledger = &spool->ledger;

    if (!copy_look(spool, false) || ledger->doubtful)
        return;
    if (!ledger_wants_checkpoint(ledger))
        spool->checkpoint.copies = 0;
    else if (thread_settle(spool) == 0 && !copy_begin(spool))
        ledger_checkpoint(ledger);
}
