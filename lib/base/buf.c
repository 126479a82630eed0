/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_CAPACITY = 256 };

void
iap_buf_open(struct iap_buf *buf, struct iap_arena *arena)
{
	*buf = (struct iap_buf){
		.arena = arena,
		.bytes = iap_arena_alloc(arena, FIRST_CAPACITY),
		.capacity = FIRST_CAPACITY,
	};
}

char *
iap_buf_room(struct iap_buf *buf, size_t size)
{
	size_t wanted = buf->length + size + 1;

	if (wanted > buf->capacity) {
		size_t capacity = buf->capacity * 2 > wanted ? buf->capacity * 2 : wanted;
		char *bytes = iap_arena_alloc(buf->arena, capacity);

		memcpy(bytes, buf->bytes, buf->length);
		buf->bytes = bytes;
		buf->capacity = capacity;
	}
	return buf->bytes + buf->length;
}

void
iap_buf_add(struct iap_buf *buf, const void *bytes, size_t size)
{
	char *room = iap_buf_room(buf, size);

	if (size != 0)
		memcpy(room, bytes, size);
	buf->length += size;
	buf->bytes[buf->length] = '\0';
}

void
iap_buf_text(struct iap_buf *buf, const char *text)
{
	iap_buf_add(buf, text, strlen(text));
}

void
iap_buf_char(struct iap_buf *buf, char c)
{
	iap_buf_add(buf, &c, 1);
}

void
iap_buf_format(struct iap_buf *buf, const char *format, ...)
{
	va_list values;
	int length;

	va_start(values, format);
	length = vsnprintf(NULL, 0, format, values);
	va_end(values);
	if (length <= 0)
		return;
	iap_buf_room(buf, (size_t)length);
	va_start(values, format);
	vsnprintf(buf->bytes + buf->length, (size_t)length + 1, format, values);
	va_end(values);
	buf->length += (size_t)length;
}
