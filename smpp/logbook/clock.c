/* CLOCK_BOOTTIME plus an anchor. */
#include "smpp/logbook/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t clock_read(clockid_t id, int64_t per_second)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * per_second + (int64_t)ts.tv_nsec / (1000000000 / per_second);
}

int64_t clock_wall(void)
{
    return clock_read(CLOCK_REALTIME, 1000);
}

int64_t clock_us(void)
{
    return clock_read(CLOCK_MONOTONIC, 1000000);
}

/* "" where the kernel does not tell, as in some containers: then every start counts as a boot. */
static void boot_id_read(struct clock_anchor *anchor)
{
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    if (!file)
        return;
    if (fgets(anchor->boot_id, sizeof anchor->boot_id, file))
        anchor->boot_id[strcspn(anchor->boot_id, "\n")] = '\0';
    fclose(file);
}

bool clock_start(struct clock *clock, const struct clock_anchor *kept)
{
    *clock = (struct clock){0};
    boot_id_read(&clock->anchor);
    bool same_boot = kept && kept->boot_id[0] && strcmp(kept->boot_id, clock->anchor.boot_id) == 0;
    if (same_boot) {
        clock->anchor.zero = kept->zero;
        return false;
    }
    clock->anchor.zero = clock_wall() - clock_read(CLOCK_BOOTTIME, 1000);
    return true;
}

int64_t clock_now(const struct clock *clock)
{
    return clock->anchor.zero + clock_read(CLOCK_BOOTTIME, 1000);
}
