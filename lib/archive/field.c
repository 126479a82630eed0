/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/field.h"

#include <string.h>
#include <strings.h>

#include "archive/time.h"

/* More different texts than this nobody lists: the rest would only cost time. */
enum { TEXTS_MAX = 2000 };

const struct iap_json *
iap_field(const struct iap_json *object, const char *key)
{
	if (object == NULL || object->type != IAP_JSON_OBJECT)
		return NULL;
	for (const struct iap_json *member = object->first; member != NULL; member = member->next)
		if ((*member->key | 0x20) == (*key | 0x20) && strcasecmp(member->key, key) == 0)
			return member->type == IAP_JSON_NULL ? NULL : member;
	return NULL;
}

const char *
iap_field_text(const struct iap_json *object, const char *key)
{
	const char *text = iap_json_text(iap_field(object, key));

	return text == NULL || *text == '\0' ? NULL : text;
}

struct iap_moment
iap_field_moment(const struct iap_json *object, const char *key)
{
	const char *text = iap_field_text(object, key);
	struct iap_moment moment = { 0 };

	moment.known = text != NULL && iap_time_parse(text, &moment.ms);
	return moment;
}

bool
iap_field_is_true(const struct iap_json *object, const char *key)
{
	const struct iap_json *member = iap_field(object, key);
	const char *text = iap_json_text(member);

	if (member != NULL && member->type == IAP_JSON_TRUE)
		return true;
	return text != NULL && (strcasecmp(text, "true") == 0 || strcasecmp(text, "yes") == 0 ||
	    strcmp(text, "1") == 0);
}

struct iap_field_list
iap_field_list(const struct iap_json *object, const char *key)
{
	const struct iap_json *member = iap_field(object, key);

	if (member == NULL)
		return (struct iap_field_list){ 0 };
	if (member->type == IAP_JSON_ARRAY)
		return (struct iap_field_list){ .first = member->first, .count = member->count };
	return (struct iap_field_list){ .first = member, .count = 1 };
}

void
iap_texts_add(struct iap_arena *arena, struct iap_texts *texts, const char *text)
{
	size_t count = texts->count;

	if (text == NULL || *text == '\0' || count == TEXTS_MAX)
		return;
	for (size_t i = 0; i < count; i++)
		if (strcmp(texts->items[i], text) == 0)
			return;
	/* Full at every power of two: then the list moves to twice the room. */
	if ((count & (count - 1)) == 0) {
		const char **items =
		    iap_arena_array(arena, count == 0 ? 1 : count * 2, sizeof *items);

		if (count != 0)
			memcpy(items, texts->items, count * sizeof *items);
		texts->items = items;
	}
	texts->items[texts->count++] = text;
}

/* Adds the parts of "a, b"; spaces around them are no part of a name. */
static void
add_parts(struct iap_arena *arena, struct iap_texts *texts, const char *text)
{
	while (*text != '\0') {
		size_t length = strcspn(text, ","), begin = strspn(text, " ");
		size_t end = length;

		while (end > begin && text[end - 1] == ' ')
			end--;
		if (end > begin)
			iap_texts_add(arena, texts,
			    iap_arena_copy_bytes(arena, text + begin, end - begin));
		text += length + (text[length] == ',');
	}
}

void
iap_field_add_texts(struct iap_arena *arena, struct iap_texts *texts,
    const struct iap_json *object, const char *key)
{
	const struct iap_json *member = iap_field(object, key);
	struct iap_field_list list = iap_field_list(object, key);
	const struct iap_json *item = list.first;

	if (member != NULL && member->type == IAP_JSON_TEXT) {
		add_parts(arena, texts, member->text);
		return;
	}
	for (size_t i = 0; i < list.count; i++, item = item->next)
		iap_texts_add(arena, texts, item->type == IAP_JSON_OBJECT ?
		    iap_field_text(item, "name") : iap_json_text(item));
}

const char *
iap_field_digits(struct iap_arena *arena, const char *phone)
{
	size_t length = phone == NULL ? 0 : strcspn(phone, "@;"), used = 0;
	char *digits;

	if (phone == NULL || strpbrk(phone, "0123456789") == NULL)
		return NULL;
	digits = iap_arena_alloc(arena, length + 1);
	for (size_t i = 0; i < length; i++)
		if (phone[i] >= '0' && phone[i] <= '9')
			digits[used++] = phone[i];
	return used == 0 ? NULL : digits;
}
