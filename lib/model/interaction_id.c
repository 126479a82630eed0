/* SPDX-License-Identifier: Apache-2.0 */
#include "model/interaction_id.h"

#include "model/key.h"

#define TIME_LIMIT ((int64_t)1 << 42)
#define HASH_MASK (((uint64_t)1 << IAP_ID_HASH_BITS) - 1)

uint64_t
iap_interaction_id_floor(int64_t ms)
{
	if (ms < 0)
		return 0;
	return (uint64_t)(ms < TIME_LIMIT ? ms : TIME_LIMIT - 1) << IAP_ID_HASH_BITS;
}

uint64_t
iap_interaction_id(struct iap_maybe_i64 started_ms, const char *recording_id)
{
	uint64_t hash = iap_key_hash64(recording_id) >> (64 - IAP_ID_HASH_BITS);
	bool timed = started_ms.set && started_ms.value >= 0 && started_ms.value < TIME_LIMIT;

	return iap_interaction_id_floor(timed ? started_ms.value : 0) | hash;
}

uint64_t
iap_interaction_id_next(uint64_t id)
{
	return (id & ~HASH_MASK) | ((id + 1) & HASH_MASK);
}
