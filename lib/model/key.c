/* SPDX-License-Identifier: Apache-2.0 */
#include "model/key.h"

#include <string.h>

#include "crypto/hash.h"

enum { HASH128_SIZE = 16 };

uint64_t
iap_key_hash64(const char *text)
{
	unsigned char hash[IAP_SHA256_SIZE];
	uint64_t first = 0;

	iap_hash_sha256(text, strlen(text), hash);
	for (size_t i = 0; i < sizeof first; i++)
		first = first << 8 | hash[i];
	return first;
}

struct iap_bytes
iap_key_hash128(struct iap_arena *arena, const char *text)
{
	unsigned char hash[IAP_SHA256_SIZE];

	iap_hash_sha256(text, strlen(text), hash);
	return (struct iap_bytes){ iap_arena_copy_bytes(arena, hash, HASH128_SIZE), HASH128_SIZE };
}
