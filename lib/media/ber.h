/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Elements of BER and DER (ITU-T X.690), read from the first bytes of an
 * object that may be larger than what is in memory. Never reads beyond them:
 * where more would be needed, `starved` says so and the caller comes again
 * with more.
 */
#ifndef IAP_MEDIA_BER_H
#define IAP_MEDIA_BER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum {
	IAP_BER_INTEGER = 0x02,
	IAP_BER_OCTETS = 0x04,
	IAP_BER_OID = 0x06,
	IAP_BER_SEQUENCE = 0x30,
	IAP_BER_SET = 0x31,
	IAP_BER_OCTETS_IN_PARTS = 0x24, /* a constructed OCTET STRING */
	IAP_BER_CONTEXT = 0x80,         /* [0] IMPLICIT, primitive; +1 for [1] ... */
	IAP_BER_CONTEXT_PARTS = 0xa0,   /* [0], constructed */
	IAP_BER_HEADER_MAX = 10         /* tag, and a length of up to nine bytes */
};

struct iap_ber {
	const unsigned char *bytes;
	size_t size;   /* of them, from the beginning of the object */
	uint64_t total; /* size of the whole object */
	bool starved;  /* something was beyond `size` but below `total` */
};

/* Where one is in the contents of an element. */
struct iap_ber_scope {
	uint64_t at;
	uint64_t end;    /* first byte that is not part of it; its parent's when indefinite */
	bool indefinite; /* ends with 00 00 */
};

struct iap_ber_element {
	unsigned char tag;   /* identifier byte with class and constructed bit */
	uint64_t begin;      /* offset of the identifier byte */
	uint64_t content;    /* offset of the contents */
	uint64_t length;     /* of the contents; 0 when indefinite */
	bool indefinite;
};

/*
 * Reads the identifier and length in `size` bytes: the bytes it took, or 0 when
 * they are malformed or do not suffice (*short_out then says which). Tags of
 * more than one byte are malformed here; CMS has none.
 */
size_t iap_ber_header(const unsigned char *bytes, size_t size, struct iap_ber_element *out,
    bool *short_out);

/* The whole object as a scope. Its end is not checked: objects may be cut off. */
struct iap_ber_scope iap_ber_root(void);

/*
 * The element at `scope->at`, which stays there. IAP_NOT_FOUND at the end of
 * the scope, IAP_CORRUPT when malformed, or longer than its scope.
 */
IAP_MUST_CHECK enum iap_status iap_ber_peek(struct iap_ber *ber,
    const struct iap_ber_scope *scope, struct iap_ber_element *out, struct iap_error *err);

/* The contents of an element of `scope`. */
struct iap_ber_scope iap_ber_enter(const struct iap_ber_scope *scope,
    const struct iap_ber_element *element);

/* Moves `scope` behind the element. IAP_CORRUPT as iap_ber_peek(), or when nested too deep. */
IAP_MUST_CHECK enum iap_status iap_ber_skip(struct iap_ber *ber, struct iap_ber_scope *scope,
    const struct iap_ber_element *element, struct iap_error *err);

/*
 * Peeks, demands `tag`, and moves `scope` behind it: the element of a
 * definite length whose contents are all in memory (bytes + out->content).
 */
IAP_MUST_CHECK enum iap_status iap_ber_take(struct iap_ber *ber, struct iap_ber_scope *scope,
    unsigned char tag, struct iap_ber_element *out, struct iap_error *err);

/* As iap_ber_take() for a constructed element of any length; *inner is its contents. */
IAP_MUST_CHECK enum iap_status iap_ber_open(struct iap_ber *ber, struct iap_ber_scope *scope,
    unsigned char tag, struct iap_ber_scope *inner, struct iap_error *err);

#endif
