/* smppd.conf with arbitrary octets: read or refused with a complaint, never both, never a crash. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "smpp/conf/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void complain(void *ctx, const char *sentence)
{
    unsigned *complaints = ctx;
    ++*complaints;
    assert(strlen(sentence) > 10);
}

static void conf_look(const struct conf *conf)
{
    assert(conf->links >= 1 && conf->links <= CONF_LINKS);
    assert(conf->codes.count >= 1);
    assert(conf->tariffs >= 1);
    assert(strlen(conf->texts.late) > 0 && strlen(conf->texts.notice) > 0);
    for (unsigned i = 0; i < conf->links; i++) {
        const struct conf_link *link = &conf->link[i];
        assert(link->bind.profile == link);
        assert(link->codes.count >= 1);
        assert(conf_carries(&link->bind, link->codes.code[0]));
        assert(!link->bind.password || strlen(link->bind.password) <= 8);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    unsigned complaints = 0;
    int fd = memfd_create("smppd.conf", MFD_CLOEXEC);
    assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct conf *conf = conf_load(path, complain, &complaints);
    assert((conf != NULL) == (complaints == 0));
    if (conf)
        conf_look(conf);
    conf_drop(conf);
    close(fd);
    return 0;
}
