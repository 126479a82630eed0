/* SPDX-License-Identifier: Apache-2.0 */
/* RSA private keys: reading, keeping, and opening what was wrapped for them. */
#ifndef IAP_CRYPTO_PRIVATE_KEY_H
#define IAP_CRYPTO_PRIVATE_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "crypto/certificate.h"

struct iap_private_key;

enum iap_digest { IAP_DIGEST_SHA1 = 0, IAP_DIGEST_SHA224, IAP_DIGEST_SHA256,
	IAP_DIGEST_SHA384, IAP_DIGEST_SHA512, IAP_DIGEST_COUNT };

/* How a content key was wrapped (RFC 8017 section 7). */
struct iap_wrap {
	bool oaep;              /* else PKCS #1 v1.5 */
	enum iap_digest digest; /* of OAEP */
	enum iap_digest mask;   /* of OAEP's MGF1 */
};

/*
 * Reads an RSA key, PEM (with `passphrase`, or NULL for none) or DER.
 * IAP_FORBIDDEN when the passphrase is missing or wrong, IAP_INVALID when it
 * is no RSA key. The caller frees *out, which wipes it.
 */
IAP_MUST_CHECK enum iap_status iap_private_key_parse(const void *bytes, size_t size,
    const char *passphrase, struct iap_private_key **out, struct iap_error *err);
void iap_private_key_free(struct iap_private_key **key);

/* Whether `key` is the private half of the key in `certificate`. */
bool iap_private_key_check(const struct iap_private_key *key,
    const struct iap_certificate *certificate);

/*
 * Writes the key to `path`, PKCS #8 in PEM, mode 0600, encrypted with AES-256
 * when `passphrase` is not NULL.
 */
IAP_MUST_CHECK enum iap_status iap_private_key_save(const struct iap_private_key *key,
    const char *path, const char *passphrase, struct iap_error *err);

/*
 * Opens a wrapped content key of exactly `size` bytes. When that does not
 * succeed, `out` is filled with random bytes and the answer is false; callers
 * go on with them, so that the outside learns nothing about the padding.
 */
bool iap_private_key_unwrap(const struct iap_private_key *key, const struct iap_wrap *wrap,
    const unsigned char *wrapped, size_t wrapped_size, unsigned char *out, size_t size);

#endif
