/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When to ask again for what may be asked twice: after no whole answer, and
 * after 408, 429, 500, 502, 503 and 504. Waits grow from 100 ms on, by chance
 * differ among askers, and are at least what Retry-After says.
 */
#ifndef IAP_FETCH_RETRY_H
#define IAP_FETCH_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "fetch/fetch.h"

struct iap_retry {
	int64_t begun_ms;   /* by iap_clock_ticks_ms() */
	int64_t budget_ms;  /* no try begins later than so long after the first */
	unsigned int tries; /* so far, without the first */
};

/* At most 4 tries after the first, all begun within `budget_ms`. */
void iap_retry_begin(struct iap_retry *retry, int64_t budget_ms);

/* Whether the answer is one that another try may better. */
bool iap_retry_check(const struct iap_fetch_answer *answer);

/* How long the answer asks to wait (Retry-After, RFC 9110 section 10.2.3); 0 when it does not. */
int64_t iap_retry_after_ms(const struct iap_fetch_answer *answer);

/*
 * Waits as long as it takes, but at least `asked_ms`, and gives true; or false
 * at once when the tries or the time are used up.
 */
bool iap_retry_again(struct iap_retry *retry, int64_t asked_ms);

#endif
