/* SPDX-License-Identifier: Apache-2.0 */
#include "json/write.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

void
iap_json_write_open(struct iap_json_writer *writer, struct iap_buf *buf)
{
	*writer = (struct iap_json_writer){ .buf = buf };
}

/* Bytes of the character at `text`, or 0 when it is not well-formed UTF-8. */
static size_t
character_length(const char *text)
{
	for (size_t length = 1; length <= 4; length++) {
		if (text[length - 1] == '\0')
			return 0;
		if (iap_text_is_utf8(text, length))
			return length;
	}
	return 0;
}

/* Adds one character that cannot stand as it is; gives back what it took of `text`. */
static size_t
add_special(struct iap_buf *buf, const char *text)
{
	static const char *const escapes[] = {
		['"'] = "\\\"", ['\\'] = "\\\\", ['\b'] = "\\b", ['\f'] = "\\f",
		['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t",
	};
	unsigned char byte = (unsigned char)*text;
	size_t length;

	if (byte < IAP_LENGTH(escapes) && escapes[byte] != NULL) {
		iap_buf_text(buf, escapes[byte]);
		return 1;
	}
	if (byte < 0x20 || byte == 0x7f) {
		iap_buf_format(buf, "\\u%04x", byte);
		return 1;
	}
	length = character_length(text);
	if (length == 0) {
		iap_buf_text(buf, "\xef\xbf\xbd");
		return 1;
	}
	iap_buf_add(buf, text, length);
	return length;
}

static void
add_text(struct iap_buf *buf, const char *text)
{
	const char *plain = text;

	iap_buf_char(buf, '"');
	while (*text != '\0') {
		unsigned char byte = (unsigned char)*text;

		if (byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\') {
			text++;
			continue;
		}
		iap_buf_add(buf, plain, (size_t)(text - plain));
		text += add_special(buf, text);
		plain = text;
	}
	iap_buf_add(buf, plain, (size_t)(text - plain));
	iap_buf_char(buf, '"');
}

/* The comma and the key in front of a value. */
static void
begin_value(struct iap_json_writer *writer, const char *key)
{
	bool in_object = writer->depth > 0 && writer->open[writer->depth - 1] == '{';

	if (in_object != (key != NULL))
		iap_log_die("json: %s", key == NULL ? "a value without a key in an object" :
		    "a key outside an object");
	if (writer->depth == 0 && writer->need_comma)
		iap_log_die("json: a second value at the top");
	if (writer->need_comma)
		iap_buf_char(writer->buf, ',');
	writer->need_comma = true;
	if (key == NULL)
		return;
	add_text(writer->buf, key);
	iap_buf_char(writer->buf, ':');
}

static void
begin_container(struct iap_json_writer *writer, const char *key, char bracket)
{
	begin_value(writer, key);
	if (writer->depth == sizeof writer->open)
		iap_log_die("json: more than %zu levels", sizeof writer->open);
	writer->open[writer->depth++] = bracket;
	writer->need_comma = false;
	iap_buf_char(writer->buf, bracket);
}

static void
end_container(struct iap_json_writer *writer, char open, char close)
{
	if (writer->depth == 0 || writer->open[writer->depth - 1] != open)
		iap_log_die("json: a %c that nothing opened", close);
	writer->depth--;
	writer->need_comma = true;
	iap_buf_char(writer->buf, close);
}

void
iap_json_write_object_begin(struct iap_json_writer *writer, const char *key)
{
	begin_container(writer, key, '{');
}

void
iap_json_write_object_end(struct iap_json_writer *writer)
{
	end_container(writer, '{', '}');
}

void
iap_json_write_array_begin(struct iap_json_writer *writer, const char *key)
{
	begin_container(writer, key, '[');
}

void
iap_json_write_array_end(struct iap_json_writer *writer)
{
	end_container(writer, '[', ']');
}

void
iap_json_write_text(struct iap_json_writer *writer, const char *key, const char *text)
{
	if (text == NULL) {
		iap_json_write_null(writer, key);
		return;
	}
	begin_value(writer, key);
	add_text(writer->buf, text);
}

void
iap_json_write_i64(struct iap_json_writer *writer, const char *key, int64_t number)
{
	begin_value(writer, key);
	iap_buf_format(writer->buf, "%" PRId64, number);
}

void
iap_json_write_u64(struct iap_json_writer *writer, const char *key, uint64_t number)
{
	begin_value(writer, key);
	iap_buf_format(writer->buf, "%" PRIu64, number);
}

void
iap_json_write_bool(struct iap_json_writer *writer, const char *key, bool value)
{
	begin_value(writer, key);
	iap_buf_text(writer->buf, value ? "true" : "false");
}

void
iap_json_write_null(struct iap_json_writer *writer, const char *key)
{
	begin_value(writer, key);
	iap_buf_text(writer->buf, "null");
}

void
iap_json_write_decimal(struct iap_json_writer *writer, const char *key, double number)
{
	if (!isfinite(number)) {
		iap_json_write_null(writer, key);
		return;
	}
	begin_value(writer, key);
	iap_buf_format(writer->buf, "%.3f", number);
}

void
iap_json_write_time(struct iap_json_writer *writer, const char *key, int64_t time_ms)
{
	begin_value(writer, key);
	iap_buf_char(writer->buf, '"');
	iap_buf_text(writer->buf, iap_clock_format(writer->buf->arena, time_ms));
	iap_buf_char(writer->buf, '"');
}

void
iap_json_write_raw(struct iap_json_writer *writer, const char *key, const char *json)
{
	begin_value(writer, key);
	iap_buf_text(writer->buf, json);
}
