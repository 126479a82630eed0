/* SPDX-License-Identifier: Apache-2.0 */
/* Times are milliseconds since 1970-01-01 UTC, in int64_t, everywhere in IAP. */
#ifndef IAP_BASE_CLOCK_H
#define IAP_BASE_CLOCK_H

#include <stdint.h>

#include "base/arena.h"

/* Now, by the wall clock. */
int64_t iap_clock_now_ms(void);

/* Now, by a clock that never goes back; for measuring spans only. */
int64_t iap_clock_ticks_ms(void);

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar. */
int64_t iap_clock_days(int year, int month, int day);

/* RFC 3339 in UTC with milliseconds: "2021-11-05T14:00:02.000Z". */
char *iap_clock_format(struct iap_arena *arena, int64_t time_ms);

#endif
