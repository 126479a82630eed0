/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/media_entry.h"

#include <string.h>

#include "archive/duration.h"
#include "archive/field.h"
#include "archive/masks.h"
#include "archive/media_type.h"
#include "archive/pairing.h"
#include "base/text.h"

/* No file system takes a longer name. */
enum { NAME_MAX_BYTES = 255 };

void
iap_media_entry_add_name(struct iap_arena *arena, struct iap_media_entry *entry, const char *path)
{
	const char *name;
	size_t length;

	if (path == NULL)
		return;
	/* A query is no part of a name; in a plain name `?` and `#` are letters. */
	if (strstr(path, "://") != NULL)
		path = iap_arena_copy_bytes(arena, path, strcspn(path, "?#"));
	name = iap_pair_base(path);
	length = strlen(name);
	if (length == 0 || length > NAME_MAX_BYTES || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0)
		return;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f)
			return;
	iap_texts_add(arena, &entry->names, name);
}

/* A descriptor is an object with a path; some hands wrote the path alone. */
static const char *
descriptor_path(const struct iap_json *media, const char *key)
{
	const struct iap_json *descriptor = iap_field(media, key);
	const char *path = iap_field_text(descriptor, "path");

	return path != NULL ? path : iap_json_text(descriptor);
}

static void
find_names(struct iap_arena *arena, const struct iap_json *media, struct iap_media_entry *entry)
{
	iap_media_entry_add_name(arena, entry, entry->media_id);
	iap_media_entry_add_name(arena, entry, descriptor_path(media, "mediaDescriptor"));
	iap_media_entry_add_name(arena, entry, descriptor_path(media, "originalMediaDescriptor"));
	iap_media_entry_add_name(arena, entry, iap_field_text(media, "mediaPath"));
	iap_media_entry_add_name(arena, entry, iap_field_text(media, "playPath"));
	iap_media_entry_add_name(arena, entry, iap_field_text(media, "mediaUri"));
}

static void
find_type(struct iap_arena *arena, const struct iap_json *media, struct iap_media_entry *entry)
{
	entry->type = iap_media_type_parse(arena, iap_field_text(media, "type"));
	for (size_t i = 0; i < entry->names.count && entry->type == NULL; i++)
		entry->type = iap_media_type_of_name(arena, entry->names.items[i]);
	if (entry->type == NULL)
		entry->type = "application/octet-stream";
	entry->kind = iap_media_type_kind(entry->type);
}

static void
find_size(const struct iap_json *media, struct iap_media_entry *entry)
{
	const char *text = iap_field_text(media, "size");

	entry->has_size = text != NULL && iap_text_parse_u64(text, &entry->size);
}

/* Who may hear it, and which agent's screen it shows. */
static void
find_owners(struct iap_arena *arena, const struct iap_json *media, struct iap_media_entry *entry)
{
	const struct iap_json *parameters = iap_field(media, "parameters");
	const struct iap_json *contact = iap_field(parameters, "contact");

	iap_field_add_texts(arena, &entry->partitions, media, "partitions");
	iap_field_add_texts(arena, &entry->accessgroups, media, "accessgroups");
	entry->tenant = iap_field_text(media, "tenant");
	entry->region = iap_field_text(parameters, "region");
	if (entry->kind != IAP_MEDIA_VIDEO)
		return;
	entry->screen_contact = iap_field_text(contact, "userName");
	if (entry->screen_contact == NULL && contact != NULL && contact->type == IAP_JSON_TEXT &&
	    contact->length > 0)
		entry->screen_contact = contact->text;
}

void
iap_media_entry_read(struct iap_arena *arena, const struct iap_json *media,
    struct iap_media_entry *out)
{
	*out = (struct iap_media_entry){ 0 };
	out->media_id = iap_field_text(media, "mediaId");
	find_names(arena, media, out);
	find_type(arena, media, out);
	find_size(media, out);
	out->started = iap_field_moment(media, "startTime");
	out->ended = iap_field_moment(media, "stopTime");
	if (!out->ended.known)
		out->ended = iap_field_moment(media, "endTime");
	iap_duration_find(out, iap_field_text(media, "duration"));
	if (!out->ended.known && out->started.known && out->has_duration)
		out->ended = (struct iap_moment){ true, out->started.ms + out->duration_ms };
	out->call_uuid = iap_field_text(media, "callUUID");
	iap_masks_find(arena, out, media);
	out->envelope = iap_field_text(media, "pkcs7");
	/* An issuer's name is full of commas: an alias is never a list in one text. */
	if (iap_json_text(iap_field(media, "certAlias")) != NULL)
		iap_texts_add(arena, &out->cert_aliases, iap_field_text(media, "certAlias"));
	else
		iap_field_add_texts(arena, &out->cert_aliases, media, "certAlias");
	out->encrypted = out->envelope != NULL || out->cert_aliases.count > 0;
	find_owners(arena, media, out);
}
