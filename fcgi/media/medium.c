/* SPDX-License-Identifier: Apache-2.0 */
#include "media/medium.h"

#include <string.h>
#include <time.h>

#include "base/text.h"
#include "crypto/hash.h"
#include "media/armour.h"
#include "media/cms.h"
#include "media/sniff.h"

/* Messages up to this size may be empty ones with a long header; larger are not empty. */
enum { EMPTY_CIPHER = IAP_AES_BLOCK, EMPTY_MESSAGE_MAX = IAP_CMS_HEADER_MAX + 4096 };

static enum iap_status
refuse(struct iap_medium *medium, enum iap_media_state state, const char *reason,
    struct iap_error *err)
{
	medium->state = state;
	return iap_error_set(err, IAP_CONFLICT, "%s: %s", iap_state_name(state), reason);
}

enum iap_status
iap_medium_refuse(struct iap_medium *medium, struct iap_error *err)
{
	if (err->status == IAP_NOT_FOUND || err->status == IAP_INVALID)
		medium->state = IAP_STATE_MISSING;
	else if (err->status == IAP_FORBIDDEN)
		medium->state = IAP_STATE_UNREADABLE;
	else if (err->status == IAP_CORRUPT)
		medium->state = IAP_STATE_DAMAGED;
	else
		return err->status;
	return err->status = IAP_CONFLICT;
}

static enum iap_status
open_object(struct iap_medium_place *place, struct iap_arena *arena,
    const struct iap_ticket *ticket, struct iap_medium *out, struct iap_error *err)
{
	IAP_CLEANUP(iap_storage_close) struct iap_storage *storage = NULL;

	if (iap_storage_shelf_find(place->shelf, arena, ticket->source, &storage, err) != IAP_OK)
		return err->status = IAP_UNAVAILABLE;
	if (iap_storage_read(storage, ticket->key, &out->reader, err) != IAP_OK)
		return iap_medium_refuse(out, err);
	if (ticket->op == IAP_TICKET_CHECK)
		out->hashed = iap_hashed_open(&out->reader, &out->reader);
	return IAP_OK;
}

/* The validators are of the object as stored: nothing else says that ranges belong together. */
static void
fill_validators(struct iap_arena *arena, const struct iap_ticket *ticket,
    struct iap_medium *medium, unsigned char id[IAP_SHA256_SIZE])
{
	IAP_CLEANUP(iap_hash_close) struct iap_hash *hash = iap_hash_open();
	const uint64_t numbers[] = { medium->reader->size, (uint64_t)medium->reader->mtime_ns,
		ticket->slice_begin, ticket->slice_end, ticket->op == IAP_TICKET_DOCUMENT };
	time_t seconds = (time_t)(medium->reader->mtime_ns / 1000000000);
	char date[64];
	struct tm tm;

	iap_hash_add(hash, ticket->source, strlen(ticket->source) + 1);
	iap_hash_add(hash, ticket->key, strlen(ticket->key) + 1);
	iap_hash_add(hash, numbers, sizeof numbers);
	for (size_t i = 0; i < ticket->blank_count; i++)
		iap_hash_add(hash, &ticket->blanks[i], sizeof ticket->blanks[i]);
	if (ticket->envelope_size != 0)
		iap_hash_add(hash, ticket->envelope, ticket->envelope_size);
	iap_hash_end(hash, id);
	medium->etag = iap_arena_format(arena, "\"%s\"", iap_text_to_hex(arena, id, 12));
	gmtime_r(&seconds, &tm);
	strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
	medium->date = iap_arena_copy(arena, date);
}

/* The header of the message: of the ticket's envelope, or of the object itself. */
static enum iap_status
read_header(struct iap_arena *arena, const struct iap_ticket *ticket, bool is_message,
    struct iap_medium *medium, struct iap_cms *cms, struct iap_error *err)
{
	uint64_t content = UINT64_MAX;
	enum iap_status status;

	if (!is_message) {
		if (medium->reader->size <= EMPTY_CIPHER)
			return refuse(medium, IAP_STATE_EMPTY, "a block of padding at most", err);
		status = iap_cms_parse(arena, ticket->envelope, ticket->envelope_size, cms, err);
		cms->layout = IAP_CMS_DETACHED;
	} else {
		status = iap_cms_read(arena, medium->reader, cms, err);
		if (status == IAP_OK && medium->reader->size <= EMPTY_MESSAGE_MAX)
			status = iap_cms_content_size(medium->reader, &content, err);
		if (status == IAP_OK && content <= EMPTY_CIPHER)
			return refuse(medium, IAP_STATE_EMPTY, "a block of padding at most", err);
	}
	if (status != IAP_CORRUPT)
		return status;
	medium->state = IAP_STATE_DAMAGED;
	return err->status = IAP_CONFLICT;
}

static enum iap_status
decrypt(struct iap_medium_place *place, struct iap_arena *arena,
    const struct iap_ticket *ticket, bool is_message, unsigned char id[IAP_SHA256_SIZE],
    struct iap_medium *medium, struct iap_error *err)
{
	struct iap_envelope *known = NULL;
	struct iap_cms cms;
	unsigned int version = iap_keyring_version(place->keyring);

	/* Other keys may open other messages: what was opened with the old ones is forgotten. */
	for (size_t i = 0; i < sizeof version; i++)
		id[i] ^= (unsigned char)(version >> 8 * i);
	if (place->opened != NULL)
		known = iap_opened_find(place->opened, id);
	if (known == NULL) {
		if (read_header(arena, ticket, is_message, medium, &cms, err) != IAP_OK ||
		    iap_envelope_open(medium->reader, &cms, place->keyring, &medium->envelope,
		    &medium->state, err) != IAP_OK)
			return err->status;
		known = medium->envelope;
		medium->is_first = true;
		if (place->opened != NULL)
			iap_opened_insert(place->opened, id, &medium->envelope);
	}
	medium->reader = iap_decrypt_open(&medium->reader, known);
	return IAP_OK;
}

static const char *
type_of(struct iap_arena *arena, const char *type, enum iap_sniff kind)
{
	if (type == NULL)
		return iap_sniff_type(kind);
	/* Browsers know MPEG audio by its registered name only (RFC 3003). */
	if (strcmp(type, "audio/mp3") == 0 || strcmp(type, "audio/x-mp3") == 0)
		return "audio/mpeg";
	return iap_arena_copy(arena, type);
}

enum iap_status
iap_medium_open(struct iap_medium_place *place, struct iap_arena *arena,
    const struct iap_ticket *ticket, struct iap_medium *out, struct iap_error *err)
{
	unsigned char first[IAP_SNIFF_SIZE], id[IAP_SHA256_SIZE];
	enum iap_sniff kind;
	size_t got;

	*out = (struct iap_medium){ .state = IAP_STATE_UNCHECKED };
	if (open_object(place, arena, ticket, out, err) != IAP_OK)
		return err->status;
	fill_validators(arena, ticket, out, id);
	out->state = IAP_STATE_OK;
	out->type = "application/json";
	if (ticket->op == IAP_TICKET_DOCUMENT)
		return IAP_OK;
	if (out->reader->size == 0)
		return refuse(out, IAP_STATE_EMPTY, "no bytes", err);
	if (iap_reader_read_at(out->reader, 0, first, sizeof first, &got, err) != IAP_OK)
		return iap_medium_refuse(out, err);
	kind = iap_sniff_check(first, got);
	if (kind == IAP_SNIFF_PEM && iap_armour_open(&out->reader, &out->reader, err) != IAP_OK)
		return refuse(out, IAP_STATE_DAMAGED, "torn text", err);
	/* The first bytes are believed before the document: it may be silent or wrong. */
	if (ticket->protection != IAP_TICKET_CLEAR || kind == IAP_SNIFF_CMS ||
	    kind == IAP_SNIFF_PEM) {
		bool is_message = ticket->protection != IAP_TICKET_DETACHED ||
		    kind == IAP_SNIFF_CMS || kind == IAP_SNIFF_PEM;

		out->is_encrypted = true;
		if (decrypt(place, arena, ticket, is_message, id, out, err) != IAP_OK)
			return err->status == IAP_CONFLICT ? IAP_CONFLICT
			    : iap_medium_refuse(out, err);
		if (iap_reader_read_at(out->reader, 0, first, sizeof first, &got, err) != IAP_OK)
			return iap_medium_refuse(out, err);
		kind = iap_sniff_check(first, got);
	}
	out->type = type_of(arena, ticket->type, kind);
	return IAP_OK;
}

void
iap_medium_close(struct iap_medium *medium)
{
	iap_reader_close(&medium->reader);
	iap_envelope_close(&medium->envelope);
}
