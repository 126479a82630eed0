/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/validate.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/tx.h"
#include "media/cms.h"
#include "media/sniff.h"
#include "media/state.h"
#include "model/lease.h"
#include "model/recipient.h"
#include "storage/loaded.h"

/* One block of padding is what an empty text becomes. */
enum { PAGE = 1000, BLOCK = 16 };

/* Of a medium the header of a message at most is looked at; many are fetched together. */
enum { HEAD = 4096, IN_FLIGHT = 64 };

#define ARENA_LIMIT ((size_t)1 << 30)

struct page {
	struct iap_source_pass *pass;
	struct iap_arena *arena;
	const struct iap_media_check *media;
	struct iap_media_verdict *verdicts;
	enum iap_media_state *states;
	struct iap_storage_load *heads; /* of those that have to be looked at, in their order */
	size_t head_count, head_at;
	uint64_t *ids; /* of the interactions, each once, ascending */
	size_t count;
	size_t id_count;
	struct iap_refreshed refreshed;
};

/* Recipients of a medium that is a whole CMS message, which no document tells of. */
static enum iap_status
save_recipients(struct page *page, const struct iap_media_check *medium,
    const struct iap_cms *cms, struct iap_error *err)
{
	const struct iap_media_id id = { medium->interaction_id, medium->n };
	uint64_t *recipients = iap_arena_array(page->arena, cms->recipient_count + 1,
	    sizeof *recipients);
	struct iap_db *db = page->pass->worker->db;

	for (size_t i = 0; i < cms->recipient_count; i++) {
		const struct iap_recipient *r = &cms->recipients[i];

		if (iap_recipient_save(db, r->id, r->issuer_text != NULL ? r->issuer_text : "",
		    r->serial_text != NULL ? r->serial_text :
		    iap_text_to_hex(page->arena, r->ski, r->ski_size), &recipients[i], err) != IAP_OK)
			return err->status;
	}
	return iap_media_recipient_save(db, &id, recipients, cms->recipient_count, err);
}

/* Bytes behind the header, when the content does not say or is cut off. */
static uint64_t
rest_behind(const struct iap_reader *reader, const struct iap_cms *cms)
{
	return reader->size > cms->content ? reader->size - cms->content : 0;
}

/* A medium that is a CMS message as a whole. */
static enum iap_status
judge_message(struct page *page, const struct iap_media_check *medium,
    struct iap_reader *reader, struct iap_media_verdict *verdict, enum iap_media_state *state,
    struct iap_error *err)
{
	struct iap_error cut = { 0 };
	struct iap_cms cms;
	uint64_t content;

	verdict->encrypted = true;
	verdict->envelope = "whole";
	*state = IAP_STATE_NO_KEY;
	if (iap_cms_read(page->arena, reader, &cms, &cut) != IAP_OK) {
		/* A header that is cut off has nothing behind it. */
		*state = IAP_STATE_EMPTY;
		return IAP_OK;
	}
	if (save_recipients(page, medium, &cms, err) != IAP_OK)
		return err->status;
	if (iap_cms_content_size(reader, &content, &cut) != IAP_OK)
		content = rest_behind(reader, &cms);
	if (content <= BLOCK)
		*state = IAP_STATE_EMPTY;
	return IAP_OK;
}

/* What the first bytes and the size say of a medium that can be read. */
static enum iap_status
judge_bytes(struct page *page, const struct iap_media_check *medium, struct iap_reader *reader,
    struct iap_media_verdict *verdict, enum iap_media_state *state, struct iap_error *err)
{
	unsigned char head[IAP_SNIFF_SIZE];
	struct iap_error refused = { 0 };
	enum iap_sniff kind;
	size_t got = 0;

	verdict->size = (struct iap_maybe_i64){ true, (int64_t)reader->size };
	*state = IAP_STATE_UNREADABLE;
	if (reader->size != 0 &&
	    iap_reader_read_at(reader, 0, head, sizeof head, &got, &refused) != IAP_OK)
		return refused.status == IAP_UNAVAILABLE
		    ? iap_error_set(err, IAP_UNAVAILABLE, "%s", refused.detail) : IAP_OK;
	kind = iap_sniff_check(head, got);
	if (kind == IAP_SNIFF_CMS || kind == IAP_SNIFF_PEM)
		return judge_message(page, medium, reader, verdict, state, err);
	*state = medium->encrypted ? IAP_STATE_NO_KEY : IAP_STATE_OK;
	if (reader->size <= (medium->encrypted ? BLOCK : 0))
		*state = IAP_STATE_EMPTY;
	if (!medium->encrypted)
		verdict->plain_size = verdict->size;
	return IAP_OK;
}

/*
 * Of an object store each look costs a request: the listing told the size, and
 * of cipher text the first bytes tell nothing.
 */
static bool
is_known_by_listing(const struct page *page, const struct iap_media_check *medium)
{
	return strcmp(page->pass->source->kind, "local") != 0 && medium->size.set &&
	    strcmp(medium->envelope, "detached") == 0;
}

/* All but whether there is a key: NO_KEY stands for "has to be decrypted". */
static enum iap_status
judge(struct page *page, const struct iap_media_check *medium,
    struct iap_media_verdict *verdict, enum iap_media_state *state, struct iap_error *err)
{
	IAP_CLEANUP(iap_reader_close) struct iap_reader *reader = NULL;
	const struct iap_storage_load *head;

	*verdict = (struct iap_media_verdict){
		.encrypted = medium->encrypted,
		.envelope = medium->envelope,
		.checked_ms = iap_clock_now_ms(),
		.interaction_id = medium->interaction_id,
		.n = medium->n,
	};
	*state = IAP_STATE_MISSING;
	if (medium->object_key == NULL)
		return IAP_OK;
	if (is_known_by_listing(page, medium)) {
		verdict->size = medium->size;
		*state = medium->size.value <= BLOCK ? IAP_STATE_EMPTY : IAP_STATE_NO_KEY;
		return IAP_OK;
	}
	head = &page->heads[page->head_at++];
	switch (head->status) {
	case IAP_OK:
		reader = iap_reader_open_loaded(page->pass->storage, head);
		return judge_bytes(page, medium, reader, verdict, state, err);
	case IAP_NOT_FOUND:
		return IAP_OK;
	case IAP_UNAVAILABLE:
		return iap_error_set(err, IAP_UNAVAILABLE, "%s", head->detail);
	default:
		*state = IAP_STATE_UNREADABLE;
		verdict->size = medium->size;
		return IAP_OK;
	}
}

static int
compare_media(const void *a, const void *b)
{
	const struct iap_media_id *x = a, *y = b;

	if (x->interaction_id != y->interaction_id)
		return x->interaction_id < y->interaction_id ? -1 : 1;
	return (x->n > y->n) - (x->n < y->n);
}

/*
 * What was found on playing or by reading all of it stays until the object
 * changes: looking at size and header only cannot take it back.
 */
static bool
keeps_state(const struct iap_media_check *medium, const struct iap_media_verdict *verdict)
{
	bool found_inside = strcmp(medium->state, iap_state_name(IAP_STATE_WRONG_KEY)) == 0 ||
	    strcmp(medium->state, iap_state_name(IAP_STATE_DAMAGED)) == 0 ||
	    (medium->deep && strcmp(medium->state, iap_state_name(IAP_STATE_EMPTY)) == 0);

	return found_inside && medium->size.set && verdict->size.set &&
	    medium->size.value == verdict->size.value;
}

/* Those that have to be decrypted and for which there is a key are good. */
static enum iap_status
judge_keys(struct page *page, struct iap_error *err)
{
	struct iap_rows keyed;

	if (iap_media_with_key(page->pass->worker->db, page->arena, page->ids, page->id_count, &keyed,
	    err) != IAP_OK)
		return err->status;
	for (size_t i = 0; i < page->count; i++) {
		const struct iap_media_id id = { page->media[i].interaction_id, page->media[i].n };
		struct iap_media_verdict *verdict = &page->verdicts[i];

		/* Encrypted, and nothing says how: no key can be for it. */
		if (page->states[i] == IAP_STATE_NO_KEY && strcmp(verdict->envelope, "none") != 0 &&
		    keyed.count != 0 &&
		    bsearch(&id, keyed.items, keyed.count, sizeof id, compare_media) != NULL)
			page->states[i] = IAP_STATE_OK;
		verdict->state = page->states[i] == IAP_STATE_OK &&
		    keeps_state(&page->media[i], verdict) ?
		    page->media[i].state : iap_state_name(page->states[i]);
	}
	return IAP_OK;
}

static enum iap_status
store(struct iap_db *db, void *context, struct iap_error *err)
{
	struct page *page = context;

	if (iap_lease_renew(db, page->pass->source->id, page->pass->worker->owner, err) != IAP_OK ||
	    iap_media_verdict_save(db, page->verdicts, page->count, err) != IAP_OK)
		return err->status;
	return iap_interaction_refresh(db, page->arena, page->ids, page->id_count,
	    &page->refreshed, err);
}

/* Fetches the beginnings of all media of the page that judge() will look at. */
static void
load_heads(struct page *page, const struct iap_rows *rows)
{
	page->heads = iap_arena_array(page->arena, rows->count + 1, sizeof *page->heads);
	for (size_t i = 0; i < rows->count; i++)
		if (page->media[i].object_key != NULL && !is_known_by_listing(page, &page->media[i]))
			page->heads[page->head_count++] = (struct iap_storage_load){
				.key = page->media[i].object_key, .wanted = HEAD };
	iap_storage_load_all(page->pass->storage, page->arena, page->heads, page->head_count,
	    IN_FLIGHT);
}

static enum iap_status
judge_page(struct page *page, const struct iap_rows *rows, struct iap_error *err)
{
	page->media = rows->items;
	page->verdicts = iap_arena_array(page->arena, rows->count + 1, sizeof *page->verdicts);
	page->states = iap_arena_array(page->arena, rows->count + 1, sizeof *page->states);
	page->ids = iap_arena_array(page->arena, rows->count + 1, sizeof *page->ids);
	load_heads(page, rows);
	for (; page->count < rows->count && !iap_worker_stopping(); page->count++) {
		const struct iap_media_check *medium = &page->media[page->count];

		if (judge(page, medium, &page->verdicts[page->count], &page->states[page->count],
		    err) != IAP_OK)
			return err->status;
		if (page->id_count == 0 || page->ids[page->id_count - 1] != medium->interaction_id)
			page->ids[page->id_count++] = medium->interaction_id;
	}
	if (page->count == 0)
		return IAP_OK;
	if (judge_keys(page, err) != IAP_OK)
		return err->status;
	return iap_tx_retry(page->pass->worker->db, store, page, err);
}

/* An interaction whose media fall into two pages counts with the second: before it is unchecked. */
static void
count_page(struct iap_source_pass *pass, const struct page *page)
{
	pass->counts.media += page->count;
	pass->counts.valid += page->refreshed.valid;
	pass->counts.failed += page->refreshed.failed;
}

enum iap_status
iap_validate(struct iap_source_pass *pass, enum iap_media_list which, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	struct iap_media_check after = { 0 };
	struct iap_rows rows = { NULL, PAGE };

	iap_progress_phase(&pass->progress, "checking", 0);
	for (bool first = true; rows.count == PAGE && !iap_worker_stopping(); first = false) {
		struct page page = { .pass = pass, .arena = arena };

		iap_arena_reset(arena);
		if (iap_media_check_list(pass->worker->db, arena, which, pass->source->id,
		    first ? NULL : &after, PAGE, &rows, err) != IAP_OK)
			return err->status;
		if (rows.count == 0)
			break;
		after = ((const struct iap_media_check *)rows.items)[rows.count - 1];
		if (judge_page(&page, &rows, err) != IAP_OK)
			return err->status;
		count_page(pass, &page);
		iap_progress_update(&pass->progress, pass->counts.media, NULL);
		if (iap_source_pass_beat(pass, err) != IAP_OK)
			return err->status;
	}
	return IAP_OK;
}
