/* What an answer costs: integer centavos, tariffs with effective dates. */
#ifndef SMPP_SPOOL_CHARGE_H
#define SMPP_SPOOL_CHARGE_H

#include <stddef.h>
#include <stdint.h>

enum {
    CHARGE_TAXES = 4,       /* taxes one tariff may name */
    CHARGE_NAME_MAX = 15,   /* letters, digits, '.', '-', '_' and spaces of a tax's name */
    CHARGE_RATE_MAX = 10000 /* 100.00 % */
};

struct charge_tax {
    char name[CHARGE_NAME_MAX + 1]; /* "ITBIS" */
    int rate;                       /* hundredths of a percent: 1800 is 18.00 % */
};

/* What holds from a moment until the next tariff's. */
struct charge_tariff {
    int64_t from;  /* ms since 1970 UTC */
    int64_t price; /* centavos of one SMS part, taxes not counted, 0..10^9 */
    unsigned taxes;
    struct charge_tax tax[CHARGE_TAXES];
};

/* The charge of one SMS part; all zero is free of charge. */
struct charge {
    int64_t price; /* centavos */
    unsigned taxes;
    struct charge_tax tax[CHARGE_TAXES];
    int64_t amount[CHARGE_TAXES]; /* centavos of each tax */
    int64_t total;                /* price and all amounts */
};

/* 0, or -EINVAL with a sentence in why: tariffs must be there, in ascending order of from, with
 * names and numbers within their limits. */
int charge_check(const struct charge_tariff *tariffs, size_t count, char *why, size_t room);

/* The charge of a part received at when (ms since 1970 UTC): the last tariff whose from is not
 * later. Each tax is reckoned on the price alone and rounded to the centavo, halves up; the total
 * is the sum of what was rounded, so that the lines of a bill add up. 0, or -ENOENT with *out all
 * zero where no tariff holds yet. RD$1.00 with 18 %, 10 % and 2 % is 100 + 18 + 10 + 2 = 130. */
int charge_of(const struct charge_tariff *tariffs, size_t count, int64_t when, struct charge *out);

#endif
