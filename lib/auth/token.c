/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/token.h"

#include <string.h>

#include "base/text.h"
#include "crypto/hash.h"

enum { TOKEN_SIZE = 32 };

const char *
iap_token_new(struct iap_arena *arena, unsigned char hash[IAP_SESSION_HASH_SIZE])
{
	unsigned char token[TOKEN_SIZE];
	const char *text;

	iap_random_fill(token, sizeof token);
	iap_hash_sha256(token, sizeof token, hash);
	text = iap_text_to_base64url(arena, token, sizeof token);
	iap_secret_wipe(token, sizeof token);
	return text;
}

bool
iap_token_hash(struct iap_arena *arena, const char *token,
    unsigned char hash[IAP_SESSION_HASH_SIZE])
{
	size_t size = 0;
	unsigned char *bytes = iap_text_from_base64url(arena, token, strnlen(token, 64), &size);

	if (bytes == NULL || size != TOKEN_SIZE)
		return false;
	iap_hash_sha256(bytes, size, hash);
	iap_secret_wipe(bytes, size);
	return true;
}
