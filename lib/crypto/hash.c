/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdlib.h>

#include "base/log.h"

struct iap_hash {
	EVP_MD_CTX *context;
};

void
iap_hash_sha256(const void *bytes, size_t size, unsigned char out[IAP_SHA256_SIZE])
{
	if (EVP_Digest(bytes, size, out, NULL, EVP_sha256(), NULL) != 1)
		iap_log_die("SHA-256 is not to be had");
}

void
iap_hash_hmac(const void *key, size_t key_size, const void *bytes, size_t size,
    unsigned char out[IAP_SHA256_SIZE])
{
	unsigned int length = 0;

	if (HMAC(EVP_sha256(), key, (int)key_size, bytes, size, out, &length) == NULL ||
	    length != IAP_SHA256_SIZE)
		iap_log_die("HMAC is not to be had");
}

struct iap_hash *
iap_hash_open(void)
{
	struct iap_hash *hash = calloc(1, sizeof *hash);

	if (hash == NULL)
		iap_log_die("out of memory");
	hash->context = EVP_MD_CTX_new();
	if (hash->context == NULL || EVP_DigestInit_ex(hash->context, EVP_sha256(), NULL) != 1)
		iap_log_die("SHA-256 is not to be had");
	return hash;
}

void
iap_hash_add(struct iap_hash *hash, const void *bytes, size_t size)
{
	if (EVP_DigestUpdate(hash->context, bytes, size) != 1)
		iap_log_die("SHA-256 stopped");
}

void
iap_hash_end(struct iap_hash *hash, unsigned char out[IAP_SHA256_SIZE])
{
	if (EVP_DigestFinal_ex(hash->context, out, NULL) != 1)
		iap_log_die("SHA-256 stopped");
}

void
iap_hash_close(struct iap_hash **hash)
{
	if (*hash == NULL)
		return;
	EVP_MD_CTX_free((*hash)->context);
	free(*hash);
	*hash = NULL;
}

void
iap_random_fill(void *bytes, size_t size)
{
	if (RAND_priv_bytes(bytes, (int)size) != 1)
		iap_log_die("the system has no random bytes");
}

bool
iap_secret_equal(const void *a, const void *b, size_t size)
{
	return CRYPTO_memcmp(a, b, size) == 0;
}

void
iap_secret_wipe(void *bytes, size_t size)
{
	if (bytes != NULL)
		OPENSSL_cleanse(bytes, size);
}
