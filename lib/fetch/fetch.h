/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests to other machines by http and https: object stores, identity and
 * metadata services. Certificates are always verified, redirects never
 * followed, answers bounded, connections kept alive. Proxies are taken from
 * the environment (http_proxy, https_proxy, no_proxy) as curl does. Also to a
 * program of this machine by a unix socket.
 */
#ifndef IAP_FETCH_FETCH_H
#define IAP_FETCH_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

struct iap_fetch;

/* The most requests that one call keeps in flight. */
enum { IAP_FETCH_IN_FLIGHT_MAX = 128 };

/* How all requests of one iap_fetch travel; zeroes are the defaults. */
struct iap_fetch_conf {
	const char *ca_file;     /* certificates to trust; NULL: the system's */
	const char *socket;      /* all requests go to this unix socket, past any proxy; or NULL */
	bool plain;              /* http is allowed beside https */
	bool metadata;           /* this machine's metadata service: no proxy, link-local allowed */
	unsigned int connect_ms; /* to connect within; 0: 5,000 */
	unsigned int stall_s;    /* slower than 1,024 bytes a second for so long ends it; 0: 20 */
};

struct iap_fetch_request {
	const char *method;         /* GET, HEAD, PUT or POST */
	const char *url;            /* absolute, percent-encoded; sent as it is */
	const char *const *headers; /* "Name: value" */
	size_t header_count;
	const char *body;           /* of PUT and POST; NULL: none */
	size_t body_size;
	void *into;                 /* where the body of a 2xx answer goes; NULL: to answer.body */
	size_t limit;               /* of that body, bytes; other bodies: 64 KiB */
};

struct iap_fetch_answer {
	unsigned int code;     /* HTTP status; 0: no whole answer came */
	struct iap_buf headers; /* lines "Name: value", each ended by a NUL */
	struct iap_buf body;   /* bytes is NULL when there is none */
	size_t into_size;      /* bytes written to request.into */
	bool unreachable;      /* nobody answered at that address at all */
	bool again;            /* nothing whole came for a reason that may pass */
	const char *cause;     /* why nothing whole came; NULL when something did */
};

/* Never fails; `conf` and what it points to is copied. End it with iap_fetch_close(). */
struct iap_fetch *iap_fetch_open(const struct iap_fetch_conf *conf);

/* Closes *fetch and its connections and sets it to NULL; NULL in it is allowed. */
void iap_fetch_close(struct iap_fetch **fetch);

/*
 * Sends `count` requests, at most `in_flight` at a time (1 to
 * IAP_FETCH_IN_FLIGHT_MAX), and fills one answer each; what they hold lives in
 * `arena`. Whatever happens to a request is told in its answer alone. Several
 * threads may send by one iap_fetch, each with its own arena.
 */
void iap_fetch_send_all(struct iap_fetch *fetch, struct iap_arena *arena,
    const struct iap_fetch_request *requests, struct iap_fetch_answer *answers, size_t count,
    size_t in_flight);

/* One request: IAP_UNAVAILABLE with the cause when no whole answer came, whatever its code. */
IAP_MUST_CHECK enum iap_status iap_fetch_send(struct iap_fetch *fetch, struct iap_arena *arena,
    const struct iap_fetch_request *request, struct iap_fetch_answer *answer,
    struct iap_error *err);

/* The value of the first header `name`, whatever its case; NULL when there is none. */
const char *iap_fetch_header(const struct iap_fetch_answer *answer, const char *name);

#endif
