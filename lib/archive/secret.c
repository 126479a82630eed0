/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/secret.h"

#include <string.h>
#include <strings.h>

#include "archive/field.h"

struct finder {
	struct iap_arena *arena;
	const char *bytes;
	struct iap_blank *blanks;
	size_t count;
	size_t capacity;
};

/* Whether one of the words, all of small letters, begins at `text`. */
static bool
begins_with_word(const char *text)
{
	static const char *const words[] = {
		"password", "passwd", "passphrase", "secret", "credential", "authorization",
		"accesskey", "access_key", "apikey", "api_key", "privatekey", "private_key",
	};

	for (size_t i = 0; i < IAP_LENGTH(words); i++)
		if ((*text | 0x20) == words[i][0] &&
		    strncasecmp(text, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

static bool
ends(const char *text, const char *word)
{
	size_t length = strlen(text), wanted = strlen(word);

	return length >= wanted && strcasecmp(text + length - wanted, word) == 0;
}

bool
iap_secret_is_key(const char *key)
{
	static const char *const endings[] = { "_auth", "pwd", "token" };

	/* Every key of every document comes by here: four letters begin all the words. */
	for (const char *at = key; *at != '\0'; at++) {
		char letter = (char)(*at | 0x20);

		if ((letter == 'p' || letter == 's' || letter == 'c' || letter == 'a') &&
		    begins_with_word(at))
			return true;
	}
	for (size_t i = 0; i < IAP_LENGTH(endings); i++)
		if (ends(key, endings[i]))
			return true;
	return false;
}

/* In {"key": "rp.x_auth", "value": "..."} the value is the secret. */
static bool
is_secret_pair(const struct iap_json *object)
{
	const char *key = iap_field_text(object, "key");

	if (key == NULL)
		key = iap_field_text(object, "name");
	return key != NULL && iap_secret_is_key(key);
}

static bool
is_secret_member(const struct iap_json *object, const struct iap_json *member)
{
	if (object->type != IAP_JSON_OBJECT)
		return false;
	return iap_secret_is_key(member->key) ||
	    (strcasecmp(member->key, "value") == 0 && is_secret_pair(object));
}

bool
iap_secret_is_inside(const struct iap_json *json)
{
	for (const struct iap_json *member = json->first; member != NULL; member = member->next)
		if (is_secret_member(json, member) || iap_secret_is_inside(member))
			return true;
	return false;
}

static void
add_blank(struct finder *finder, size_t begin, size_t end, char fill)
{
	if (begin >= end)
		return;
	if (finder->count == finder->capacity) {
		size_t capacity = finder->capacity == 0 ? 4 : finder->capacity * 2;
		struct iap_blank *blanks = iap_arena_array(finder->arena, capacity, sizeof *blanks);

		if (finder->count != 0)
			memcpy(blanks, finder->blanks, finder->count * sizeof *blanks);
		finder->blanks = blanks;
		finder->capacity = capacity;
	}
	finder->blanks[finder->count++] = (struct iap_blank){ begin, end, fill };
}

/* Blanks the password of `scheme://user:password@host`, where slashes may be escaped. */
static void
blank_url(struct finder *finder, const struct iap_json *text)
{
	size_t at = text->begin + 1, end = text->end - 1, colon = 0;
	const char *bytes = finder->bytes;
	unsigned int slashes = 0;

	while (at < end && bytes[at] != ':')
		at++;
	for (at++; at < end && (bytes[at] == '/' || bytes[at] == '\\'); at++)
		slashes += bytes[at] == '/';
	if (slashes != 2)
		return;
	for (; at < end && strchr("/\\?#", bytes[at]) == NULL; at++) {
		if (bytes[at] == ':' && colon == 0)
			colon = at;
		if (bytes[at] == '@' && colon != 0) {
			add_blank(finder, colon + 1, at, '*');
			return;
		}
	}
}

static void
search(struct finder *finder, const struct iap_json *json, bool secret)
{
	if (json->type == IAP_JSON_NUMBER && secret)
		add_blank(finder, json->begin, json->end, '1');
	else if (json->type == IAP_JSON_TEXT && secret)
		add_blank(finder, json->begin + 1, json->end - 1, '*');
	else if (json->type == IAP_JSON_TEXT && strchr(json->text, '@') != NULL)
		blank_url(finder, json);
	for (const struct iap_json *member = json->first; member != NULL; member = member->next)
		search(finder, member, secret || is_secret_member(json, member));
}

struct iap_blank *
iap_secret_find(struct iap_arena *arena, const char *bytes, const struct iap_json *json,
    size_t *count_out)
{
	struct finder finder = { .arena = arena, .bytes = bytes };

	search(&finder, json, false);
	*count_out = finder.count;
	return finder.blanks;
}
