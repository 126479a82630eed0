/* SPDX-License-Identifier: Apache-2.0 */
/* Every form in which a document of Genesys writes a point in time. */
#ifndef IAP_ARCHIVE_TIME_H
#define IAP_ARCHIVE_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* Times of recordings lie in [0, IAP_TIME_END): 1970 to May 2109, the 42 bits of an id. */
#define IAP_TIME_END ((int64_t)1 << 42)

/*
 * Milliseconds since 1970 UTC of an ISO 8601 time (seconds may have three
 * digits, as old releases wrote them; a fraction is cut to milliseconds; without
 * an offset it is UTC), of a date alone (its midnight UTC), or of a whole number
 * of epoch milliseconds. False when it is none of these or out of bounds.
 */
bool iap_time_parse(const char *text, int64_t *ms_out);

/* Midnight UTC of the last date YYYY-MM-DD in `text`, such as a key; false without one. */
bool iap_time_find_date(const char *text, int64_t *ms_out);

#endif
