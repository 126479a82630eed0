/* SPDX-License-Identifier: Apache-2.0 */
/* AES in CBC mode (NIST SP 800-38A) without padding: blocks in, blocks out. */
#ifndef IAP_CRYPTO_AES_H
#define IAP_CRYPTO_AES_H

#include <stddef.h>

#include "base/error.h"

enum { IAP_AES_BLOCK = 16, IAP_AES_KEY_MAX = 32 };

struct iap_aes;

/*
 * A decryption with a key of 16, 24 or 32 bytes; anything else is a fault of
 * the caller. The caller closes it, which wipes the key.
 */
struct iap_aes *iap_aes_open(const unsigned char *key, size_t key_size);
void iap_aes_close(struct iap_aes **aes);

/*
 * Decrypts `size` bytes, a multiple of IAP_AES_BLOCK below 2 GB, from `in` to
 * `out` (the same place is allowed). `iv` is the block of cipher text before
 * `in`, or the message's own initial vector.
 */
void iap_aes_decrypt(struct iap_aes *aes, const unsigned char iv[IAP_AES_BLOCK],
    const unsigned char *in, size_t size, unsigned char *out);

#endif
