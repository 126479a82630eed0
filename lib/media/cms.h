/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header of a CMS EnvelopedData message (RFC 5652 section 6; PKCS #7 wrote
 * the same): for whom it is, how its content is encrypted, and where that
 * lies. Only the header is read, so the size of the content does not matter.
 */
#ifndef IAP_MEDIA_CMS_H
#define IAP_MEDIA_CMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "crypto/aes.h"
#include "crypto/private_key.h"
#include "storage/reader.h"

/* Larger headers, or more recipients, are refused (IAP_CORRUPT). */
enum { IAP_CMS_HEADER_MAX = 262144, IAP_CMS_RECIPIENTS_MAX = 256 };

/* For whom a message is. Recipients of other kinds than key transport are left out. */
struct iap_recipient {
	const unsigned char *issuer; /* DER of a name, or NULL when named by `ski` */
	size_t issuer_size;
	const unsigned char *serial; /* contents of the INTEGER */
	size_t serial_size;
	const unsigned char *ski;    /* subject key identifier, or NULL */
	size_t ski_size;
	const char *issuer_text;     /* RFC 2253, or NULL */
	const char *serial_text;     /* decimal, or NULL */
	unsigned char id[IAP_SHA256_SIZE]; /* as iap_certificate_id_issuer() or _ski() */
	bool known_wrap;             /* else `wrap` is a kind IAP cannot open */
	struct iap_wrap wrap;
	const unsigned char *wrapped; /* the content key */
	size_t wrapped_size;
};

/* Where the cipher text is. */
enum iap_cms_layout {
	IAP_CMS_DETACHED,  /* not in the message */
	IAP_CMS_PRIMITIVE, /* one piece of `content_size` bytes at `content` */
	IAP_CMS_CHUNKED    /* OCTET STRINGs one after the other from `content` on */
};

struct iap_cms {
	const struct iap_recipient *recipients;
	size_t recipient_count;
	size_t key_size;          /* 16, 24 or 32: AES-CBC; 0: a cipher IAP does not know */
	unsigned char iv[IAP_AES_BLOCK];
	enum iap_cms_layout layout;
	uint64_t content;         /* offset in the message */
	uint64_t content_size;    /* primitive; chunked with a definite length: with its headers */
	bool indefinite;          /* chunked, ended by 00 00; content_size is 0 */
	unsigned int open_levels; /* elements around and with the content that end with 00 00 */
};

/*
 * Whether `size` first bytes of an object are those of a CMS EnvelopedData
 * message, DER or BER; the first 64 bytes suffice.
 */
bool iap_cms_check(const void *bytes, size_t size);

/*
 * Reads the header of the message in `size` bytes. IAP_CORRUPT when it is
 * malformed, cut off or no EnvelopedData. What *out points to lives in `arena`.
 */
IAP_MUST_CHECK enum iap_status iap_cms_parse(struct iap_arena *arena, const void *bytes,
    size_t size, struct iap_cms *out, struct iap_error *err);

/*
 * The same of a message that is a whole object; reads its first 4 KB, more
 * when the header is longer. Beside IAP_CORRUPT what the reader refuses with.
 */
IAP_MUST_CHECK enum iap_status iap_cms_read(struct iap_arena *arena, struct iap_reader *reader,
    struct iap_cms *out, struct iap_error *err);

/*
 * The DER or BER bytes of an envelope written as text: PEM (labels PKCS7, CMS,
 * PKCS #7 SIGNED DATA are alike), or base64 without armour, with any line
 * ends. IAP_INVALID when it is neither, or longer than IAP_CMS_HEADER_MAX.
 */
IAP_MUST_CHECK enum iap_status iap_cms_from_text(struct iap_arena *arena, const char *text,
    const unsigned char **bytes_out, size_t *size_out, struct iap_error *err);

/*
 * Bytes of cipher text in a message that is a whole object: a state `empty` is
 * 16 or fewer. No key is needed. IAP_CORRUPT when the content is cut off.
 */
IAP_MUST_CHECK enum iap_status iap_cms_content_size(struct iap_reader *reader,
    uint64_t *size_out, struct iap_error *err);

#endif
