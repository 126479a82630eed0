/* SPDX-License-Identifier: Apache-2.0 */
/* Media, wave forms and original documents: decided here, delivered by iap-media. */
#include "web/api/api.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "json/json.h"
#include "media/ticket.h"
#include "web/api/interaction.h"
#include "web/audit_row.h"
#include "web/route.h"

enum { TICKET_LIFE_MS = 60 * 1000, PLAY_ONCE_MS = 15 * 60 * 1000 };

const struct iap_param_def iap_media_params[IAP_MEDIA_PARAMS] = {
	[IAP_MEDIA_DOWNLOAD] = { .name = "download", .type = IAP_PARAM_FLAG },
};

const struct iap_param_def iap_metadata_params[IAP_METADATA_PARAMS] = {
	[IAP_METADATA_REDACT] = { .name = "redact", .type = IAP_PARAM_FLAG },
	[IAP_METADATA_DOWNLOAD] = { .name = "download", .type = IAP_PARAM_FLAG },
};

/* Hands the request over to iap-media: `ranged` to the pool for players. */
static enum iap_status
hand_over(struct iap_request *req, struct iap_response *res, struct iap_ticket *ticket,
    bool ranged, struct iap_error *err)
{
	const char *text;

	ticket->expires_ms = iap_clock_now_ms() + TICKET_LIFE_MS;
	memcpy(ticket->session, req->session.token_hash, sizeof ticket->session);
	if (iap_ticket_format(req->arena, &req->server->ticket_key, ticket, &text, err) != IAP_OK)
		return iap_error_set(err, IAP_FAILED, "ticket of interaction %" PRIu64 ": %s",
		    ticket->interaction, iap_arena_copy(req->arena, err->detail));
	res->handed_over = true;
	iap_response_header(res, "X-Accel-Redirect", ranged ? "/_media" : "/_media_whole");
	iap_response_header(res, "X-IAP-Ticket", text);
	iap_response_header(res, "Cache-Control", "no-store");
	return IAP_OK;
}

/* What a file of this type is called at its end. */
static const char *
extension_of(const char *type)
{
	static const struct { const char *type, *extension; } known[] = {
		{ "audio/mpeg", "mp3" }, { "audio/wav", "wav" }, { "audio/x-wav", "wav" },
		{ "audio/ogg", "ogg" }, { "audio/mp4", "m4a" }, { "audio/opus", "opus" },
		{ "video/mp4", "mp4" }, { "video/webm", "webm" },
	};

	for (size_t i = 0; i < IAP_LENGTH(known); i++)
		if (strcmp(known[i].type, type) == 0)
			return known[i].extension;
	return "bin";
}

static enum iap_status
find_medium(struct iap_request *req, struct iap_interaction *interaction,
    struct iap_media_row *medium, struct iap_error *err)
{
	if (iap_interaction_of_path(req, interaction, err) != IAP_OK)
		return err->status;
	iap_request_subject(req, "media", iap_arena_format(req->arena, "%" PRIu64 "/%" PRIu64,
	    interaction->id, req->path_n));
	if (iap_media_find(req->db, req->arena, interaction, req->path_n, medium, err) != IAP_OK)
		return err->status == IAP_NOT_FOUND ? iap_request_refuse(req, IAP_NOT_FOUND,
		    "This call has no such medium.", err) : err->status;
	return IAP_OK;
}

/* What was never checked may be tried; what was found to be bad is not. */
static enum iap_status
check_state(struct iap_request *req, const struct iap_media_row *medium, struct iap_error *err)
{
	bool good = strcmp(medium->state, "ok") == 0 || strcmp(medium->state, "unchecked") == 0;

	if (good && medium->object_key.bytes != NULL && medium->size.set)
		return IAP_OK;
	req->problem.state = good ? "missing" : medium->state;
	return iap_request_refuse(req, IAP_CONFLICT, iap_arena_format(req->arena,
	    "This medium cannot be played: %s.", req->problem.state), err);
}

static struct iap_ticket
ticket_of(const struct iap_interaction *interaction, const struct iap_media_row *medium)
{
	struct iap_ticket ticket = {
		.op = IAP_TICKET_MEDIA,
		.source = medium->source,
		.key = medium->object_key.bytes,
		.size = (uint64_t)medium->size.value,
		.interaction = interaction->id,
		.n = medium->n,
		.type = medium->type,
	};

	if (strcmp(medium->envelope, "whole") == 0) {
		ticket.protection = IAP_TICKET_WHOLE_FILE;
	} else if (strcmp(medium->envelope, "detached") == 0) {
		ticket.protection = IAP_TICKET_DETACHED;
		ticket.envelope = medium->cms.bytes;
		ticket.envelope_size = medium->cms.size;
	}
	return ticket;
}

static enum iap_status
check_right(struct iap_request *req, const struct iap_interaction *interaction, bool whole,
    struct iap_error *err)
{
	bool may_play;

	if (whole)
		return iap_request_may(req, IAP_PERM_DOWNLOAD) ? IAP_OK :
		    iap_request_refuse(req, IAP_FORBIDDEN,
		    "Your role may not download; a player asks by Range.", err);
	if (iap_interaction_may_play(req, interaction, &may_play, err) != IAP_OK)
		return err->status;
	return may_play ? IAP_OK : iap_request_refuse(req, IAP_FORBIDDEN,
	    "Your role may not hear this call.", err);
}

enum iap_status
iap_api_media_get(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	bool download = req->params.values[IAP_MEDIA_DOWNLOAD].number != 0;
	bool whole = !req->is_head && (download || req->range == NULL);
	/* A validator that no longer holds makes a part the whole, which a player's pool refuses. */
	bool maybe_whole = whole || (!req->is_head && req->if_range != NULL &&
	    iap_request_may(req, IAP_PERM_DOWNLOAD));
	struct iap_interaction interaction;
	struct iap_media_row medium;
	struct iap_ticket ticket;

	if (find_medium(req, &interaction, &medium, err) != IAP_OK ||
	    check_right(req, &interaction, whole, err) != IAP_OK ||
	    check_state(req, &medium, err) != IAP_OK)
		return err->status;
	ticket = ticket_of(&interaction, &medium);
	ticket.whole = download;
	if (download)
		ticket.name = iap_arena_format(req->arena, "iap_%" PRIu64 "_%u.%s", interaction.id,
		    medium.n, extension_of(medium.type));
	req->audit.done = req->is_head;
	if (!req->is_head && iap_audit_row_insert(req, maybe_whole ? "download" : "play",
	    whole ? 0 : PLAY_ONCE_MS, err) != IAP_OK)
		return err->status;
	return hand_over(req, res, &ticket, !maybe_whole, err);
}

enum iap_status
iap_api_peaks_get(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	struct iap_interaction interaction;
	struct iap_media_row medium;
	struct iap_ticket ticket;

	if (find_medium(req, &interaction, &medium, err) != IAP_OK ||
	    check_right(req, &interaction, false, err) != IAP_OK ||
	    check_state(req, &medium, err) != IAP_OK)
		return err->status;
	ticket = ticket_of(&interaction, &medium);
	ticket.op = IAP_TICKET_PEAKS;
	return hand_over(req, res, &ticket, false, err);
}

/* The spans of secrets: [[begin,end],...], of numbers with a third item. */
static enum iap_status
read_blanks(struct iap_request *req, const char *text, struct iap_ticket *ticket,
    struct iap_error *err)
{
	struct iap_ticket_blank *blanks, *numbers;
	struct iap_json *json;

	if (iap_json_parse(req->arena, text, strlen(text), &json, err) != IAP_OK)
		return iap_error_context(err, "blanks");
	blanks = iap_arena_array(req->arena, json->count + 1, sizeof *blanks);
	numbers = iap_arena_array(req->arena, json->count + 1, sizeof *numbers);
	for (const struct iap_json *span = json->first; span != NULL; span = span->next) {
		struct iap_ticket_blank *blank;
		int64_t begin, end;

		if (span->count < 2 || !iap_json_i64(span->first, &begin) ||
		    !iap_json_i64(span->first->next, &end) || begin < 0 || end < begin)
			return iap_error_set(err, IAP_CORRUPT, "blanks: not spans");
		blank = span->count > 2 ? &numbers[ticket->number_count++] :
		    &blanks[ticket->blank_count++];
		*blank = (struct iap_ticket_blank){ (uint64_t)begin, (uint64_t)end };
	}
	ticket->blanks = blanks;
	ticket->numbers = numbers;
	return IAP_OK;
}

static enum iap_status
find_place(struct iap_request *req, const struct iap_interaction *interaction,
    struct iap_place_row *out, struct iap_error *err)
{
	struct iap_rows rows;

	if (iap_place_list(req->db, req->arena, interaction, &rows, err) != IAP_OK)
		return err->status;
	if (rows.count == 0)
		return iap_request_refuse(req, IAP_NOT_FOUND,
		    "No document of this call is known any more.", err);
	*out = *(const struct iap_place_row *)rows.items;
	return IAP_OK;
}

enum iap_status
iap_api_metadata_get(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	const struct iap_param *redact = &req->params.values[IAP_METADATA_REDACT];
	bool raw = redact->text != NULL && redact->number == 0;
	struct iap_interaction interaction;
	struct iap_place_row place;
	struct iap_ticket ticket;

	if (!iap_request_may(req, raw ? IAP_PERM_METADATA_RAW : IAP_PERM_METADATA))
		return iap_request_refuse(req, IAP_FORBIDDEN, raw ?
		    "Your role may not read documents with their secrets." :
		    "Your role may not read original documents.", err);
	if (iap_interaction_of_path(req, &interaction, err) != IAP_OK ||
	    find_place(req, &interaction, &place, err) != IAP_OK)
		return err->status;
	ticket = (struct iap_ticket){
		.op = IAP_TICKET_DOCUMENT, .source = place.source, .key = place.object_key.bytes,
		.size = place.size, .interaction = interaction.id, .type = "application/json",
		.slice_begin = place.slice_begin, .slice_end = place.slice_end, .whole = true,
	};
	if (req->params.values[IAP_METADATA_DOWNLOAD].number != 0)
		ticket.name = iap_arena_format(req->arena, "iap_%" PRIu64 ".json", interaction.id);
	if (!raw && read_blanks(req, place.blanks, &ticket, err) != IAP_OK)
		return err->status;
	req->audit.detail = raw ? "{\"redacted\":false}" : "{\"redacted\":true}";
	return hand_over(req, res, &ticket, req->is_head, err);
}
