/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times as people write and read them: in the site's zone. Stored times are
 * UTC; the zone governs what pages show and what their filters mean alike.
 */
#ifndef IAP_WEB_ZONE_H
#define IAP_WEB_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

/*
 * Makes `name` ("Australia/Sydney"; NULL is UTC) the zone of this process.
 * Once, at start: it sets TZ. IAP_INVALID when the tz database has no such zone.
 */
IAP_MUST_CHECK enum iap_status iap_zone_use(const char *name, struct iap_error *err);

/*
 * Reads a moment: RFC 3339 with an offset or Z, or without one in the site's
 * zone: "2026-11-16T14:00[:02[.5]]", a space instead of T too, or a whole day
 * "2026-11-16". `end` asks for the moment where the named minute, second or
 * day is over, so that `until=2026-11-16` takes the day in. A local time that
 * a change of clocks repeats is its first; one that it leaves out is moved on.
 * false when the text is none of these.
 */
bool iap_zone_parse(const char *text, bool end, int64_t *time_ms_out);

/* "Mon 16 Nov 2026", "14:00:02", "+11:00" (RFC 3339), of a time in the site's zone. */
char *iap_zone_date(struct iap_arena *arena, int64_t time_ms);
char *iap_zone_clock(struct iap_arena *arena, int64_t time_ms);
char *iap_zone_offset(struct iap_arena *arena, int64_t time_ms);

#endif
