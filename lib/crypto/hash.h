/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256, HMAC, random bytes, and what is done with secrets in memory. */
#ifndef IAP_CRYPTO_HASH_H
#define IAP_CRYPTO_HASH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { IAP_SHA256_SIZE = 32 };

/* SHA-256 (FIPS 180-4) of `size` bytes. */
void iap_hash_sha256(const void *bytes, size_t size, unsigned char out[IAP_SHA256_SIZE]);

/* HMAC-SHA256 (RFC 2104) of `size` bytes. */
void iap_hash_hmac(const void *key, size_t key_size, const void *bytes, size_t size,
    unsigned char out[IAP_SHA256_SIZE]);

/* SHA-256 of bytes that come in pieces: open, add ..., end; close frees it at any time. */
struct iap_hash;

struct iap_hash *iap_hash_open(void);
void iap_hash_add(struct iap_hash *hash, const void *bytes, size_t size);
void iap_hash_end(struct iap_hash *hash, unsigned char out[IAP_SHA256_SIZE]);
void iap_hash_close(struct iap_hash **hash);

/* Bytes nobody can guess; the process ends when the system has none. */
void iap_random_fill(void *bytes, size_t size);

/* Whether two secrets of `size` bytes are the same, in time that tells nothing. */
bool iap_secret_equal(const void *a, const void *b, size_t size);

/* Overwrites a secret, whatever the optimiser thinks of it; NULL is allowed. */
void iap_secret_wipe(void *bytes, size_t size);

#endif
