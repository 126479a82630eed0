/* SPDX-License-Identifier: Apache-2.0 */
#include "web/place.h"

#include <string.h>

#include "base/macros.h"

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Adds `c` to a short text; what does not fit is not told apart by anybody. */
static void
append(char *text, size_t size, char c)
{
	size_t length = strlen(text);

	if (length + 1 < size) {
		text[length] = lower(c);
		text[length + 1] = '\0';
	}
}

/* Keeps the last bytes seen. */
static void
remember(struct iap_place *place, char c)
{
	size_t length = strlen(place->tail);

	if (length + 1 == sizeof(place->tail)) {
		memmove(place->tail, place->tail + 1, length);
		length--;
	}
	place->tail[length] = lower(c);
	place->tail[length + 1] = '\0';
}

static bool
tail_is(const struct iap_place *place, const char *text)
{
	size_t length = strlen(place->tail), wanted = strlen(text);

	return length >= wanted && strcmp(place->tail + length - wanted, text) == 0;
}

static void
enter(struct iap_place *place, enum iap_place_kind kind)
{
	place->kind = kind;
	place->tail[0] = '\0';
}

/* The tag ended with `>`: what follows depends on its name. */
static void
leave_tag(struct iap_place *place)
{
	enum iap_place_kind next = IAP_PLACE_TEXT;

	if (!place->closing && strcmp(place->tag, "style") == 0)
		next = IAP_PLACE_SCRIPT;
	if (!place->closing && strcmp(place->tag, "script") == 0)
		next = place->is_json ? IAP_PLACE_JSON : IAP_PLACE_SCRIPT;
	enter(place, next);
}

static void
begin_tag(struct iap_place *place)
{
	enter(place, IAP_PLACE_OPEN);
	place->tag[0] = '\0';
	place->attribute[0] = '\0';
	place->closing = false;
	place->is_json = false;
}

static void
pass_open(struct iap_place *place, char c)
{
	if (c == '!') {
		enter(place, IAP_PLACE_COMMENT);
		remember(place, '!');
	} else if (c == '/' && place->tag[0] == '\0') {
		place->closing = true;
	} else if (c == '>') {
		leave_tag(place);
	} else if (is_space(c) || c == '/') {
		/* "a < b" is text, not a tag. */
		place->kind = place->tag[0] == '\0' ? IAP_PLACE_TEXT : IAP_PLACE_TAG;
	} else {
		append(place->tag, sizeof(place->tag), c);
	}
}

static void
pass_tag(struct iap_place *place, char c)
{
	if (c == '>') {
		leave_tag(place);
	} else if (c == '=' && place->attribute[0] != '\0') {
		place->kind = IAP_PLACE_EQUALS;
	} else if (!is_space(c) && c != '/') {
		place->kind = IAP_PLACE_NAME;
		place->attribute[0] = '\0';
		append(place->attribute, sizeof(place->attribute), c);
	}
}

static void
pass_name(struct iap_place *place, char c)
{
	if (c == '>')
		leave_tag(place);
	else if (c == '=')
		place->kind = IAP_PLACE_EQUALS;
	else if (is_space(c) || c == '/')
		place->kind = IAP_PLACE_TAG;
	else
		append(place->attribute, sizeof(place->attribute), c);
}

static void
pass_equals(struct iap_place *place, char c)
{
	if (is_space(c))
		return;
	place->value[0] = '\0';
	if (c == '"' || c == '\'') {
		place->kind = IAP_PLACE_QUOTED;
		place->quote = c;
		place->begun = false;
	} else if (c == '>') {
		leave_tag(place);
	} else {
		place->kind = IAP_PLACE_BARE;
	}
}

static void
pass_quoted(struct iap_place *place, char c)
{
	if (c != place->quote) {
		place->begun = true;
		append(place->value, sizeof(place->value), c);
		return;
	}
	if (strcmp(place->attribute, "type") == 0 && strcmp(place->value, "application/json") == 0)
		place->is_json = true;
	place->attribute[0] = '\0';
	place->kind = IAP_PLACE_TAG;
}

static void
pass_raw(struct iap_place *place, char c)
{
	remember(place, c);
	if (c != '>')
		return;
	if (place->kind == IAP_PLACE_COMMENT) {
		/* A doctype ends with any `>`, a comment with `-->`. */
		bool comment = place->value[0] == '-';

		if (!comment || tail_is(place, "-->"))
			enter(place, IAP_PLACE_TEXT);
	} else if (tail_is(place, "</script>") || tail_is(place, "</style>")) {
		enter(place, IAP_PLACE_TEXT);
	}
}

static void
pass_char(struct iap_place *place, char c)
{
	switch (place->kind) {
	case IAP_PLACE_TEXT:
		if (c == '<')
			begin_tag(place);
		break;
	case IAP_PLACE_OPEN:
		pass_open(place, c);
		place->value[0] = '\0';
		break;
	case IAP_PLACE_TAG:
		pass_tag(place, c);
		break;
	case IAP_PLACE_NAME:
		pass_name(place, c);
		break;
	case IAP_PLACE_EQUALS:
		pass_equals(place, c);
		break;
	case IAP_PLACE_BARE:
		if (c == '>')
			leave_tag(place);
		else if (is_space(c))
			place->kind = IAP_PLACE_TAG;
		break;
	case IAP_PLACE_QUOTED:
		pass_quoted(place, c);
		break;
	case IAP_PLACE_SCRIPT:
	case IAP_PLACE_JSON:
		pass_raw(place, c);
		break;
	case IAP_PLACE_COMMENT:
		append(place->value, sizeof(place->value), c);
		pass_raw(place, c);
		break;
	}
}

void
iap_place_pass(struct iap_place *place, const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		pass_char(place, bytes[i]);
}

/* At the end of a tag's name, or of an attribute without a value, either may follow. */
static enum iap_place_kind
kind_of(const struct iap_place *place)
{
	if (place->kind == IAP_PLACE_NAME || (place->kind == IAP_PLACE_OPEN && place->tag[0] != '\0'))
		return IAP_PLACE_TAG;
	return place->kind;
}

bool
iap_place_same(const struct iap_place *one, const struct iap_place *two)
{
	if (kind_of(one) != kind_of(two))
		return false;
	if (one->kind == IAP_PLACE_QUOTED)
		return one->quote == two->quote && strcmp(one->attribute, two->attribute) == 0;
	if (kind_of(one) == IAP_PLACE_TAG)
		return strcmp(one->tag, two->tag) == 0;
	return true;
}

bool
iap_place_is_address(const struct iap_place *place)
{
	static const char *const names[] = { "href", "src", "action", "formaction", "poster", "cite",
		"data", "background", "ping", "manifest", "srcset", "xlink:href", "longdesc" };

	for (size_t i = 0; i < IAP_LENGTH(names); i++)
		if (strcmp(place->attribute, names[i]) == 0)
			return true;
	return false;
}

bool
iap_place_is_active(const struct iap_place *place)
{
	return strncmp(place->attribute, "on", 2) == 0 || strcmp(place->attribute, "style") == 0 ||
	    strcmp(place->attribute, "srcdoc") == 0;
}
