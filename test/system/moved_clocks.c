/* For LD_PRELOAD: the machine's wall clock, moved by as many seconds as the file $WALL_CLOCK says,
 * and the one that counts from its start, by those of $BOOT_CLOCK; every other clock as it is. So a
 * test moves the clocks of one process only. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double moved(clockid_t id)
{
    const char *variable = id == CLOCK_REALTIME   ? "WALL_CLOCK"
                           : id == CLOCK_BOOTTIME ? "BOOT_CLOCK"
                                                  : NULL;
    const char *path = variable ? getenv(variable) : NULL;
    FILE *file = path ? fopen(path, "re") : NULL;
    double seconds = 0;
    if (file && fscanf(file, "%lf", &seconds) != 1)
        seconds = 0;
    if (file)
        fclose(file);
    return seconds;
}

static void move(struct timespec *at, double seconds)
{
    const long long second = 1000000000;
    long long ns = at->tv_sec * second + at->tv_nsec + (long long)(seconds * (double)second);
    *at = (struct timespec){.tv_sec = ns / second, .tv_nsec = ns % second};
}

__attribute__((visibility("default"))) int clock_gettime(clockid_t id, struct timespec *at)
{
    static int (*real)(clockid_t, struct timespec *);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    int e = real(id, at);
    if (e == 0)
        move(at, moved(id));
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
