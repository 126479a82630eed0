/* SPDX-License-Identifier: Apache-2.0 */
/* Small questions about text: numbers in it, hexadecimal and base64url forms. */
#ifndef IAP_BASE_TEXT_H
#define IAP_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* A whole decimal number and nothing else; false when it is not, or too large. */
bool iap_text_parse_u64(const char *text, uint64_t *out);
bool iap_text_parse_i64(const char *text, int64_t *out);

/* "30s", "15m", "12h", "7d" as milliseconds; a bare number is not accepted. */
bool iap_text_parse_span(const char *text, int64_t *ms_out);

/* "512", "64K", "16M", "1G" as bytes. */
bool iap_text_parse_size(const char *text, uint64_t *out);

bool iap_text_begins(const char *text, const char *prefix);
bool iap_text_ends(const char *text, const char *suffix);

/* Whether `size` bytes are well-formed UTF-8 (RFC 3629). */
bool iap_text_is_utf8(const char *bytes, size_t size);

/* Lower-case hexadecimal; `out` of iap_text_from_hex() has room for strlen/2 bytes. */
char *iap_text_to_hex(struct iap_arena *arena, const void *bytes, size_t size);
bool iap_text_from_hex(const char *hex, void *out, size_t size);

/* RFC 4648 section 5 without padding; decoding gives NULL when malformed. */
char *iap_text_to_base64url(struct iap_arena *arena, const void *bytes, size_t size);
unsigned char *iap_text_from_base64url(struct iap_arena *arena, const char *text,
    size_t length, size_t *size_out);

#endif
