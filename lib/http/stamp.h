/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as HTTP headers carry them: IMF-fixdate (RFC 9110 section 5.6.7). */
#ifndef IAP_HTTP_STAMP_H
#define IAP_HTTP_STAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * Reads "Sun, 06 Nov 1994 08:49:37 GMT" as milliseconds since 1970. The two
 * obsolete forms are not read. false for anything else; NULL is allowed.
 */
bool iap_http_stamp_parse(const char *text, int64_t *time_ms_out);

/* The same form of a time of the years 1970 to 9999. */
char *iap_http_stamp_format(struct iap_arena *arena, int64_t time_ms);

#endif
