/* The parking's locking, for ThreadSanitizer: visitors come and go while everything that may wake
 * them does. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "mod_smsinteractivo/wait/parking.h"

enum { VISITORS = 4, STAYS = 20000 };

static const char session[] = "0123456789abcdef0123456789abcdef";
static atomic_bool over;

static void *visit(void *unused)
{
    (void)unused;
    for (int i = 0; i < STAYS; i++) {
        int fd;
        parking_ticket ticket = parking_enter(session, i, i, &fd);
        if (i % 3 == 0)
            parking_wake(ticket);
        parking_leave(ticket);
        parking_leave(ticket);
    }
    return NULL;
}

static void *wake(void *unused)
{
    char names[8][SESSION_NAME_LEN + 1];
    (void)unused;
    for (int64_t n = 0; !over; n++) {
        unsigned from = 0;
        parking_news(session, n);
        parking_tick(n);
        (void)parking_sessions(&from, names, 8); /* only the lock under it is tried here */
    }
    return NULL;
}

int main(void)
{
    pthread_t visitor[VISITORS], waker;
    if (!parking_begin(VISITORS, 2))
        return 1;
    pthread_create(&waker, NULL, wake, NULL);
    for (int i = 0; i < VISITORS; i++)
        pthread_create(&visitor[i], NULL, visit, NULL);
    for (int i = 0; i < VISITORS; i++)
        pthread_join(visitor[i], NULL);
    over = true;
    pthread_join(waker, NULL);
    unsigned left = parking_waiting();
    parking_end();
    printf("%u left of %d stays\n", left, VISITORS * STAYS);
    return left != 0;
}
