/* SPDX-License-Identifier: Apache-2.0 */
#include "web/look.h"

#include <inttypes.h>
#include <string.h>

#include "web/zone.h"

const char *
iap_look_plain(const struct iap_json *value)
{
	const char *text = iap_json_text(value);

	if (text != NULL)
		return text;
	if (value != NULL && value->type == IAP_JSON_TRUE)
		return "true";
	if (value != NULL && value->type == IAP_JSON_FALSE)
		return "false";
	return "";
}

/* For text between tags and attributes in either kind of quotes. */
static void
add_escaped(struct iap_buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&': iap_buf_text(out, "&amp;"); break;
		case '<': iap_buf_text(out, "&lt;"); break;
		case '>': iap_buf_text(out, "&gt;"); break;
		case '"': iap_buf_text(out, "&quot;"); break;
		case '\'': iap_buf_text(out, "&#39;"); break;
		default: iap_buf_char(out, *text);
		}
	}
}

/* RFC 3986: everything but the unreserved characters is encoded. */
static void
add_percent(struct iap_buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    c == '-' || c == '.' || c == '_' || c == '~')
			iap_buf_char(out, (char)c);
		else
			iap_buf_format(out, "%%%02X", c);
	}
}

/*
 * An address of this site: a path, a query or a fragment. Browsers take "//x"
 * and "/\x" for another host, and drop tabs and line ends before they look.
 */
static bool
is_own_address(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20)
			return false;
	if (text[0] == '/')
		return text[1] != '/' && text[1] != '\\';
	return text[0] == '?' || text[0] == '#' || text[0] == '\0';
}

/* The text of a JSON string such that no HTML parser sees a tag or comment in it. */
static void
add_json_text(struct iap_buf *out, const char *text)
{
	iap_buf_char(out, '"');
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			iap_buf_format(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f || c == '<' || c == '>' || c == '&' || c == '\'')
			iap_buf_format(out, "\\u%04x", c);
		else
			iap_buf_char(out, (char)c);
	}
	iap_buf_char(out, '"');
}

static void
add_json(struct iap_buf *out, const struct iap_json *value)
{
	bool is_object = value != NULL && value->type == IAP_JSON_OBJECT;

	if (value == NULL || value->type == IAP_JSON_NULL) {
		iap_buf_text(out, "null");
	} else if (value->type == IAP_JSON_TEXT) {
		add_json_text(out, value->text);
	} else if (value->type == IAP_JSON_ARRAY || is_object) {
		iap_buf_char(out, is_object ? '{' : '[');
		for (const struct iap_json *child = value->first; child != NULL; child = child->next) {
			if (is_object) {
				add_json_text(out, child->key);
				iap_buf_char(out, ':');
			}
			add_json(out, child);
			if (child->next != NULL)
				iap_buf_char(out, ',');
		}
		iap_buf_char(out, is_object ? '}' : ']');
	} else {
		iap_buf_text(out, iap_look_plain(value));
	}
}

static bool
add_time(struct iap_buf *out, enum iap_look look, const char *text)
{
	int64_t time;

	if (!iap_zone_parse(text, false, &time))
		return false;
	if (look == IAP_LOOK_DATE || look == IAP_LOOK_STAMP)
		iap_buf_text(out, iap_zone_date(out->arena, time));
	if (look == IAP_LOOK_STAMP)
		iap_buf_text(out, ", ");
	if (look == IAP_LOOK_CLOCK || look == IAP_LOOK_STAMP)
		iap_buf_text(out, iap_zone_clock(out->arena, time));
	if (look == IAP_LOOK_STAMP)
		iap_buf_char(out, ' ');
	if (look == IAP_LOOK_OFFSET || look == IAP_LOOK_STAMP)
		iap_buf_text(out, iap_zone_offset(out->arena, time));
	return true;
}

static void
add_duration(struct iap_buf *out, int64_t ms)
{
	int64_t seconds = ms / 1000;

	if (seconds >= 3600)
		iap_buf_format(out, "%" PRId64 ":%02d:%02d", seconds / 3600, (int)(seconds / 60 % 60),
		    (int)(seconds % 60));
	else
		iap_buf_format(out, "%d:%02d", (int)(seconds / 60), (int)(seconds % 60));
}

static void
add_number(struct iap_buf *out, int64_t number)
{
	char *digits = iap_arena_format(out->arena, "%" PRId64, number);
	size_t length;

	if (*digits == '-')
		iap_buf_char(out, *digits++);
	length = strlen(digits);
	for (size_t i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			iap_buf_char(out, ',');
		iap_buf_char(out, digits[i]);
	}
}

/* Powers of 1000, as storage is sold and listed. */
static void
add_size(struct iap_buf *out, int64_t bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB", "PB" };
	int64_t tenths = bytes / 100;
	size_t unit = 0;

	if (bytes < 1000) {
		iap_buf_format(out, "%" PRId64 " byte%s", bytes, bytes == 1 ? "" : "s");
		return;
	}
	for (; tenths >= 10000 && unit + 1 < IAP_LENGTH(units); unit++)
		tenths /= 1000;
	if (tenths >= 1000)
		iap_buf_format(out, "%" PRId64 " %s", tenths / 10, units[unit]);
	else
		iap_buf_format(out, "%" PRId64 ".%d %s", tenths / 10, (int)(tenths % 10), units[unit]);
}

static bool
add_amount(struct iap_buf *out, enum iap_look look, const struct iap_json *value)
{
	int64_t number;

	if (!iap_json_i64(value, &number) || (look != IAP_LOOK_NUMBER && number < 0))
		return false;
	if (look == IAP_LOOK_DURATION)
		add_duration(out, number);
	else if (look == IAP_LOOK_SIZE)
		add_size(out, number);
	else
		add_number(out, number);
	return true;
}

void
iap_look_add(struct iap_buf *out, enum iap_look look, const struct iap_json *value)
{
	const char *text = iap_look_plain(value);

	switch (look) {
	case IAP_LOOK_JSON:
		add_json(out, value);
		return;
	case IAP_LOOK_URL:
		add_percent(out, text);
		return;
	case IAP_LOOK_LINK:
		add_escaped(out, is_own_address(text) ? text : "#");
		return;
	case IAP_LOOK_DATE:
	case IAP_LOOK_CLOCK:
	case IAP_LOOK_OFFSET:
	case IAP_LOOK_STAMP:
		if (add_time(out, look, text))
			return;
		break;
	case IAP_LOOK_DURATION:
	case IAP_LOOK_SIZE:
	case IAP_LOOK_NUMBER:
		if (add_amount(out, look, value))
			return;
		break;
	case IAP_LOOK_TEXT:
		break;
	}
	add_escaped(out, text);
}
