/* SPDX-License-Identifier: Apache-2.0 */
#include "model/text.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

/* The bytes of the character at `at`; 0 when it is malformed. */
static size_t
character_size(const char *at)
{
	unsigned char first = (unsigned char)*at;
	size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

	return strnlen(at, size) == size && iap_text_is_utf8(at, size) ? size : 0;
}

size_t
iap_text_characters(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

const char *
iap_text_fit(struct iap_arena *arena, const char *text, size_t characters)
{
	struct iap_buf buf;
	size_t size;

	if (text == NULL)
		return NULL;
	if (iap_text_is_utf8(text, strlen(text)) && iap_text_characters(text) <= characters)
		return text;
	iap_buf_open(&buf, arena);
	for (; *text != '\0' && characters > 0; characters--) {
		size = character_size(text);
		if (size == 0)
			iap_buf_text(&buf, "\xef\xbf\xbd");
		else
			iap_buf_add(&buf, text, size);
		text += size == 0 ? 1 : size;
	}
	return buf.bytes;
}
