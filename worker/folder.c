/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/folder.h"

#include <stdlib.h>
#include <string.h>

#include "model/key.h"

void
iap_folder_open(struct iap_folder *folder, struct iap_arena *arena, const char *key,
    const struct iap_storage_page *page)
{
	*folder = (struct iap_folder){
		.arena = arena,
		.key = iap_arena_copy(arena, key),
		.hash = iap_key_hash64(key),
		.objects = iap_arena_array(arena, page->count + 1, sizeof *folder->objects),
	};
	for (size_t i = 0; i < page->count; i++) {
		const struct iap_storage_entry *entry = &page->entries[i];
		struct iap_folder_object *object = &folder->objects[folder->count];

		if (entry->directory || entry->name[0] == '.')
			continue;
		object->key = *key == '\0' ? iap_arena_copy(arena, entry->name) :
		    iap_arena_format(arena, "%s/%s", key, entry->name);
		object->folded = iap_pair_fold(arena, object->key);
		object->size = entry->size;
		object->mtime_ns = entry->mtime_ns;
		folder->count++;
		folder->survey.documents += iap_pair_is_document(object->key);
		if (!iap_pair_is_media(object->key))
			continue;
		if (folder->survey.media++ == 0)
			folder->survey.only_media = object->key;
	}
}

static int
compare_folded(const void *a, const void *b)
{
	const struct iap_folder_object *x = *(struct iap_folder_object *const *)a;
	const struct iap_folder_object *y = *(struct iap_folder_object *const *)b;
	int order = strcmp(x->folded, y->folded);

	return order != 0 ? order : strcmp(x->key, y->key);
}

static enum iap_status
in_folder(void *context, struct iap_arena *arena, const char *key, const char *folded,
    struct iap_texts *keys_out, struct iap_error *err)
{
	struct iap_folder *folder = context;
	size_t low = 0, high = folder->count;

	(void)err;
	*keys_out = (struct iap_texts){ 0 };
	if (strcmp(key, folder->key) != 0)
		return IAP_OK;
	if (folder->by_name == NULL) {
		folder->by_name = iap_arena_array(folder->arena, folder->count + 1, sizeof *folder->by_name);
		for (size_t i = 0; i < folder->count; i++)
			folder->by_name[i] = &folder->objects[i];
		qsort(folder->by_name, folder->count, sizeof *folder->by_name, compare_folded);
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(folder->by_name[middle]->folded, folded) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (high = low; high < folder->count &&
	    strcmp(folder->by_name[high]->folded, folded) == 0; high++)
		continue;
	keys_out->items = iap_arena_array(arena, high - low + 1, sizeof *keys_out->items);
	for (; low < high; low++)
		keys_out->items[keys_out->count++] = folder->by_name[low]->key;
	return IAP_OK;
}

static enum iap_status
in_source(void *context, struct iap_arena *arena, const char *prefix, const char *folded,
    size_t limit, struct iap_texts *keys_out, struct iap_error *err)
{
	(void)context;
	(void)arena;
	(void)prefix;
	(void)folded;
	(void)limit;
	(void)err;
	*keys_out = (struct iap_texts){ 0 };
	return IAP_OK;
}

static enum iap_status
survey(void *context, struct iap_arena *arena, const char *key, struct iap_pair_folder *out,
    struct iap_error *err)
{
	const struct iap_folder *folder = context;

	(void)arena;
	(void)err;
	*out = strcmp(key, folder->key) == 0 ? folder->survey : (struct iap_pair_folder){ 0 };
	return IAP_OK;
}

static enum iap_status
named_elsewhere(void *context, const char *folder, const char *form,
    const char *recording_id, bool *out, struct iap_error *err)
{
	(void)context;
	(void)folder;
	(void)form;
	(void)recording_id;
	(void)err;
	*out = true;
	return IAP_OK;
}

struct iap_pair_lookup
iap_folder_lookup(struct iap_folder *folder)
{
	return (struct iap_pair_lookup){
		.context = folder,
		.complete = false,
		.in_folder = in_folder,
		.in_source = in_source,
		.survey = survey,
		.named_elsewhere = named_elsewhere,
	};
}

bool
iap_folder_size_of(void *context, const char *key, uint64_t *size_out)
{
	const struct iap_folder *folder = context;
	size_t low = 0, high = folder->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(folder->objects[middle].key, key);

		if (order == 0) {
			*size_out = folder->objects[middle].size;
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}
