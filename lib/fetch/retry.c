/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch/retry.h"

#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "http/stamp.h"

enum { TRIES = 4, FIRST_WAIT_MS = 100 };

void
iap_retry_begin(struct iap_retry *retry, int64_t budget_ms)
{
	*retry = (struct iap_retry){ .begun_ms = iap_clock_ticks_ms(), .budget_ms = budget_ms };
}

bool
iap_retry_check(const struct iap_fetch_answer *answer)
{
	switch (answer->code) {
	case 0:
		return answer->again;
	case 408:
	case 429:
	case 500:
	case 502:
	case 503:
	case 504:
		return true;
	default:
		return false;
	}
}

int64_t
iap_retry_after_ms(const struct iap_fetch_answer *answer)
{
	const char *text = iap_fetch_header(answer, "Retry-After");
	int64_t until_ms, now_ms;
	uint64_t seconds;

	if (text == NULL)
		return 0;
	if (iap_text_parse_u64(text, &seconds))
		return seconds < 1000000 ? (int64_t)seconds * 1000 : INT64_MAX / 2;
	if (!iap_http_stamp_parse(text, &until_ms))
		return 0;
	/* A date is one of the clock of who sent it. */
	if (!iap_http_stamp_parse(iap_fetch_header(answer, "Date"), &now_ms))
		now_ms = iap_clock_now_ms();
	return until_ms > now_ms ? until_ms - now_ms : 0;
}

bool
iap_retry_again(struct iap_retry *retry, int64_t asked_ms)
{
	int64_t wait_ms = (int64_t)FIRST_WAIT_MS << retry->tries;
	uint32_t chance;

	if (retry->tries == TRIES)
		return false;
	/* By chance, so that those who were refused together do not come back together. */
	iap_random_fill(&chance, sizeof chance);
	wait_ms += chance % (uint32_t)wait_ms;
	if (asked_ms > wait_ms)
		wait_ms = asked_ms;
	if (iap_clock_ticks_ms() - retry->begun_ms + wait_ms > retry->budget_ms)
		return false;
	nanosleep(&(struct timespec){ .tv_sec = wait_ms / 1000,
	    .tv_nsec = wait_ms % 1000 * 1000000 }, NULL);
	retry->tries++;
	return true;
}
