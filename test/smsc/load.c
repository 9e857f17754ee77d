// Injects a little every few milliseconds and whenever the window has room, and keeps the figures.
#include "test/smsc/load.h"

#include <event2/buffer.h>
#include <stdio.h>
#include <string.h>

#include "test/smsc/smsc.h"
#include "test/smsc/text.h"

enum { TICK_US = 2000, AT_ONCE = 20000 };

static size_t load_text(const struct load *load, uint8_t *room, size_t size)
{
    const char *mark = strstr(load->text, "{n}");
    char text[256];
    bool missing;

    if (mark)
        snprintf(text, sizeof text, "%.*s%llu%s", (int)(mark - load->text), load->text,
                 (unsigned long long)load->injected + 1, mark + 3);
    else
        snprintf(text, sizeof text, "%s", load->text);
    return text_encode(text, GSM7, false, room, size, &missing);
}

static bool load_inject(struct smsc *smsc)
{
    struct load *load = &smsc->load;
    uint8_t octets[160];
    char source[24], run[21];
    struct pdu_message m = {.source_ton = 1,
                            .source_npi = 1,
                            .source = source,
                            .destination = load->to,
                            .octets = octets};

    snprintf(source, sizeof source, "1%llu",
             (unsigned long long)(load->from + load->injected % load->numbers));
    source[20] = 0;
    snprintf(run, sizeof run, "%u", load->run);
    m.length = (uint16_t)load_text(load, octets, sizeof octets);
    if (deliver_add(smsc, DELIVER_LOAD, NULL, &m, run, 0))
        return false;
    load->injected++;
    return true;
}

static uint64_t load_due(const struct load *load)
{
    uint64_t due = load->count;
    uint64_t open = load->injected - load->acked - load->refused;

    if (load->rate) {
        uint64_t by_now = (now_us() - load->started) * load->rate / 1000000 + 1;
        due = by_now < due ? by_now : due;
    }
    due = due > load->injected ? due - load->injected : 0;
    if (open + due > load->window)
        due = load->window > open ? load->window - open : 0;
    return due < AT_ONCE ? due : AT_ONCE;
}

static void load_fill(struct smsc *smsc)
{
    for (uint64_t due = load_due(&smsc->load); due; due--)
        if (!load_inject(smsc))
            break;
    deliver_pump(smsc);
}

static void load_tick(void *with, void *what)
{
    struct smsc *smsc = with;
    struct load *load = &smsc->load;

    if (!load->running || load->run != (unsigned)(uintptr_t)what)
        return;
    load_fill(smsc);
    if (load->injected < load->count)
        later_add(&smsc->later, TICK_US, load_tick, what, NULL);
}

void load_start(struct smsc *smsc, const struct load *wanted)
{
    unsigned run = smsc->load.run + 1;

    smsc->load = *wanted;
    smsc->load.run = run;
    smsc->load.running = true;
    smsc->load.started = smsc->load.last = now_us();
    load_tick(smsc, (void *)(uintptr_t)run);
}

void load_stop(struct smsc *smsc)
{
    smsc->load.running = false;
}

void load_acked(struct smsc *smsc, const struct delivery *d, uint32_t status)
{
    struct load *load = &smsc->load;
    char run[21];

    snprintf(run, sizeof run, "%u", load->run);
    if (strcmp(run, d->number))
        return;
    load->last = now_us();
    if (status) {
        load->refused++;
    } else {
        load->acked++;
        latency_add(&load->latency, load->last - d->first_sent);
    }
    if (load->acked + load->refused == load->count)
        load->running = false;
    else if (load->running && !load->rate)
        load_fill(smsc); /* with a small window a tick would be the limit */
}

void load_write(const struct smsc *smsc, struct evbuffer *json)
{
    const struct load *l = &smsc->load;
    uint64_t took = l->last - l->started;

    evbuffer_add_printf(
        json,
        "{\"running\":%s,\"count\":%llu,\"injected\":%llu,\"acked\":%llu,\"refused\":%llu,"
        "\"seconds\":%.6f,\"per_second\":%.1f,\"p50_us\":%llu,\"p95_us\":%llu,\"p99_us\":%llu,"
        "\"max_us\":%llu}\n",
        l->running ? "true" : "false", (unsigned long long)l->count,
        (unsigned long long)l->injected, (unsigned long long)l->acked,
        (unsigned long long)l->refused, (double)took / 1e6,
        took ? (double)l->acked * 1e6 / (double)took : 0.0,
        (unsigned long long)latency_at(&l->latency, 0.5),
        (unsigned long long)latency_at(&l->latency, 0.95),
        (unsigned long long)latency_at(&l->latency, 0.99), (unsigned long long)l->latency.most);
}
