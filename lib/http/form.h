/* SPDX-License-Identifier: Apache-2.0 */
/* Query strings and form bodies: application/x-www-form-urlencoded (WHATWG URL, 5.1), strictly. */
#ifndef IAP_HTTP_FORM_H
#define IAP_HTTP_FORM_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

/* More fields than this are refused. */
enum { IAP_FORM_FIELDS_MAX = 256 };

struct iap_form_field {
	const char *name;  /* never NULL, may be empty */
	const char *value; /* likewise */
};

/* In the order sent; a name may stand several times. */
struct iap_form {
	const struct iap_form_field *fields;
	size_t count;
};

/*
 * Reads `size` bytes. IAP_INVALID, naming the field's position, for a bad
 * percent sequence, NUL, text that is not UTF-8, or too many fields.
 */
IAP_MUST_CHECK enum iap_status iap_form_parse(struct iap_arena *arena, const char *bytes,
    size_t size, struct iap_form *out, struct iap_error *err);

/* The first value of `name`; NULL when there is none. */
const char *iap_form_find(const struct iap_form *form, const char *name);

#endif
