/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <string.h>

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Reads digits; *rest is what follows them. */
static bool
read_digits(const char *text, uint64_t *out, const char **rest)
{
	uint64_t number = 0;

	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(number, (uint64_t)10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(*text - '0'), &number))
			return false;
	*out = number;
	*rest = text;
	return true;
}

bool
iap_text_parse_u64(const char *text, uint64_t *out)
{
	const char *rest;

	return read_digits(text, out, &rest) && *rest == '\0';
}

bool
iap_text_parse_i64(const char *text, int64_t *out)
{
	bool negative = *text == '-';
	uint64_t number;

	if (!iap_text_parse_u64(text + negative, &number) || number > INT64_MAX)
		return false;
	*out = negative ? -(int64_t)number : (int64_t)number;
	return true;
}

bool
iap_text_parse_span(const char *text, int64_t *ms_out)
{
	static const struct { char unit; uint64_t ms; } units[] = {
		{ 's', 1000 }, { 'm', 60000 }, { 'h', 3600000 }, { 'd', 86400000 },
	};
	const char *rest;
	uint64_t number;

	if (!read_digits(text, &number, &rest) || rest[0] == '\0' || rest[1] != '\0')
		return false;
	for (size_t i = 0; i < IAP_LENGTH(units); i++)
		if (units[i].unit == *rest && number <= (uint64_t)INT64_MAX / units[i].ms) {
			*ms_out = (int64_t)(number * units[i].ms);
			return true;
		}
	return false;
}

bool
iap_text_parse_size(const char *text, uint64_t *out)
{
	static const char units[] = "KMG";
	const char *rest, *unit;
	uint64_t number;
	unsigned int shift = 0;

	if (!read_digits(text, &number, &rest))
		return false;
	if (*rest != '\0') {
		unit = strchr(units, *rest);
		if (unit == NULL || rest[1] != '\0')
			return false;
		shift = 10 * (unsigned int)(unit - units + 1);
	}
	if (number > UINT64_MAX >> shift)
		return false;
	*out = number << shift;
	return true;
}

bool
iap_text_begins(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool
iap_text_ends(const char *text, const char *suffix)
{
	size_t length = strlen(text), wanted = strlen(suffix);

	return length >= wanted && memcmp(text + length - wanted, suffix, wanted) == 0;
}

/* Bytes of the well-formed character at `p`, or 0. */
static size_t
utf8_length(const unsigned char *p, size_t left)
{
	static const struct { unsigned char first, last, low, high; size_t length; } forms[] = {
		{ 0x00, 0x7f, 0, 0, 1 },
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < IAP_LENGTH(forms); i++) {
		if (p[0] < forms[i].first || p[0] > forms[i].last)
			continue;
		if (forms[i].length > left)
			return 0;
		if (forms[i].length > 1 && (p[1] < forms[i].low || p[1] > forms[i].high))
			return 0;
		for (size_t k = 2; k < forms[i].length; k++)
			if (p[k] < 0x80 || p[k] > 0xbf)
				return 0;
		return forms[i].length;
	}
	return 0;
}

bool
iap_text_is_utf8(const char *bytes, size_t size)
{
	const unsigned char *p = (const unsigned char *)bytes;

	while (size > 0) {
		uint64_t eight;
		size_t length;

		/* Documents are mostly ASCII: eight bytes at once while no high bit is set. */
		if (size >= sizeof eight) {
			memcpy(&eight, p, sizeof eight);
			if ((eight & UINT64_C(0x8080808080808080)) == 0) {
				p += sizeof eight;
				size -= sizeof eight;
				continue;
			}
		}
		length = utf8_length(p, size);
		if (length == 0)
			return false;
		p += length;
		size -= length;
	}
	return true;
}

char *
iap_text_to_hex(struct iap_arena *arena, const void *bytes, size_t size)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *p = bytes;
	char *out = iap_arena_alloc(arena, size * 2 + 1);

	for (size_t i = 0; i < size; i++) {
		out[i * 2] = hex[p[i] >> 4];
		out[i * 2 + 1] = hex[p[i] & 15];
	}
	return out;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
iap_text_from_hex(const char *hex, void *out, size_t size)
{
	unsigned char *p = out;

	if (strlen(hex) != size * 2)
		return false;
	for (size_t i = 0; i < size; i++) {
		int high = hex_value(hex[i * 2]), low = hex_value(hex[i * 2 + 1]);

		if (high < 0 || low < 0)
			return false;
		p[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

char *
iap_text_to_base64url(struct iap_arena *arena, const void *bytes, size_t size)
{
	const unsigned char *p = bytes;
	char *out = iap_arena_alloc(arena, (size + 2) / 3 * 4 + 1);
	size_t used = 0;

	for (size_t i = 0; i < size; i += 3) {
		size_t left = size - i;
		uint32_t group = (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
		    (left > 2 ? p[i + 2] : 0);

		out[used++] = digits64[group >> 18 & 63];
		out[used++] = digits64[group >> 12 & 63];
		if (left > 1)
			out[used++] = digits64[group >> 6 & 63];
		if (left > 2)
			out[used++] = digits64[group & 63];
	}
	return out;
}

unsigned char *
iap_text_from_base64url(struct iap_arena *arena, const char *text, size_t length,
    size_t *size_out)
{
	unsigned char *out = iap_arena_alloc(arena, length / 4 * 3 + 3);
	uint32_t group = 0;
	unsigned int bits = 0;
	size_t used = 0;

	if (length % 4 == 1)
		return NULL;
	for (size_t i = 0; i < length; i++) {
		const char *digit = text[i] == '\0' ? NULL : strchr(digits64, text[i]);

		if (digit == NULL)
			return NULL;
		group = group << 6 | (uint32_t)(digit - digits64);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[used++] = (unsigned char)(group >> bits);
		}
	}
	/* Left-over bits that are not zero: two texts would mean one value. */
	if (group & ((1u << bits) - 1))
		return NULL;
	*size_out = used;
	return out;
}
