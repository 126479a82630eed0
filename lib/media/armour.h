/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages written as text: PEM (RFC 7468) or base64 as mail carries it. An
 * object of that form is read by range, since its lines are of one length.
 */
#ifndef IAP_MEDIA_ARMOUR_H
#define IAP_MEDIA_ARMOUR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "storage/reader.h"

/* Whether the first bytes of an object are PEM, or a mail of type application/pkcs7-mime. */
bool iap_armour_check(const void *bytes, size_t size);

/*
 * Decodes base64 (RFC 4648 section 4, any white space within) up to its end or
 * to "-----END". `out` has room for size / 4 * 3 + 3 bytes. False when it is malformed.
 */
bool iap_armour_decode(const char *text, size_t size, unsigned char *out, size_t *size_out);

/* Where the base64 of `text` begins: behind "-----BEGIN ...-----" or a mail's empty line. */
size_t iap_armour_body(const char *text, size_t size);

/*
 * The bytes that `*text` stands for, as a stream. Takes over *text and sets it
 * to NULL when it succeeds. IAP_CORRUPT when it is no regular base64.
 */
IAP_MUST_CHECK enum iap_status iap_armour_open(struct iap_reader **text,
    struct iap_reader **out, struct iap_error *err);

#endif
