/* SPDX-License-Identifier: Apache-2.0 */
#include "http/percent.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

char *
iap_percent_parse(struct iap_arena *arena, const char *bytes, size_t size,
    enum iap_percent_plus plus)
{
	char *out = iap_arena_alloc(arena, size + 1);
	size_t length = 0;

	for (size_t i = 0; i < size; i++) {
		char c = bytes[i];

		if (c == '+' && plus == IAP_PERCENT_PLUS_IS_SPACE) {
			c = ' ';
		} else if (c == '%') {
			char digits[3] = { 0 };

			if (size - i < 3)
				return NULL;
			memcpy(digits, bytes + i + 1, 2);
			if (!iap_text_from_hex(digits, &c, 1))
				return NULL;
			i += 2;
		}
		if (c == '\0')
			return NULL;
		out[length++] = c;
	}
	return iap_text_is_utf8(out, length) ? out : NULL;
}

static bool
is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr("-._~", c) != NULL);
}

char *
iap_percent_format(struct iap_arena *arena, const char *text)
{
	struct iap_buf buf;

	iap_buf_open(&buf, arena);
	for (const char *c = text; *c != '\0'; c++) {
		if (is_unreserved(*c))
			iap_buf_char(&buf, *c);
		else
			iap_buf_format(&buf, "%%%02X", (unsigned int)(unsigned char)*c);
	}
	return buf.bytes;
}
