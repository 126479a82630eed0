/* SPDX-License-Identifier: Apache-2.0 */
/* One answer, held back until everything that can fail has succeeded. */
#ifndef IAP_WEB_RESPONSE_H
#define IAP_WEB_RESPONSE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "json/write.h"

enum { IAP_RESPONSE_HEADERS_MAX = 16 };

struct iap_header {
	const char *name;
	const char *value;
};

struct iap_response {
	struct iap_arena *arena;
	int status;
	const char *type; /* of the body; NULL: there is none */
	struct iap_header headers[IAP_RESPONSE_HEADERS_MAX];
	size_t header_count;
	struct iap_buf body;
	struct iap_json_writer json;
	bool handed_over; /* to iap-media: nginx takes headers and body from there */

	/* For pages that are lists. */
	const char *next;   /* cursor of the rows behind these; NULL: none */
};

/* What RFC 9110 calls a status: "Not Found". */
const char *iap_response_reason(int status);

/* An empty answer, 200. */
void iap_response_open(struct iap_response *res, struct iap_arena *arena);

/* Adds a header; more than IAP_RESPONSE_HEADERS_MAX is a fault of IAP. */
void iap_response_header(struct iap_response *res, const char *name, const char *value);

/* Begins the body as JSON and gives the writer. */
struct iap_json_writer *iap_response_json(struct iap_response *res);

/* 303 to `path`, which is of this site. */
void iap_response_redirect(struct iap_response *res, const char *path);

/* Adds the whole answer as FastCGI takes it: Status, headers, empty line, body. */
void iap_response_format(const struct iap_response *res, bool https, struct iap_buf *out);

#endif
