/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/attached.h"

#include <string.h>

#include "archive/field.h"
#include "archive/secret.h"

/* Keys that a recording may have; more are left to the original document. */
enum { ATTRIBUTES_MAX = 2000 };

static const char *const holders[] = { "data", "userData", "attachedData" };
static const char *const setters[] = { "added", "updated", "changed" };
static const char *const removers[] = { "removed", "deleted" };

bool
iap_attached_is_in(const struct iap_json *holder)
{
	for (size_t i = 0; i < IAP_LENGTH(holders); i++)
		if (iap_field(holder, holders[i]) != NULL)
			return true;
	return false;
}

static const char *
value_text(struct iap_arena *arena, const char *bytes, const struct iap_json *value)
{
	if (value->text != NULL)
		return value->text;
	if (value->type == IAP_JSON_NULL)
		return "";
	return iap_arena_copy_bytes(arena, bytes + value->begin, value->end - value->begin);
}

static void
set(struct iap_arena *arena, const char *bytes, struct iap_event *event, const char *key,
    const struct iap_json *value)
{
	if (key == NULL || *key == '\0' || value == NULL)
		return;
	event->data[event->data_count++] = (struct iap_attribute){
		.key = key,
		.value = value_text(arena, bytes, value),
		.secret = iap_secret_is_key(key) || iap_secret_is_inside(value),
	};
}

/* Members of an object, or {"key":..., "value":...} in an array, are set. */
static void
set_all(struct iap_arena *arena, const char *bytes, struct iap_event *event,
    const struct iap_json *map)
{
	if (map == NULL)
		return;
	for (const struct iap_json *item = map->first; item != NULL; item = item->next) {
		const char *key = iap_field_text(item, "key");

		if (map->type == IAP_JSON_OBJECT)
			set(arena, bytes, event, item->key, item);
		else
			set(arena, bytes, event, key != NULL ? key : iap_field_text(item, "name"),
			    iap_field(item, "value"));
	}
}

/* The keys of an object, or the texts of an array, are gone. */
static void
remove_all(struct iap_arena *arena, struct iap_event *event, const struct iap_json *map)
{
	if (map == NULL)
		return;
	for (const struct iap_json *item = map->first; item != NULL; item = item->next) {
		const char *key = iap_field_text(item, "key");

		if (map->type == IAP_JSON_OBJECT)
			iap_texts_add(arena, &event->removed, item->key);
		else
			iap_texts_add(arena, &event->removed,
			    key != NULL ? key : iap_json_text(item));
	}
}

static bool
is_group(const struct iap_json *json)
{
	return json != NULL && (json->type == IAP_JSON_OBJECT || json->type == IAP_JSON_ARRAY);
}

/* Whether the data is divided into what was added, changed and removed. */
static bool
is_grouped(const struct iap_json *data)
{
	for (size_t i = 0; i < IAP_LENGTH(setters); i++)
		if (is_group(iap_field(data, setters[i])))
			return true;
	for (size_t i = 0; i < IAP_LENGTH(removers); i++)
		if (is_group(iap_field(data, removers[i])))
			return true;
	return false;
}

/* How many pairs there can be at most. */
static size_t
count_pairs(const struct iap_json *data)
{
	size_t count = data->count;

	for (const struct iap_json *member = data->first; member != NULL; member = member->next)
		count += member->count;
	return count;
}

void
iap_attached_read(struct iap_arena *arena, const char *bytes, const struct iap_json *holder,
    struct iap_event *event)
{
	const struct iap_json *found[IAP_LENGTH(holders)];
	size_t room = 0;

	for (size_t i = 0; i < IAP_LENGTH(holders); i++) {
		found[i] = iap_field(holder, holders[i]);
		room += is_group(found[i]) ? count_pairs(found[i]) : 0;
	}
	if (room == 0)
		return;
	event->data = iap_arena_array(arena, room, sizeof *event->data);
	for (size_t i = 0; i < IAP_LENGTH(holders); i++) {
		if (!is_grouped(found[i])) {
			set_all(arena, bytes, event, is_group(found[i]) ? found[i] : NULL);
			continue;
		}
		for (size_t k = 0; k < IAP_LENGTH(setters); k++)
			set_all(arena, bytes, event, iap_field(found[i], setters[k]));
		for (size_t k = 0; k < IAP_LENGTH(removers); k++)
			remove_all(arena, event, iap_field(found[i], removers[k]));
	}
}

static size_t
find_attribute(const struct iap_metadata *metadata, const char *key)
{
	size_t i = 0;

	while (i < metadata->attribute_count && strcmp(metadata->attributes[i].key, key) != 0)
		i++;
	return i;
}

static void
apply_one(struct iap_arena *arena, struct iap_metadata *metadata,
    const struct iap_attribute *attribute)
{
	size_t count = metadata->attribute_count, i = find_attribute(metadata, attribute->key);

	if (i == ATTRIBUTES_MAX)
		return;
	/* Full at every power of two: then the list moves to twice the room. */
	if (i == count && (count & (count - 1)) == 0) {
		struct iap_attribute *attributes =
		    iap_arena_array(arena, count == 0 ? 1 : count * 2, sizeof *attributes);

		if (count != 0)
			memcpy(attributes, metadata->attributes, count * sizeof *attributes);
		metadata->attributes = attributes;
	}
	metadata->attribute_count += i == count;
	metadata->attributes[i] = *attribute;
}

void
iap_attached_apply(struct iap_arena *arena, struct iap_metadata *metadata,
    const struct iap_event *event)
{
	for (size_t i = 0; i < event->data_count; i++)
		apply_one(arena, metadata, &event->data[i]);
	for (size_t i = 0; i < event->removed.count; i++) {
		size_t at = find_attribute(metadata, event->removed.items[i]);

		if (at == metadata->attribute_count)
			continue;
		metadata->attribute_count--;
		memmove(metadata->attributes + at, metadata->attributes + at + 1,
		    (metadata->attribute_count - at) * sizeof *metadata->attributes);
	}
}
