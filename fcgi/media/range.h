/* SPDX-License-Identifier: Apache-2.0 */
/* The Range and If-Range fields of a request (RFC 9110 sections 13.1.5 and 14). */
#ifndef IAP_FCGI_MEDIA_RANGE_H
#define IAP_FCGI_MEDIA_RANGE_H

#include <stdbool.h>
#include <stdint.h>

enum iap_range_kind {
	IAP_RANGE_NONE,          /* no range, or of a unit other than bytes: answer everything */
	IAP_RANGE_PART,          /* bytes first <= i <= last */
	IAP_RANGE_UNSATISFIABLE, /* answer 416: malformed, or beyond the end */
};

struct iap_range {
	enum iap_range_kind kind;
	uint64_t first;
	uint64_t last;
};

/*
 * What `field` (NULL: none was sent) asks of a thing of `size` bytes. Of
 * several ranges the first that can be satisfied counts.
 */
struct iap_range iap_range_parse(const char *field, uint64_t size);

/* Whether a range may be answered: `field` is NULL, or is the strong `etag` or `date`. */
bool iap_range_check(const char *field, const char *etag, const char *date);

#endif
