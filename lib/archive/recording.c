/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/recording.h"

#include <string.h>
#include <strings.h>

#include "archive/attached.h"
#include "archive/event.h"
#include "archive/field.h"
#include "archive/media_entry.h"
#include "archive/participant.h"
#include "archive/time.h"

/* The place of a media file in its document is a number of 16 bits. */
enum { MEDIA_MAX = 10000 };

static const char *
media_key(const struct iap_json *json)
{
	return iap_json_find(json, "mediaFiles") != NULL ? "mediaFiles" : "mediaFile";
}

bool
iap_recording_is(const struct iap_json *json)
{
	return iap_json_find(json, "mediaFiles") != NULL ||
	    iap_json_find(json, "mediaFile") != NULL;
}

enum iap_call_type
iap_call_type_parse(const char *text)
{
	if (text == NULL)
		return IAP_CALL_UNKNOWN;
	for (int type = 0; type < IAP_CALL_TYPE_COUNT; type++)
		if (strcasecmp(text, iap_call_type_name((enum iap_call_type)type)) == 0)
			return (enum iap_call_type)type;
	return IAP_CALL_UNKNOWN;
}

enum iap_status
iap_recording_check_id(const char *id, struct iap_error *err)
{
	if (id == NULL)
		return iap_error_set(err, IAP_CORRUPT, "the recording has no id");
	if (strlen(id) > IAP_RECORDING_ID_MAX)
		return iap_error_set(err, IAP_CORRUPT, "the recording's id has more than %d bytes",
		    IAP_RECORDING_ID_MAX);
	return IAP_OK;
}

static enum iap_status
read_media(struct iap_arena *arena, const struct iap_json *recording, struct iap_metadata *out,
    struct iap_error *err)
{
	const char *key = media_key(recording);
	struct iap_field_list list = iap_field_list(recording, key);
	const struct iap_json *item = list.first;

	if (list.count > MEDIA_MAX)
		return iap_error_set(err, IAP_CORRUPT, "%s has more than %d entries", key,
		    MEDIA_MAX);
	out->media = iap_arena_array(arena, list.count + 1, sizeof *out->media);
	out->media_count = list.count;
	for (size_t i = 0; i < list.count; i++, item = item->next) {
		if (item->type != IAP_JSON_OBJECT)
			return iap_error_set(err, IAP_CORRUPT, "%s[%zu] is no object", key, i);
		iap_media_entry_read(arena, item, &out->media[i]);
		out->has_screen |= out->media[i].kind == IAP_MEDIA_VIDEO;
	}
	return IAP_OK;
}

static void
keep_earliest(struct iap_moment *moment, struct iap_moment other)
{
	if (other.known && (!moment->known || other.ms < moment->ms))
		*moment = other;
}

static void
keep_latest(struct iap_moment *moment, struct iap_moment other)
{
	if (other.known && (!moment->known || other.ms > moment->ms))
		*moment = other;
}

/* The path first: its folder is the day for which Genesys filed the recording. */
static bool
find_date(const struct iap_metadata *metadata, const char *key, int64_t *ms_out)
{
	if (iap_time_find_date(key, ms_out))
		return true;
	for (size_t i = 0; i < metadata->media_count; i++)
		for (size_t k = 0; k < metadata->media[i].names.count; k++)
			if (iap_time_find_date(metadata->media[i].names.items[k], ms_out))
				return true;
	return false;
}

void
iap_recording_find_times(struct iap_metadata *out, struct iap_moment started,
    struct iap_moment ended, const char *key)
{
	struct iap_moment first = { 0 }, last = { 0 };

	for (size_t i = 0; i < out->media_count; i++) {
		keep_earliest(&first, out->media[i].started);
		keep_earliest(&first, out->media[i].ended);
		keep_latest(&last, out->media[i].started);
		keep_latest(&last, out->media[i].ended);
	}
	for (size_t i = 0; i < out->event_count; i++) {
		keep_earliest(&first, out->events[i].at);
		keep_latest(&last, out->events[i].at);
	}
	out->started = started.known ? started : first;
	out->ended = ended.known ? ended : last;
	if (!out->started.known && !out->ended.known) {
		out->started.known = out->started_by_date = find_date(out, key, &out->started.ms);
		return;
	}
	/* An end before the start is a slip of the writer: what happened counts. */
	if (out->started.known && out->ended.known && out->ended.ms < out->started.ms)
		out->ended = last.known && last.ms >= out->started.ms ? last : out->started;
	if (!out->started.known)
		out->started = out->ended;
	out->has_duration = out->ended.known;
	out->duration_ms = out->has_duration ? out->ended.ms - out->started.ms : 0;
}

static void
find_owners(struct iap_arena *arena, const struct iap_json *recording, struct iap_metadata *out)
{
	out->region = iap_field_text(recording, "region");
	iap_field_add_texts(arena, &out->partitions, recording, "partitions");
	iap_field_add_texts(arena, &out->accessgroups, recording, "accessgroups");
	iap_texts_add(arena, &out->tenants, iap_field_text(recording, "tenant"));
	for (size_t i = 0; i < out->media_count; i++) {
		const struct iap_media_entry *entry = &out->media[i];

		if (out->region == NULL)
			out->region = entry->region;
		for (size_t k = 0; k < entry->partitions.count; k++)
			iap_texts_add(arena, &out->partitions, entry->partitions.items[k]);
		for (size_t k = 0; k < entry->accessgroups.count; k++)
			iap_texts_add(arena, &out->accessgroups, entry->accessgroups.items[k]);
		iap_texts_add(arena, &out->tenants, entry->tenant);
	}
}

static void
find_numbers(struct iap_arena *arena, const struct iap_json *recording, struct iap_metadata *out)
{
	out->caller = iap_field_text(recording, "callerPhoneNumber");
	out->caller_digits = iap_field_digits(arena, out->caller);
	out->dialed = iap_field_text(recording, "dialedPhoneNumber");
	out->dialed_digits = iap_field_digits(arena, out->dialed);
}

/* Data that stands beside the events was there from the start: events may change it. */
static void
find_data_beside_events(struct iap_arena *arena, const char *bytes,
    const struct iap_json *recording, struct iap_metadata *out)
{
	struct iap_event event = { 0 };

	iap_attached_read(arena, bytes, recording, &event);
	iap_attached_apply(arena, out, &event);
}

enum iap_status
iap_recording_read(struct iap_arena *arena, const char *bytes, const struct iap_json *recording,
    const char *key, struct iap_metadata *out, struct iap_error *err)
{
	struct iap_moment ended = iap_field_moment(recording, "stopTime");

	if (!ended.known)
		ended = iap_field_moment(recording, "endTime");
	*out = (struct iap_metadata){ .recording_id = iap_field_text(recording, "id") };
	if (iap_recording_check_id(out->recording_id, err) != IAP_OK ||
	    read_media(arena, recording, out, err) != IAP_OK)
		return err->status;
	find_data_beside_events(arena, bytes, recording, out);
	if (iap_events_read(arena, bytes, recording, out, err) != IAP_OK)
		return err->status;
	iap_participants_add_screens(arena, out);
	iap_participants_sort(arena, out);
	iap_recording_find_times(out, iap_field_moment(recording, "startTime"), ended, key);
	out->call_type = iap_call_type_parse(iap_field_text(recording, "callType"));
	out->non_delete = iap_field_is_true(recording, "nonDelete") ||
	    iap_field_is_true(recording, "isProtected");
	iap_field_add_texts(arena, &out->labels, recording, "labels");
	find_numbers(arena, recording, out);
	find_owners(arena, recording, out);
	return IAP_OK;
}
