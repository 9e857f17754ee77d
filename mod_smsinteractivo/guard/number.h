/* A Dominican mobile's number as people type it. Knows nothing of httpd. */
#ifndef SMSI_NUMBER_H
#define SMSI_NUMBER_H

enum { NUMBER_ROOM = 11 }; /* ten digits and the NUL */

enum number_fault {
    NUMBER_FINE,
    NUMBER_MISSING,
    NUMBER_CHARACTER, /* something that is neither digit nor separator */
    NUMBER_SEVEN,     /* seven digits: the area code is missing */
    NUMBER_SHORT,
    NUMBER_LONG,
    NUMBER_FOREIGN, /* ten digits that do not begin with 809, 829 or 849 */
    NUMBER_OTHER,   /* Dominican, but not of the mobiles' ranges */
};

/*
 * Takes "(809) 555-1234", "809.555.1234", "+1 809 555 1234", "1-809-..." and writes the ten
 * digits. Nothing is written but on NUMBER_FINE. `typed` is UTF-8; digits of full width count.
 */
enum number_fault number_parse(const char *typed, char out[static NUMBER_ROOM]);

/* The name of a fault in the catalogue: "number.seven". */
const char *number_fault_text(enum number_fault fault);

/* Writes "809-555-1234" for ten digits. */
void number_shown(const char *digits, char out[static 13]);

#endif
