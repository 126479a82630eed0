/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the Cookie header (RFC 6265 section 4.2). */
#ifndef IAP_HTTP_COOKIE_H
#define IAP_HTTP_COOKIE_H

#include "base/arena.h"

/* The value of cookie `name`; NULL when it is not there, or there more than once. */
const char *iap_cookie_find(struct iap_arena *arena, const char *header, const char *name);

#endif
