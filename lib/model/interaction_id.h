/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The id of an interaction is made from the call: 42 bits of its start in
 * milliseconds since 1970, then 22 bits of the SHA-256 of its recording id. A
 * call without any time has the start 0. Clashes take the next free id of
 * the same millisecond.
 */
#ifndef IAP_MODEL_INTERACTION_ID_H
#define IAP_MODEL_INTERACTION_ID_H

#include <stdint.h>

#include "db/value.h"

enum { IAP_ID_HASH_BITS = 22 };

/* The first id to try; times outside of 42 bits count as unknown. */
uint64_t iap_interaction_id(struct iap_maybe_i64 started_ms, const char *recording_id);

/* The id to try after `id`; after the last of a millisecond comes its first. */
uint64_t iap_interaction_id_next(uint64_t id);

/* The lowest id of a moment in milliseconds since 1970. */
uint64_t iap_interaction_id_floor(int64_t ms);

#endif
