/* For LD_PRELOAD: the machine's wall clock, moved by as many seconds as the file $WALL_CLOCK says;
 * every other clock as it is. So a test steps the clock of one process only. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long moved(void)
{
    const char *path = getenv("WALL_CLOCK");
    FILE *file = path ? fopen(path, "re") : NULL;
    long seconds = 0;
    if (file && fscanf(file, "%ld", &seconds) != 1)
        seconds = 0;
    if (file)
        fclose(file);
    return seconds;
}

__attribute__((visibility("default"))) int clock_gettime(clockid_t id, struct timespec *at)
{
    static int (*real)(clockid_t, struct timespec *);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    int e = real(id, at);
    if (e == 0 && id == CLOCK_REALTIME)
        at->tv_sec += moved();
    return e;
}

__attribute__((visibility("default"))) time_t time(time_t *at)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at)
        *at = now.tv_sec;
    return now.tv_sec;
}
