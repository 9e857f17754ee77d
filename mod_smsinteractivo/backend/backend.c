/* A stack, so that the road used last, still warm, is used next; see backend.h. */
#include "mod_smsinteractivo/backend/backend.h"
#include "mod_smsinteractivo/backend/tally.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct backend *idle;
static const struct deployment *made_for;

static void backend_free(struct backend *backend)
{
    store_close(backend->store);
    free(backend);
}

void backend_end(void)
{
    while (idle) {
        struct backend *next = idle->next;
        backend_free(idle);
        idle = next;
    }
}

struct store *backend_store(const struct deployment *deployment)
{
    char why[200]; /* read by nobody: the directive has judged the same list */
    struct store *store = store_open(deployment->store, deployment->prefix, why, sizeof why);
    if (store)
        store_patience(store, (unsigned)deployment->store_wait);
    return store;
}

static struct backend *backend_make(void)
{
    struct backend *backend = malloc(sizeof *backend);
    if (!backend)
        return NULL;
    backend->store = backend_store(made_for);
    if (backend->store)
        return backend;
    free(backend);
    return NULL;
}

void backend_give(struct backend *backend)
{
    pthread_mutex_lock(&lock);
    backend->next = idle;
    idle = backend;
    pthread_mutex_unlock(&lock);
}

void backend_begin(const struct deployment *deployment, int threads)
{
    made_for = deployment;
    for (int i = 0; i < threads; i++) {
        struct backend *backend = backend_make();
        if (backend)
            backend_give(backend);
    }
}

struct backend *backend_take(void)
{
    pthread_mutex_lock(&lock);
    struct backend *backend = idle;
    if (backend)
        idle = backend->next;
    pthread_mutex_unlock(&lock);
    return backend ? backend : backend_make(); /* HTTP/2 has threads of its own */
}

int backend_note(int e)
{
    tally_store(e != -EAGAIN);
    return e;
}
