/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/draft_json.h"

#include <string.h>

#include "json/write.h"

#define SECRET "****"

/* A writer at the beginning of an array. */
static void
begin_array(struct iap_json_writer *writer, struct iap_buf *buf, struct iap_arena *arena)
{
	iap_buf_open(buf, arena);
	iap_json_write_open(writer, buf);
	iap_json_write_array_begin(writer, NULL);
}

static const char *
name_of(struct iap_arena *arena, const struct iap_participant *who)
{
	if (who->first_name != NULL && who->last_name != NULL)
		return iap_arena_format(arena, "%s %s", who->first_name, who->last_name);
	if (who->first_name != NULL)
		return who->first_name;
	if (who->last_name != NULL)
		return who->last_name;
	return who->user_name != NULL ? who->user_name : who->phone;
}

const char *
iap_draft_agents(struct iap_arena *arena, const struct iap_metadata *metadata)
{
	struct iap_json_writer writer;
	struct iap_buf buf;

	begin_array(&writer, &buf, arena);
	for (size_t i = 0; i < metadata->participant_count; i++) {
		const struct iap_participant *who = &metadata->participants[i];
		const char *name = name_of(arena, who);

		if (who->kind == IAP_CONTACT_EXTERNAL || name == NULL)
			continue;
		iap_json_write_object_begin(&writer, NULL);
		iap_json_write_text(&writer, "user", who->user_name != NULL ? who->user_name : name);
		iap_json_write_text(&writer, "name", name);
		iap_json_write_object_end(&writer);
	}
	iap_json_write_array_end(&writer);
	return buf.bytes;
}

/* JSON objects have each key once: of equal ones the last counts. */
static bool
is_last_of_its_key(const struct iap_event *event, size_t at)
{
	for (size_t i = at + 1; i < event->data_count; i++)
		if (strcmp(event->data[i].key, event->data[at].key) == 0)
			return false;
	return true;
}

static void
write_data(struct iap_json_writer *writer, const struct iap_event *event)
{
	iap_json_write_object_begin(writer, "data");
	for (size_t i = 0; i < event->data_count; i++)
		if (is_last_of_its_key(event, i))
			iap_json_write_text(writer, event->data[i].key,
			    event->data[i].secret ? SECRET : event->data[i].value);
	iap_json_write_object_end(writer);
	iap_json_write_array_begin(writer, "removed");
	for (size_t i = 0; i < event->removed.count; i++)
		iap_json_write_text(writer, NULL, event->removed.items[i]);
	iap_json_write_array_end(writer);
}

static void
write_event(struct iap_json_writer *writer, struct iap_arena *arena,
    const struct iap_metadata *metadata, const struct iap_event *event)
{
	iap_json_write_object_begin(writer, NULL);
	iap_json_write_text(writer, "kind", iap_event_kind_name(event->kind));
	iap_json_write_text(writer, "what", event->what);
	if (event->at.known)
		iap_json_write_time(writer, "at", event->at.ms);
	else
		iap_json_write_null(writer, "at");
	if (event->at.known && metadata->started.known)
		iap_json_write_i64(writer, "offset_ms", event->at.ms - metadata->started.ms);
	if (event->participant >= 0) {
		const char *name = name_of(arena, &metadata->participants[event->participant]);

		if (name != NULL)
			iap_json_write_text(writer, "who", name);
	}
	if (event->kind == IAP_EVENT_DATA)
		write_data(writer, event);
	iap_json_write_object_end(writer);
}

const char *
iap_draft_events(struct iap_arena *arena, const struct iap_metadata *metadata)
{
	struct iap_json_writer writer;
	struct iap_buf buf;

	begin_array(&writer, &buf, arena);
	for (size_t i = 0; i < metadata->event_count; i++)
		write_event(&writer, arena, metadata, &metadata->events[i]);
	iap_json_write_array_end(&writer);
	return buf.bytes;
}

const char *
iap_draft_texts(struct iap_arena *arena, const struct iap_texts *texts)
{
	struct iap_json_writer writer;
	struct iap_buf buf;

	begin_array(&writer, &buf, arena);
	for (size_t i = 0; i < texts->count; i++)
		iap_json_write_text(&writer, NULL, texts->items[i]);
	iap_json_write_array_end(&writer);
	return buf.bytes;
}

const char *
iap_draft_masks(struct iap_arena *arena, const struct iap_media_entry *entry)
{
	struct iap_json_writer writer;
	struct iap_buf buf;

	begin_array(&writer, &buf, arena);
	for (size_t i = 0; i < entry->mask_count; i++) {
		iap_json_write_object_begin(&writer, NULL);
		iap_json_write_i64(&writer, "from_ms", entry->masks[i].from_ms);
		iap_json_write_i64(&writer, "to_ms", entry->masks[i].to_ms);
		iap_json_write_object_end(&writer);
	}
	iap_json_write_array_end(&writer);
	return buf.bytes;
}

const char *
iap_draft_blanks(struct iap_arena *arena, const struct iap_metadata *metadata)
{
	struct iap_json_writer writer;
	struct iap_buf buf;

	begin_array(&writer, &buf, arena);
	for (size_t i = 0; i < metadata->blank_count; i++) {
		iap_json_write_array_begin(&writer, NULL);
		iap_json_write_u64(&writer, NULL, metadata->blanks[i].begin);
		iap_json_write_u64(&writer, NULL, metadata->blanks[i].end);
		if (metadata->blanks[i].fill == '1')
			iap_json_write_u64(&writer, NULL, 1);
		iap_json_write_array_end(&writer);
	}
	iap_json_write_array_end(&writer);
	return buf.bytes;
}
