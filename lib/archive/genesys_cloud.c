/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/genesys_cloud.h"

#include <string.h>
#include <strings.h>

#include "archive/field.h"
#include "archive/media_entry.h"
#include "archive/media_type.h"
#include "archive/pairing.h"
#include "archive/recording.h"

bool
iap_genesys_cloud_is(const struct iap_json *json)
{
	return iap_json_find(json, "recordingId") != NULL &&
	    (iap_json_find(json, "mediaType") != NULL ||
	    iap_json_find(json, "conversationId") != NULL);
}

/* "x.opus_metadata.json" stands beside "x.opus"; else the id with an ending it may have. */
static void
find_names(struct iap_arena *arena, const char *key, bool screen, const char *id,
    struct iap_media_entry *entry)
{
	static const char *const audio[] = { ".opus", ".ogg", ".mp3", ".wav", ".webm" };
	static const char *const video[] = { ".mp4", ".webm" };
	static const char suffix[] = "_metadata.json";
	const char *const *endings = screen ? video : audio;
	size_t count = screen ? IAP_LENGTH(video) : IAP_LENGTH(audio);
	const char *base = iap_pair_base(key);
	size_t length = strlen(base);

	if (length > strlen(suffix) && strcasecmp(base + length - strlen(suffix), suffix) == 0) {
		base = iap_arena_copy_bytes(arena, base, length - strlen(suffix));
		if (iap_media_type_of_name(arena, base) != NULL)
			iap_media_entry_add_name(arena, entry, base);
	}
	for (size_t i = 0; i < count; i++)
		iap_media_entry_add_name(arena, entry,
		    iap_arena_format(arena, "%s%s", id, endings[i]));
}

static void
read_media(struct iap_arena *arena, const struct iap_json *recording, const char *key,
    struct iap_metadata *out)
{
	const char *type = iap_field_text(recording, "mediaType");
	const char *subtype = iap_field_text(recording, "mediaSubtype");
	bool screen = (type != NULL && strcasecmp(type, "Screen") == 0) ||
	    (subtype != NULL && strcasecmp(subtype, "Screen") == 0);
	struct iap_media_entry *entry = iap_arena_alloc(arena, sizeof *entry);

	find_names(arena, key, screen, out->recording_id, entry);
	entry->kind = screen ? IAP_MEDIA_VIDEO : IAP_MEDIA_AUDIO;
	entry->type = entry->names.count == 0 ? NULL :
	    iap_media_type_of_name(arena, entry->names.items[0]);
	if (entry->type == NULL)
		entry->type = screen ? "video/mp4" : "audio/ogg";
	entry->call_uuid = iap_field_text(recording, "conversationId");
	entry->started = iap_field_moment(recording, "startTime");
	entry->ended = iap_field_moment(recording, "endTime");
	entry->has_duration = entry->started.known && entry->ended.known &&
	    entry->ended.ms >= entry->started.ms;
	if (entry->has_duration)
		entry->duration_ms = entry->ended.ms - entry->started.ms;
	out->media = entry;
	out->media_count = 1;
	out->has_screen = screen;
}

static void
read_users(struct iap_arena *arena, const struct iap_json *recording, struct iap_metadata *out)
{
	struct iap_texts users = { 0 };

	iap_field_add_texts(arena, &users, recording, "userIds");
	out->participants = iap_arena_array(arena, users.count + 1, sizeof *out->participants);
	out->participant_count = users.count;
	for (size_t i = 0; i < users.count; i++)
		out->participants[i] = (struct iap_participant){
			.kind = IAP_CONTACT_USER,
			.user_name = users.items[i],
		};
}

enum iap_status
iap_genesys_cloud_read(struct iap_arena *arena, const struct iap_json *recording, const char *key,
    struct iap_metadata *out, struct iap_error *err)
{
	*out = (struct iap_metadata){ .recording_id = iap_field_text(recording, "recordingId") };
	if (iap_recording_check_id(out->recording_id, err) != IAP_OK)
		return err->status;
	read_media(arena, recording, key, out);
	read_users(arena, recording, out);
	iap_recording_find_times(out, iap_field_moment(recording, "startTime"),
	    iap_field_moment(recording, "endTime"), key);
	out->call_type = iap_call_type_parse(iap_field_text(recording, "initialDirection"));
	out->region = iap_field_text(recording, "region");
	out->caller = iap_field_text(recording, "ani");
	out->caller_digits = iap_field_digits(arena, out->caller);
	out->dialed = iap_field_text(recording, "dnis");
	out->dialed_digits = iap_field_digits(arena, out->dialed);
	return IAP_OK;
}
