/* SPDX-License-Identifier: Apache-2.0 */
/* Times as the interface takes them. */
#ifndef IAP_HTTP_DATE_H
#define IAP_HTTP_DATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads a date-time of RFC 3339 section 5.6, with its offset or Z, as
 * milliseconds since 1970; digits after the third of a fraction are dropped,
 * second 60 is the next minute. false for anything else.
 */
bool iap_http_time_parse(const char *text, int64_t *time_ms_out);

#endif
