/* The only door to libsmpp34.
 *
 * The library writes past its error text, leaks and over-reads on input that peers really send, and
 * refuses input it should take. So it is called from here alone, on one thread, with what has been
 * proven harmless: no TLVs, every string ended, zeroed structures, room to spare. */
#ifndef SMPP_PDU_GUARD_H
#define SMPP_PDU_GUARD_H

#include "smpp/pdu/message.h"
#include "smpp/pdu/notification.h"
#include "smpp/pdu/request.h"

/* Octets that must stand zeroed behind a PDU given to guard_unpack_*. */
enum { GUARD_SLACK = 80 };

/* Routes the library's allocator; called before anything else, again without harm. */
void guard_start(void);

/* Unpack the mandatory part of a deliver_sm or data_sm (sm_length 0, times empty, TON and NPI 0,
 * addresses blank and not told), of an alert_notification (TON and NPI 0). 0, or -EPROTO if the
 * library refuses. */
int guard_unpack_deliver_sm(const uint8_t *pdu, size_t length, struct message *out);
int guard_unpack_data_sm(const uint8_t *pdu, size_t length, struct message *out);
int guard_unpack_alert(const uint8_t *pdu, size_t length, struct alert *out);

/* Pack a request into room octets; strings are checked by the caller. Octets written, or -EPROTO.
 * After a bind the library's buffers no longer hold the password. */
int guard_pack_bind(const struct bind_request *bind, uint8_t *out, size_t room);
int guard_pack_submit(const struct submit_request *submit, uint8_t *out, size_t room);

#endif
