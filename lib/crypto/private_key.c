/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/private_key.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"

enum { KEY_FILE_MAX = 1 << 20, UNWRAPPED_MAX = 2048 };

struct iap_private_key {
	EVP_PKEY *pkey;
};

/* What the passphrase callback is told, and what it tells. */
struct asked {
	const char *passphrase;
	bool was_asked;
};

static void
close_bio(BIO **bio)
{
	BIO_free(*bio);
}

static void
close_context(EVP_PKEY_CTX **context)
{
	EVP_PKEY_CTX_free(*context);
}

/* Without a callback of our own OpenSSL would ask on the terminal. */
static int
give_passphrase(char *buffer, int size, int writing, void *told)
{
	struct asked *asked = told;
	size_t length;

	(void)writing;
	asked->was_asked = true;
	if (asked->passphrase == NULL)
		return -1;
	length = strlen(asked->passphrase);
	if (length > (size_t)size)
		return -1;
	memcpy(buffer, asked->passphrase, length);
	return (int)length;
}

enum iap_status
iap_private_key_parse(const void *bytes, size_t size, const char *passphrase,
    struct iap_private_key **out, struct iap_error *err)
{
	IAP_CLEANUP(close_bio) BIO *bio = NULL;
	struct asked asked = { .passphrase = passphrase };
	const unsigned char *at = bytes;
	EVP_PKEY *pkey;

	if (size > KEY_FILE_MAX)
		return iap_error_set(err, IAP_INVALID, "too large for a private key");
	bio = BIO_new_mem_buf(bytes, (int)size);
	if (bio == NULL)
		iap_log_die("out of memory");
	pkey = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &asked);
	if (pkey == NULL && !asked.was_asked)
		pkey = d2i_AutoPrivateKey(NULL, &at, (long)size);
	ERR_clear_error();
	if (pkey == NULL && asked.was_asked)
		return iap_error_set(err, IAP_FORBIDDEN, passphrase == NULL
		    ? "the private key needs a passphrase" : "the passphrase is wrong");
	if (pkey == NULL || EVP_PKEY_get_base_id(pkey) != EVP_PKEY_RSA) {
		EVP_PKEY_free(pkey);
		return iap_error_set(err, IAP_INVALID, "no RSA private key (PEM or DER)");
	}
	*out = calloc(1, sizeof **out);
	if (*out == NULL)
		iap_log_die("out of memory");
	(*out)->pkey = pkey;
	return IAP_OK;
}

void
iap_private_key_free(struct iap_private_key **key)
{
	if (*key == NULL)
		return;
	EVP_PKEY_free((*key)->pkey);
	free(*key);
	*key = NULL;
}

bool
iap_private_key_check(const struct iap_private_key *key,
    const struct iap_certificate *certificate)
{
	const unsigned char *at = certificate->der;
	X509 *x509 = d2i_X509(NULL, &at, (long)certificate->der_size);
	bool pair = x509 != NULL && X509_check_private_key(x509, key->pkey) == 1;

	X509_free(x509);
	ERR_clear_error();
	return pair;
}

enum iap_status
iap_private_key_save(const struct iap_private_key *key, const char *path,
    const char *passphrase, struct iap_error *err)
{
	IAP_CLEANUP(close_bio) BIO *bio = BIO_new(BIO_s_secmem());
	struct asked asked = { .passphrase = passphrase };
	char *text;
	long size;

	if (bio == NULL)
		iap_log_die("out of memory");
	if (PEM_write_bio_PKCS8PrivateKey(bio, key->pkey,
	    passphrase == NULL ? NULL : EVP_aes_256_cbc(), NULL, 0, give_passphrase,
	    &asked) != 1) {
		ERR_clear_error();
		return iap_error_set(err, IAP_INVALID,
		    "the private key cannot be encrypted with this passphrase");
	}
	size = BIO_get_mem_data(bio, &text);
	return iap_file_save(path, 0600, text, (size_t)size, err);
}

static const EVP_MD *
digest_of(enum iap_digest digest)
{
	switch (digest) {
	case IAP_DIGEST_SHA224:
		return EVP_sha224();
	case IAP_DIGEST_SHA256:
		return EVP_sha256();
	case IAP_DIGEST_SHA384:
		return EVP_sha384();
	case IAP_DIGEST_SHA512:
		return EVP_sha512();
	default:
		return EVP_sha1();
	}
}

static bool
begin_unwrap(EVP_PKEY_CTX *context, const struct iap_wrap *wrap)
{
	if (context == NULL || EVP_PKEY_decrypt_init(context) <= 0)
		return false;
	if (!wrap->oaep)
		return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0;
	return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0 &&
	    EVP_PKEY_CTX_set_rsa_oaep_md(context, digest_of(wrap->digest)) > 0 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest_of(wrap->mask)) > 0;
}

bool
iap_private_key_unwrap(const struct iap_private_key *key, const struct iap_wrap *wrap,
    const unsigned char *wrapped, size_t wrapped_size, unsigned char *out, size_t size)
{
	IAP_CLEANUP(close_context) EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key->pkey, NULL);
	unsigned char opened[UNWRAPPED_MAX];
	size_t opened_size = sizeof opened;
	bool good;

	iap_random_fill(out, size);
	if ((size_t)EVP_PKEY_get_size(key->pkey) > sizeof opened || !begin_unwrap(context, wrap))
		return false;
	good = EVP_PKEY_decrypt(context, opened, &opened_size, wrapped, wrapped_size) > 0 &&
	    opened_size == size;
	if (good)
		memcpy(out, opened, size);
	ERR_clear_error();
	iap_secret_wipe(opened, sizeof opened);
	return good;
}
