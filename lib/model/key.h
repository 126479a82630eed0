/* SPDX-License-Identifier: Apache-2.0 */
/* Short forms under which long keys, names and ids are found in indexes. */
#ifndef IAP_MODEL_KEY_H
#define IAP_MODEL_KEY_H

#include <stdint.h>

#include "base/arena.h"
#include "db/value.h"

/* The first 64 bits of the SHA-256 of a text, big endian. */
uint64_t iap_key_hash64(const char *text);

/* The first 128 bits of the SHA-256 of a text. */
struct iap_bytes iap_key_hash128(struct iap_arena *arena, const char *text);

#endif
