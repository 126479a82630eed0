/* SPDX-License-Identifier: Apache-2.0 */
/* One call with everything that is known of it. */
#include "web/api/interaction.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "web/api/api.h"
#include "web/api/item.h"

enum iap_status
iap_interaction_of_path(struct iap_request *req, struct iap_interaction *out,
    struct iap_error *err)
{
	struct iap_error again = { 0 };

	iap_request_subject(req, "interaction",
	    iap_arena_format(req->arena, "%" PRIu64, req->path_id));
	if (iap_interaction_find(req->db, req->arena, req->viewer, req->path_id, out,
	    err) == IAP_OK)
		return IAP_OK;
	if (err->status != IAP_NOT_FOUND)
		return err->status;
	if (iap_interaction_check_hidden(req->db, req->arena, req->path_id, &req->audit.hidden,
	    &again) != IAP_OK)
		return iap_error_set(err, again.status, "%s", again.detail);
	return iap_request_refuse(req, IAP_NOT_FOUND, "There is no such call here.", err);
}

enum iap_status
iap_interaction_may_play(struct iap_request *req, const struct iap_interaction *interaction,
    bool *out, struct iap_error *err)
{
	*out = iap_request_may(req, IAP_PERM_PLAY);
	if (*out || !iap_request_may(req, IAP_PERM_PLAY_OWN))
		return IAP_OK;
	return iap_interaction_check_own(req->db, req->arena, req->viewer, interaction, out, err);
}

/* Milliseconds from the start of the call; not set when either is not known. */
static struct iap_maybe_i64
offset_of(const struct iap_interaction *interaction, struct iap_maybe_i64 time_ms)
{
	if (!time_ms.set || !interaction->started_ms.set)
		return (struct iap_maybe_i64){ .set = false };
	return (struct iap_maybe_i64){ true, time_ms.value - interaction->started_ms.value };
}

static void
write_recipients(const struct iap_rows *rows, unsigned int n, struct iap_json_writer *json)
{
	const struct iap_media_recipient_row *recipients = rows->items;

	iap_json_write_array_begin(json, "recipients");
	for (size_t i = 0; i < rows->count; i++) {
		if (recipients[i].n != n)
			continue;
		iap_json_write_object_begin(json, NULL);
		iap_json_write_text(json, "issuer", recipients[i].issuer);
		iap_json_write_text(json, "serial", recipients[i].serial);
		iap_json_write_bool(json, "imported", recipients[i].imported);
		iap_json_write_object_end(json);
	}
	iap_json_write_array_end(json);
}

static void
write_medium(struct iap_request *req, const struct iap_interaction *interaction,
    const struct iap_media_row *medium, struct iap_json_writer *json)
{
	const char *url = iap_arena_format(req->arena, "/api/v1/interactions/%" PRIu64 "/media/%u",
	    interaction->id, medium->n);

	iap_json_write_u64(json, "n", medium->n);
	iap_json_write_text(json, "kind", medium->kind);
	iap_json_write_text(json, "type", medium->type);
	iap_item_write_time(json, "started_at", medium->started_ms);
	iap_item_write_number(json, "offset_ms", offset_of(interaction, medium->started_ms));
	iap_item_write_number(json, "duration_ms", medium->duration_ms);
	iap_item_write_number(json, "size", medium->size);
	iap_item_write_number(json, "plain_size", medium->plain_size);
	iap_json_write_bool(json, "encrypted", medium->encrypted);
	iap_json_write_text(json, "state", medium->state);
	iap_json_write_raw(json, "masks", medium->masks);
	iap_json_write_text(json, "url", url);
	iap_json_write_text(json, "peaks_url", iap_arena_format(req->arena, "%s/peaks", url));
	iap_item_write_text(json, "download_url", iap_request_may(req, IAP_PERM_DOWNLOAD) ?
	    iap_arena_format(req->arena, "%s?download=1", url) : NULL);
}

static enum iap_status
write_media(struct iap_request *req, const struct iap_interaction *interaction,
    struct iap_json_writer *json, struct iap_error *err)
{
	const struct iap_media_row *media;
	struct iap_rows rows, recipients;

	if (iap_media_list(req->db, req->arena, interaction, &rows, err) != IAP_OK ||
	    iap_media_recipient_list(req->db, req->arena, interaction, &recipients,
	    err) != IAP_OK)
		return err->status;
	media = rows.items;
	iap_json_write_array_begin(json, "media");
	for (size_t i = 0; i < rows.count; i++) {
		iap_json_write_object_begin(json, NULL);
		write_medium(req, interaction, &media[i], json);
		write_recipients(&recipients, media[i].n, json);
		iap_json_write_object_end(json);
	}
	iap_json_write_array_end(json);
	return IAP_OK;
}

/* "Ana López"; NULL when neither part is known. */
static const char *
full_name(struct iap_arena *arena, const struct iap_participant_row *who)
{
	if (who->first_name != NULL && who->last_name != NULL)
		return iap_arena_format(arena, "%s %s", who->first_name, who->last_name);
	return who->first_name != NULL ? who->first_name : who->last_name;
}

static enum iap_status
write_participants(struct iap_request *req, const struct iap_interaction *interaction,
    struct iap_json_writer *json, struct iap_error *err)
{
	const struct iap_participant_row *people;
	struct iap_rows rows;

	if (iap_participant_list(req->db, req->arena, interaction, &rows, err) != IAP_OK)
		return err->status;
	people = rows.items;
	iap_json_write_array_begin(json, "participants");
	for (size_t i = 0; i < rows.count; i++) {
		iap_json_write_object_begin(json, NULL);
		iap_json_write_text(json, "kind", people[i].kind);
		iap_item_write_text(json, "user", people[i].user_name);
		iap_item_write_text(json, "name", full_name(req->arena, &people[i]));
		iap_item_write_text(json, "phone", people[i].phone);
		iap_item_write_time(json, "joined_at", people[i].joined_ms);
		iap_item_write_time(json, "left_at", people[i].left_ms);
		iap_item_write_number(json, "joined_offset_ms",
		    offset_of(interaction, people[i].joined_ms));
		iap_item_write_number(json, "left_offset_ms",
		    offset_of(interaction, people[i].left_ms));
		iap_json_write_object_end(json);
	}
	iap_json_write_array_end(json);
	return IAP_OK;
}

/* Keys that were cut to the same length would make an object that nobody may read. */
static bool
is_first_of_name(const struct iap_attribute_row *attributes, size_t position)
{
	for (size_t i = 0; i < position; i++)
		if (strcmp(attributes[i].name, attributes[position].name) == 0)
			return false;
	return true;
}

static enum iap_status
write_attributes(struct iap_request *req, const struct iap_interaction *interaction,
    struct iap_json_writer *json, struct iap_error *err)
{
	const struct iap_attribute_row *attributes;
	struct iap_rows rows;

	if (iap_attribute_list(req->db, req->arena, interaction, &rows, err) != IAP_OK)
		return err->status;
	attributes = rows.items;
	iap_json_write_object_begin(json, "attributes");
	for (size_t i = 0; i < rows.count; i++)
		if (is_first_of_name(attributes, i))
			iap_json_write_text(json, attributes[i].name, attributes[i].value);
	iap_json_write_object_end(json);
	return IAP_OK;
}

static enum iap_status
write_detail(struct iap_request *req, const struct iap_interaction *interaction,
    struct iap_json_writer *json, struct iap_error *err)
{
	struct iap_interaction_detail detail = { .events = "[]", .labels = "[]" };

	if (iap_interaction_detail_find(req->db, req->arena, interaction, &detail, err) != IAP_OK) {
		if (err->status != IAP_NOT_FOUND)
			return err->status;
		*err = (struct iap_error){ 0 };
	}
	iap_json_write_raw(json, "events", detail.events);
	iap_json_write_raw(json, "labels", detail.labels);
	return IAP_OK;
}

static enum iap_status
write_places(struct iap_request *req, const struct iap_interaction *interaction,
    struct iap_json_writer *json, struct iap_error *err)
{
	const struct iap_place_row *places;
	struct iap_rows rows;

	if (iap_place_list(req->db, req->arena, interaction, &rows, err) != IAP_OK)
		return err->status;
	places = rows.items;
	iap_json_write_array_begin(json, "places");
	for (size_t i = 0; i < rows.count; i++) {
		iap_json_write_object_begin(json, NULL);
		iap_json_write_text(json, "source", places[i].source);
		iap_item_write_key(json, req->arena, places[i].object_key.bytes);
		iap_json_write_u64(json, "element", places[i].element);
		iap_json_write_u64(json, "size", places[i].size);
		iap_json_write_object_end(json);
	}
	iap_json_write_array_end(json);
	return IAP_OK;
}

static enum iap_status
write_rights(struct iap_request *req, const struct iap_interaction *interaction,
    struct iap_json_writer *json, struct iap_error *err)
{
	const char *url = iap_arena_format(req->arena, "/api/v1/interactions/%" PRIu64 "/metadata",
	    interaction->id);
	bool may_play;

	if (iap_interaction_may_play(req, interaction, &may_play, err) != IAP_OK)
		return err->status;
	iap_json_write_bool(json, "can_play", may_play);
	iap_json_write_bool(json, "can_download", iap_request_may(req, IAP_PERM_DOWNLOAD));
	iap_item_write_text(json, "metadata_url",
	    iap_request_may(req, IAP_PERM_METADATA) ? url : NULL);
	iap_item_write_text(json, "metadata_raw_url", iap_request_may(req, IAP_PERM_METADATA_RAW) ?
	    iap_arena_format(req->arena, "%s?redact=0", url) : NULL);
	return IAP_OK;
}

/* A call that was given another id is at its new address, for good. */
static enum iap_status
move(struct iap_request *req, struct iap_response *res, uint64_t id)
{
	size_t prefix = strlen(req->path) - strlen(req->audit.object_id);

	res->status = 301;
	iap_response_header(res, "Location", iap_arena_format(req->arena, "%.*s%" PRIu64,
	    (int)prefix, req->path, id));
	return IAP_OK;
}

enum iap_status
iap_api_interaction_get(struct iap_request *req, struct iap_response *res,
    struct iap_error *err)
{
	struct iap_interaction interaction;
	struct iap_json_writer *json;

	if (iap_interaction_of_path(req, &interaction, err) != IAP_OK)
		return err->status;
	if (interaction.id != req->path_id)
		return move(req, res, interaction.id);
	json = iap_response_json(res);
	iap_json_write_object_begin(json, NULL);
	iap_item_write(json, req->viewer, &interaction);
	if (write_media(req, &interaction, json, err) != IAP_OK ||
	    write_participants(req, &interaction, json, err) != IAP_OK ||
	    write_attributes(req, &interaction, json, err) != IAP_OK ||
	    write_detail(req, &interaction, json, err) != IAP_OK ||
	    write_places(req, &interaction, json, err) != IAP_OK ||
	    write_rights(req, &interaction, json, err) != IAP_OK)
		return err->status;
	iap_json_write_object_end(json);
	return IAP_OK;
}
