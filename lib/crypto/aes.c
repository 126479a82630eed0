/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/aes.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/log.h"

struct iap_aes {
	EVP_CIPHER_CTX *context;
};

struct iap_aes *
iap_aes_open(const unsigned char *key, size_t key_size)
{
	struct iap_aes *aes = calloc(1, sizeof *aes);
	const EVP_CIPHER *cipher = key_size == 16 ? EVP_aes_128_cbc()
	    : key_size == 24 ? EVP_aes_192_cbc()
	    : key_size == 32 ? EVP_aes_256_cbc() : NULL;

	if (aes == NULL)
		iap_log_die("out of memory");
	aes->context = EVP_CIPHER_CTX_new();
	if (cipher == NULL || aes->context == NULL ||
	    EVP_DecryptInit_ex(aes->context, cipher, NULL, key, NULL) != 1)
		iap_log_die("AES-CBC is not to be had with a key of %zu bytes", key_size);
	return aes;
}

void
iap_aes_close(struct iap_aes **aes)
{
	if (*aes == NULL)
		return;
	EVP_CIPHER_CTX_free((*aes)->context);
	free(*aes);
	*aes = NULL;
}

void
iap_aes_decrypt(struct iap_aes *aes, const unsigned char iv[IAP_AES_BLOCK],
    const unsigned char *in, size_t size, unsigned char *out)
{
	int written = 0;

	/* A new vector keeps the key's schedule; padding is off again after each. */
	if (EVP_DecryptInit_ex(aes->context, NULL, NULL, NULL, iv) != 1 ||
	    EVP_CIPHER_CTX_set_padding(aes->context, 0) != 1 ||
	    EVP_DecryptUpdate(aes->context, out, &written, in, (int)size) != 1 ||
	    (size_t)written != size)
		iap_log_die("AES-CBC stopped after %d of %zu bytes", written, size);
}
