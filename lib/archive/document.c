/* SPDX-License-Identifier: Apache-2.0 */
/* A file: whether it is a document of recordings, and which recordings it holds. */
#include "archive/metadata.h"

#include "archive/genesys_cloud.h"
#include "archive/field.h"
#include "archive/recording.h"
#include "archive/secret.h"
#include "json/json.h"

struct element {
	const struct iap_json *slice;     /* what is served as this recording's document */
	const struct iap_json *recording; /* what is read */
	size_t position;
};

struct elements {
	struct element *items;
	size_t count;
};

static bool
is_recording(const struct iap_json *json)
{
	return iap_recording_is(json) || iap_genesys_cloud_is(json);
}

/* Adds an item of a list when it is a recording, or the envelope of one. */
static void
add_element(struct elements *elements, const struct iap_json *json, size_t position)
{
	const struct iap_json *inner = is_recording(json) ? json : iap_field(json, "recording");

	if (is_recording(inner))
		elements->items[elements->count++] = (struct element){ json, inner, position };
}

/* Finds the recordings in whichever wrapping the file has. */
static struct elements
find_elements(struct iap_arena *arena, const struct iap_json *root)
{
	struct iap_field_list list = { .first = root, .count = 1 };
	const struct iap_json *item;
	struct elements elements = { 0 };

	if (root->type == IAP_JSON_ARRAY) {
		list = (struct iap_field_list){ root->first, root->count };
	} else if (!is_recording(root)) {
		bool many = iap_field(root, "recordings") != NULL;

		list = iap_field_list(root, many ? "recordings" : "recording");
	}
	elements.items = iap_arena_array(arena, list.count + 1, sizeof *elements.items);
	item = list.first;
	for (size_t i = 0; i < list.count; i++, item = item->next)
		add_element(&elements, item, i);
	return elements;
}

static enum iap_status
read_element(struct iap_arena *arena, const char *bytes, const struct element *element,
    const char *key, struct iap_metadata *out, struct iap_error *err)
{
	if (iap_recording_is(element->recording))
		return iap_recording_read(arena, bytes, element->recording, key, out, err);
	return iap_genesys_cloud_read(arena, element->recording, key, out, err);
}

static void
note_fault(struct iap_arena *arena, struct iap_document *out, const struct element *element,
    const struct iap_error *err)
{
	if (out->fault_count++ == 0)
		out->fault = iap_arena_format(arena, "recording %zu of the file: %s",
		    element->position + 1, err->detail);
}

enum iap_status
iap_document_parse(struct iap_arena *arena, const char *bytes, size_t size, const char *key,
    struct iap_document *out, struct iap_error *err)
{
	struct iap_json *root;
	struct elements elements;

	*out = (struct iap_document){ 0 };
	if (size > IAP_DOCUMENT_LIMIT)
		return iap_error_set(err, IAP_CORRUPT, "larger than %d bytes", IAP_DOCUMENT_LIMIT);
	if (iap_json_parse(arena, bytes, size, &root, err) != IAP_OK)
		return err->status;
	elements = find_elements(arena, root);
	out->recordings = iap_arena_array(arena, elements.count + 1, sizeof *out->recordings);
	for (size_t i = 0; i < elements.count; i++) {
		const struct element *element = &elements.items[i];
		struct iap_metadata *metadata = &out->recordings[out->count];
		bool whole = elements.count == 1;

		if (read_element(arena, bytes, element, key, metadata, err) != IAP_OK) {
			note_fault(arena, out, element, err);
			continue;
		}
		metadata->element = element->position;
		metadata->slice_begin = whole ? 0 : element->slice->begin;
		metadata->slice_end = whole ? size : element->slice->end;
		metadata->blanks = iap_secret_find(arena, bytes, whole ? root : element->slice,
		    &metadata->blank_count);
		out->count++;
	}
	return out->count == 0 && out->fault_count > 0 ? err->status : IAP_OK;
}
