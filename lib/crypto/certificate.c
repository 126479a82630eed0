/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/certificate.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/text.h"

enum { NAME_MAX_SIZE = 65536, SERIAL_MAX_SIZE = 1024 };

static void
close_bio(BIO **bio)
{
	BIO_free(*bio);
}

static void
close_x509(X509 **x509)
{
	X509_free(*x509);
}

static void
close_name(X509_NAME **name)
{
	X509_NAME_free(*name);
}

static void
hash_parts(const char *kind, const unsigned char *a, size_t a_size, const unsigned char *b,
    size_t b_size, unsigned char out[IAP_SHA256_SIZE])
{
	IAP_CLEANUP(iap_hash_close) struct iap_hash *hash = iap_hash_open();

	iap_hash_add(hash, kind, 1);
	iap_hash_add(hash, a, a_size);
	if (b_size != 0)
		iap_hash_add(hash, b, b_size);
	iap_hash_end(hash, out);
}

void
iap_certificate_id_issuer(const unsigned char *issuer, size_t issuer_size,
    const unsigned char *serial, size_t serial_size, unsigned char out[IAP_SHA256_SIZE])
{
	while (serial_size > 1 && serial[0] == 0) {
		serial++;
		serial_size--;
	}
	hash_parts("i", issuer, issuer_size, serial, serial_size, out);
}

void
iap_certificate_id_ski(const unsigned char *ski, size_t ski_size,
    unsigned char out[IAP_SHA256_SIZE])
{
	hash_parts("s", ski, ski_size, NULL, 0, out);
}

static X509_NAME *
read_name(const unsigned char *der, size_t size)
{
	const unsigned char *at = der;
	X509_NAME *name;

	if (size > NAME_MAX_SIZE)
		return NULL;
	name = d2i_X509_NAME(NULL, &at, (long)size);
	ERR_clear_error();
	return name;
}

const char *
iap_certificate_name_format(struct iap_arena *arena, const unsigned char *der, size_t size)
{
	IAP_CLEANUP(close_name) X509_NAME *name = read_name(der, size);
	IAP_CLEANUP(close_bio) BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long length;

	if (bio == NULL)
		iap_log_die("out of memory");
	/* Letters beyond ASCII stay readable; everything else is as RFC 2253 says. */
	if (name == NULL || X509_NAME_print_ex(bio, name, 0,
	    XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) < 0)
		return iap_text_to_hex(arena, der, size < 256 ? size : 256);
	length = BIO_get_mem_data(bio, &text);
	if (length < 0 || !iap_text_is_utf8(text, (size_t)length))
		return iap_text_to_hex(arena, der, size < 256 ? size : 256);
	return iap_arena_copy_bytes(arena, text, (size_t)length);
}

const char *
iap_certificate_serial_format(struct iap_arena *arena, const unsigned char *bytes, size_t size)
{
	bool negative = size != 0 && (bytes[0] & 0x80) != 0;
	const char *text;
	BIGNUM *number;
	char *decimal;

	if (size == 0 || size > SERIAL_MAX_SIZE)
		return "";
	number = BN_bin2bn(bytes, (int)size, NULL);
	/* Two's complement: what the first bit stands for counts negative. */
	if (number != NULL && negative) {
		BIGNUM *wrap = BN_new();

		if (wrap == NULL || !BN_set_bit(wrap, (int)size * 8) ||
		    !BN_sub(number, number, wrap))
			iap_log_die("out of memory");
		BN_free(wrap);
	}
	decimal = number == NULL ? NULL : BN_bn2dec(number);
	if (decimal == NULL)
		iap_log_die("out of memory");
	text = iap_arena_copy(arena, decimal);
	OPENSSL_free(decimal);
	BN_free(number);
	return text;
}

bool
iap_certificate_name_equal(const unsigned char *a, size_t a_size, const unsigned char *b,
    size_t b_size)
{
	if (a_size == b_size && memcmp(a, b, a_size) == 0)
		return true;

	IAP_CLEANUP(close_name) X509_NAME *first = read_name(a, a_size);
	IAP_CLEANUP(close_name) X509_NAME *second = read_name(b, b_size);

	return first != NULL && second != NULL && X509_NAME_cmp(first, second) == 0;
}

static X509 *
read_x509(const void *bytes, size_t size)
{
	IAP_CLEANUP(close_bio) BIO *bio = BIO_new_mem_buf(bytes, (int)size);
	const unsigned char *at = bytes;
	X509 *x509;

	if (bio == NULL)
		iap_log_die("out of memory");
	x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	if (x509 == NULL)
		x509 = d2i_X509(NULL, &at, (long)size);
	ERR_clear_error();
	return x509;
}

static int64_t
time_ms(const ASN1_TIME *time)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return 0;
	return (int64_t)timegm(&tm) * 1000;
}

/* i2d_X509_NAME() and the like: bytes in the arena. */
static const unsigned char *
encode_name(struct iap_arena *arena, const X509_NAME *name, size_t *size_out)
{
	int size = i2d_X509_NAME(name, NULL);
	unsigned char *bytes, *at;

	if (size <= 0)
		iap_log_die("a name that was read cannot be written");
	at = bytes = iap_arena_alloc(arena, (size_t)size);
	i2d_X509_NAME(name, &at);
	*size_out = (size_t)size;
	return bytes;
}

/* The contents of the INTEGER are what follows its tag and length of one byte each. */
static bool
fill_serial(struct iap_arena *arena, const X509 *x509, struct iap_certificate *out)
{
	int size = i2d_ASN1_INTEGER(X509_get0_serialNumber(x509), NULL);
	unsigned char *bytes, *at;

	if (size < 3 || size > 129)
		return false;
	at = bytes = iap_arena_alloc(arena, (size_t)size);
	i2d_ASN1_INTEGER(X509_get0_serialNumber(x509), &at);
	out->serial = bytes + 2;
	out->serial_size = (size_t)size - 2;
	out->serial_text = iap_certificate_serial_format(arena, out->serial, out->serial_size);
	return true;
}

static void
fill_der(struct iap_arena *arena, X509 *x509, struct iap_certificate *out)
{
	int size = i2d_X509(x509, NULL);
	unsigned char *bytes, *at;

	if (size <= 0)
		iap_log_die("a certificate that was read cannot be written");
	at = bytes = iap_arena_alloc(arena, (size_t)size);
	i2d_X509(x509, &at);
	out->der = bytes;
	out->der_size = (size_t)size;
}

enum iap_status
iap_certificate_parse(struct iap_arena *arena, const void *bytes, size_t size,
    struct iap_certificate *out, struct iap_error *err)
{
	IAP_CLEANUP(close_x509) X509 *x509 = size > 1 << 20 ? NULL : read_x509(bytes, size);
	const ASN1_OCTET_STRING *ski;
	const unsigned char *subject;
	size_t subject_size;

	*out = (struct iap_certificate){ 0 };
	if (x509 == NULL || !fill_serial(arena, x509, out))
		return iap_error_set(err, IAP_INVALID, "no certificate (X.509, PEM or DER)");
	fill_der(arena, x509, out);
	out->issuer = encode_name(arena, X509_get_issuer_name(x509), &out->issuer_size);
	subject = encode_name(arena, X509_get_subject_name(x509), &subject_size);
	out->issuer_text = iap_certificate_name_format(arena, out->issuer, out->issuer_size);
	out->subject_text = iap_certificate_name_format(arena, subject, subject_size);
	out->not_before_ms = time_ms(X509_get0_notBefore(x509));
	out->not_after_ms = time_ms(X509_get0_notAfter(x509));
	iap_certificate_id_issuer(out->issuer, out->issuer_size, out->serial, out->serial_size,
	    out->by_issuer);
	ski = X509_get0_subject_key_id(x509);
	if (ski != NULL && ASN1_STRING_length(ski) > 0) {
		out->ski_size = (size_t)ASN1_STRING_length(ski);
		out->ski = (const unsigned char *)iap_arena_copy_bytes(arena,
		    ASN1_STRING_get0_data(ski), out->ski_size);
		iap_certificate_id_ski(out->ski, out->ski_size, out->by_ski);
	}
	return IAP_OK;
}

const char *
iap_certificate_format(struct iap_arena *arena, const struct iap_certificate *certificate)
{
	IAP_CLEANUP(close_bio) BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long size;

	if (bio == NULL || PEM_write_bio(bio, PEM_STRING_X509, "", certificate->der,
	    (long)certificate->der_size) == 0)
		iap_log_die("out of memory");
	size = BIO_get_mem_data(bio, &text);
	return iap_arena_copy_bytes(arena, text, (size_t)size);
}
