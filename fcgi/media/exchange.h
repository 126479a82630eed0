/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request of nginx and its answer. Everything that knows the FastCGI
 * library is behind this, with the traps of that library (it crashes on NULL
 * texts and waits without end for a peer that sends nothing).
 */
#ifndef IAP_FCGI_MEDIA_EXCHANGE_H
#define IAP_FCGI_MEDIA_EXCHANGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "media/state.h"

struct iap_exchange;

/* Starts the library; once, before anything else here. */
void iap_exchange_start(void);

/* A place for one request at a time, taken from the socket `fd` that listens. */
struct iap_exchange *iap_exchange_open(int fd);
void iap_exchange_close(struct iap_exchange **exchange);

/* Waits for a request; false when a signal came or the socket is closed. */
bool iap_exchange_accept(struct iap_exchange *exchange);

/* Ends the answer and the connection. */
void iap_exchange_finish(struct iap_exchange *exchange);

/* A parameter of the request; NULL when it is absent or empty. */
const char *iap_exchange_param(struct iap_exchange *exchange, const char *name);

/* Whether the answer to this request has no body. */
bool iap_exchange_is_head(struct iap_exchange *exchange);

/* Starts an answer: "Status: 206 Partial Content", then fields, then an empty line. */
void iap_exchange_status(struct iap_exchange *exchange, int status);
void iap_exchange_field(struct iap_exchange *exchange, const char *name, const char *value);
void iap_exchange_number(struct iap_exchange *exchange, const char *name, uint64_t value);
void iap_exchange_body(struct iap_exchange *exchange);

/* Sends bytes of the body; false when the other side is gone. */
bool iap_exchange_write(struct iap_exchange *exchange, const void *bytes, size_t size);

/*
 * A whole answer of application/problem+json (RFC 9457): `status` 403, 409
 * (with the state), 416, 503 ... and its sentence.
 */
void iap_exchange_problem(struct iap_exchange *exchange, int status,
    enum iap_media_state state);

/* The same with status 416, of a thing of `size` bytes that has no such part. */
void iap_exchange_no_range(struct iap_exchange *exchange, uint64_t size);

/* Says that work goes on while there is nothing to send yet. */
void iap_exchange_beat(struct iap_exchange *exchange);

/* How far this exchange is: changes with each step, for who watches from another thread. */
uint64_t iap_exchange_steps(struct iap_exchange *exchange);

/* Bytes of the body sent so far in this request. */
uint64_t iap_exchange_sent(struct iap_exchange *exchange);

/* Whether a connection is held at all. */
bool iap_exchange_is_open(struct iap_exchange *exchange);

/* Breaks the connection, from another thread: whoever waits for it goes on. */
void iap_exchange_break(struct iap_exchange *exchange);

#endif
