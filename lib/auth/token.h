/* SPDX-License-Identifier: Apache-2.0 */
/* The token of a session: 256 random bits in base64url, of which only the hash is kept. */
#ifndef IAP_AUTH_TOKEN_H
#define IAP_AUTH_TOKEN_H

#include <stdbool.h>

#include "base/arena.h"
#include "model/session.h"

/* A new token as text, and its hash. */
const char *iap_token_new(struct iap_arena *arena, unsigned char hash[IAP_SESSION_HASH_SIZE]);

/* The hash of a token that somebody sent; false when it cannot be one. */
bool iap_token_hash(struct iap_arena *arena, const char *token,
    unsigned char hash[IAP_SESSION_HASH_SIZE]);

#endif
