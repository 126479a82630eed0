/* SPDX-License-Identifier: Apache-2.0 */
/* Percent encoding (RFC 3986 section 2.1), both ways. */
#ifndef IAP_HTTP_PERCENT_H
#define IAP_HTTP_PERCENT_H

#include <stddef.h>

#include "base/arena.h"

enum iap_percent_plus {
	IAP_PERCENT_PLUS_IS_PLUS,  /* paths */
	IAP_PERCENT_PLUS_IS_SPACE, /* query strings and forms */
};

/*
 * The text behind `size` bytes; NULL when a % is not followed by two
 * hexadecimal digits, or when the text holds a NUL or is not UTF-8.
 */
char *iap_percent_parse(struct iap_arena *arena, const char *bytes, size_t size,
    enum iap_percent_plus plus);

/* `text` with everything but letters, digits and -._~ encoded. */
char *iap_percent_format(struct iap_arena *arena, const char *text);

#endif
