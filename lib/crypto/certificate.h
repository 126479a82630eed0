/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What IAP needs to know of an X.509 certificate (RFC 5280): how messages name
 * it as their recipient, and what people call it.
 */
#ifndef IAP_CRYPTO_CERTIFICATE_H
#define IAP_CRYPTO_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "crypto/hash.h"

struct iap_certificate {
	const unsigned char *der;    /* the whole certificate */
	size_t der_size;
	const unsigned char *issuer; /* DER of the issuer's name */
	size_t issuer_size;
	const unsigned char *serial; /* contents of the INTEGER, big-endian */
	size_t serial_size;
	const unsigned char *ski;    /* subject key identifier, or NULL */
	size_t ski_size;
	const char *issuer_text;     /* RFC 2253, UTF-8 */
	const char *subject_text;
	const char *serial_text;     /* decimal */
	int64_t not_before_ms;
	int64_t not_after_ms;
	unsigned char by_issuer[IAP_SHA256_SIZE]; /* as iap_certificate_id_issuer() */
	unsigned char by_ski[IAP_SHA256_SIZE];    /* as iap_certificate_id_ski(), zero without one */
};

/*
 * Reads the first certificate in `bytes`, PEM or DER. IAP_INVALID when there
 * is none. What *out points to lives in `arena`.
 */
IAP_MUST_CHECK enum iap_status iap_certificate_parse(struct iap_arena *arena,
    const void *bytes, size_t size, struct iap_certificate *out, struct iap_error *err);

/* The certificate as PEM: it alone, whatever stood beside it in the text it was read from. */
const char *iap_certificate_format(struct iap_arena *arena,
    const struct iap_certificate *certificate);

/*
 * The fixed-size names of a recipient, the same for a certificate and for a
 * message that names it: SHA-256 of 'i', issuer, serial, or of 's', key
 * identifier. Leading zero bytes of the serial do not count.
 */
void iap_certificate_id_issuer(const unsigned char *issuer, size_t issuer_size,
    const unsigned char *serial, size_t serial_size, unsigned char out[IAP_SHA256_SIZE]);
void iap_certificate_id_ski(const unsigned char *ski, size_t ski_size,
    unsigned char out[IAP_SHA256_SIZE]);

/* A DER name as text, RFC 2253 in UTF-8; hexadecimal when it is not one. */
const char *iap_certificate_name_format(struct iap_arena *arena, const unsigned char *der,
    size_t size);

/* The contents of an INTEGER as a decimal number. */
const char *iap_certificate_serial_format(struct iap_arena *arena, const unsigned char *bytes,
    size_t size);

/* Whether two DER names are one by the rules of RFC 5280 7.1 (case, string types). */
bool iap_certificate_name_equal(const unsigned char *a, size_t a_size, const unsigned char *b,
    size_t b_size);

#endif
