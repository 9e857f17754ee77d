/*
 * How the C programs of bench and soak speak to a stack: HTTP/1.1 on 127.0.0.1, many connections in
 * one thread. What must not fail ends the program with a sentence on standard error.
 */
#ifndef TEST_STACK_LOOPBACK_H
#define TEST_STACK_LOOPBACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

noreturn void die(const char *what, const char *detail);

/* CLOCK_MONOTONIC. */
int64_t now_us(void);

/* A connected socket that sends at once; the caller closes. */
int loopback_connect(uint16_t port);

/* Writes all `length` octets, which the socket must have room for. */
void loopback_put(int fd, const char *request, int length);

/* Whether `answer` (`length` octets and a NUL) is a whole one. Dies of one whose head is whole and
 * does not tell the body's length. */
bool loopback_is_whole(const char *answer, size_t length);

/* Lets a mobile of the SMSC behind `fd` write `text` (no octet that needs escaping) to `code`. The
 * SMSC's own answer is for the caller to read. */
void loopback_mobile_says(int fd, const char *mobile, const char *code, const char *text);

#endif
