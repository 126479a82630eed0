/* SPDX-License-Identifier: Apache-2.0 */
#include "web/api/item.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void
iap_item_write_number(struct iap_json_writer *json, const char *key, struct iap_maybe_i64 number)
{
	if (number.set)
		iap_json_write_i64(json, key, number.value);
	else
		iap_json_write_null(json, key);
}

void
iap_item_write_time(struct iap_json_writer *json, const char *key, struct iap_maybe_i64 time_ms)
{
	if (time_ms.set)
		iap_json_write_time(json, key, time_ms.value);
	else
		iap_json_write_null(json, key);
}

void
iap_item_write_text(struct iap_json_writer *json, const char *key, const char *text)
{
	if (text != NULL)
		iap_json_write_text(json, key, text);
	else
		iap_json_write_null(json, key);
}

void
iap_item_write(struct iap_json_writer *json, const struct iap_viewer *viewer,
    const struct iap_interaction *interaction)
{
	const struct iap_scope *scope = iap_scopes_find(viewer->known, interaction->scope_id);
	const char *region = scope != NULL && *scope->region != '\0' ? scope->region : NULL;
	char id[24];

	snprintf(id, sizeof id, "%" PRIu64, interaction->id);
	iap_json_write_text(json, "id", id);
	iap_json_write_text(json, "recording_id", interaction->recording_id);
	iap_item_write_text(json, "source", interaction->source);
	iap_item_write_time(json, "started_at", interaction->started_ms);
	iap_item_write_time(json, "ended_at", interaction->ended_ms);
	iap_item_write_number(json, "duration_ms", interaction->duration_ms);
	iap_item_write_text(json, "caller", interaction->caller);
	iap_item_write_text(json, "dialed", interaction->dialed);
	iap_json_write_text(json, "call_type", interaction->call_type);
	iap_item_write_text(json, "region", region);
	iap_json_write_raw(json, "divisions", scope != NULL ? scope->divisions_json : "[]");
	iap_json_write_raw(json, "agents", interaction->agents);
	iap_json_write_bool(json, "encrypted", interaction->encrypted);
	iap_json_write_u64(json, "reviewed", interaction->reviewed);
	iap_json_write_u64(json, "valid", interaction->valid);
	iap_json_write_text(json, "state", interaction->state);
	iap_json_write_u64(json, "media_count", interaction->media_count);
	iap_json_write_bool(json, "has_screen", interaction->has_screen);
}

void
iap_item_write_key(struct iap_json_writer *json, struct iap_arena *arena, const char *key)
{
	const char *slash = strstr(key, "//");

	iap_json_write_text(json, "key", key);
	if (slash == NULL)
		return;
	iap_json_write_text(json, "zip", iap_arena_copy_bytes(arena, key, (size_t)(slash - key)));
	iap_json_write_text(json, "entry", slash + 2);
}
