/* What an answer costs: integer centavos, tariffs with effective dates. */
#include "smpp/spool/charge.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { PRICE_MAX = 1000000000, WHOLE = 10000 };

static int tax_check(const struct charge_tax *tax, char *why, size_t room)
{
    static const char NAME[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._- ";
    size_t length = strnlen(tax->name, sizeof tax->name);

    if (length == 0 || length > CHARGE_NAME_MAX || strspn(tax->name, NAME) != length)
        snprintf(why, room, "a tax's name has 1 to %d letters, digits, '.', '-', '_' or spaces",
                 CHARGE_NAME_MAX);
    else if (tax->rate < 0 || tax->rate > CHARGE_RATE_MAX)
        snprintf(why, room, "the rate of %s is not between 0 and 100 %%", tax->name);
    else
        return 0;
    return -EINVAL;
}

static int tariff_check(const struct charge_tariff *tariff, char *why, size_t room)
{
    if (tariff->price < 0 || tariff->price > PRICE_MAX) {
        snprintf(why, room, "a price is not between 0 and %d centavos", PRICE_MAX);
        return -EINVAL;
    }
    if (tariff->taxes > CHARGE_TAXES) {
        snprintf(why, room, "a tariff names more than %d taxes", CHARGE_TAXES);
        return -EINVAL;
    }
    for (unsigned i = 0; i < tariff->taxes; i++) {
        int error = tax_check(&tariff->tax[i], why, room);

        if (error < 0)
            return error;
    }
    return 0;
}

int charge_check(const struct charge_tariff *tariffs, size_t count, char *why, size_t room)
{
    if (count == 0) {
        snprintf(why, room, "there is no tariff");
        return -EINVAL;
    }
    for (size_t i = 0; i < count; i++) {
        int error = tariff_check(&tariffs[i], why, room);

        if (error < 0)
            return error;
        if (i > 0 && tariffs[i].from <= tariffs[i - 1].from) {
            snprintf(why, room, "tariffs do not stand in the order of their dates");
            return -EINVAL;
        }
    }
    return 0;
}

static int64_t tax_of(int64_t price, int rate)
{
    return (price * rate + WHOLE / 2) / WHOLE;
}

int charge_of(const struct charge_tariff *tariffs, size_t count, int64_t when, struct charge *out)
{
    const struct charge_tariff *tariff = NULL;

    for (size_t i = 0; i < count && tariffs[i].from <= when; i++)
        tariff = &tariffs[i];
    memset(out, 0, sizeof *out);
    if (!tariff)
        return -ENOENT;
    out->price = out->total = tariff->price;
    out->taxes = tariff->taxes;
    for (unsigned i = 0; i < tariff->taxes; i++) {
        out->tax[i] = tariff->tax[i];
        out->amount[i] = tax_of(tariff->price, tariff->tax[i].rate);
        out->total += out->amount[i];
    }
    return 0;
}
