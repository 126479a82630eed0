/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/pair_late.h"

#include <string.h>

#include "archive/pairing.h"
#include "db/tx.h"
#include "model/key.h"
#include "model/lease.h"
#include "model/media_check.h"
#include "model/object.h"

enum { PAGE = 500, SAME_NAME_MAX = 10000 };

#define ARENA_LIMIT ((size_t)1 << 30)

/* Answers from the catalogue. */
struct catalogue {
	struct iap_source_pass *pass;
};

static bool
begins(const char *key, const char *prefix)
{
	return strncmp(key, prefix, strlen(prefix)) == 0;
}

static enum iap_status
list_named(struct iap_source_pass *pass, struct iap_arena *arena, const char *folded,
    struct iap_rows *out, struct iap_error *err)
{
	return iap_object_list_named(pass->worker->db, arena, pass->source->id,
	    iap_key_hash64(folded), SAME_NAME_MAX, out, err);
}

static enum iap_status
in_folder(void *context, struct iap_arena *arena, const char *folder, const char *folded,
    struct iap_texts *keys_out, struct iap_error *err)
{
	struct catalogue *catalogue = context;
	const struct iap_catalogued *objects;
	struct iap_rows rows;

	*keys_out = (struct iap_texts){ 0 };
	if (list_named(catalogue->pass, arena, folded, &rows, err) != IAP_OK)
		return err->status;
	objects = rows.items;
	keys_out->items = iap_arena_array(arena, rows.count + 1, sizeof *keys_out->items);
	for (size_t i = 0; i < rows.count; i++)
		if (strcmp(iap_pair_parent(arena, objects[i].object_key), folder) == 0)
			keys_out->items[keys_out->count++] = objects[i].object_key;
	return IAP_OK;
}

static enum iap_status
in_source(void *context, struct iap_arena *arena, const char *prefix, const char *folded,
    size_t limit, struct iap_texts *keys_out, struct iap_error *err)
{
	struct catalogue *catalogue = context;
	const struct iap_catalogued *objects;
	struct iap_rows rows;

	*keys_out = (struct iap_texts){ 0 };
	if (list_named(catalogue->pass, arena, folded, &rows, err) != IAP_OK)
		return err->status;
	objects = rows.items;
	keys_out->items = iap_arena_array(arena, rows.count + 1, sizeof *keys_out->items);
	for (size_t i = 0; i < rows.count && keys_out->count < limit; i++)
		if (begins(objects[i].object_key, prefix))
			keys_out->items[keys_out->count++] = objects[i].object_key;
	return IAP_OK;
}

static enum iap_status
survey(void *context, struct iap_arena *arena, const char *folder, struct iap_pair_folder *out,
    struct iap_error *err)
{
	struct catalogue *catalogue = context;
	uint64_t hash = iap_key_hash64(folder);
	const struct iap_catalogued *objects;
	struct iap_rows rows;

	*out = (struct iap_pair_folder){ 0 };
	if (iap_object_list_folders(catalogue->pass->worker->db, arena, catalogue->pass->source->id,
	    &hash, 1, &rows, err) != IAP_OK)
		return err->status;
	objects = rows.items;
	for (size_t i = 0; i < rows.count; i++) {
		const char *key = objects[i].object_key;

		if (iap_pair_is_document(key) && strcmp(objects[i].role, IAP_OBJECT_OTHER) != 0)
			out->documents++;
		if (!iap_pair_is_media(key))
			continue;
		out->media++;
		if (out->only_media == NULL || strcmp(key, out->only_media) < 0)
			out->only_media = key;
	}
	return IAP_OK;
}

static enum iap_status
named_elsewhere(void *context, const char *folder, const char *form,
    const char *recording_id, bool *out, struct iap_error *err)
{
	struct catalogue *catalogue = context;

	return iap_media_named_elsewhere(catalogue->pass->worker->db, catalogue->pass->source->id,
	    folder, form, recording_id, out, err);
}

/* The names of a medium as they were stored: one a line. */
static struct iap_texts
split_names(struct iap_arena *arena, const char *names)
{
	struct iap_texts texts = { 0 };
	size_t lines = 1;

	for (const char *at = names; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	texts.items = iap_arena_array(arena, lines, sizeof *texts.items);
	while (*names != '\0') {
		size_t length = strcspn(names, "\n");

		if (length != 0)
			texts.items[texts.count++] = iap_arena_copy_bytes(arena, names, length);
		names += length + (names[length] == '\n');
	}
	return texts;
}

/* Looks for one medium; pair->object_key is NULL when there is nothing. */
static enum iap_status
pair_one(struct iap_source_pass *pass, struct iap_arena *arena,
    const struct iap_media_check *medium, struct iap_media_pair *pair, struct iap_error *err)
{
	struct catalogue catalogue = { pass };
	const struct iap_pair_lookup lookup = {
		.context = &catalogue,
		.complete = true,
		.in_folder = in_folder,
		.in_source = in_source,
		.survey = survey,
		.named_elsewhere = named_elsewhere,
	};
	struct iap_texts names = split_names(arena, medium->names);
	const struct iap_pair_request request = {
		.document_key = medium->document_key,
		.recording_id = medium->recording_id,
		.names = &names,
		.sole = medium->sole,
		.encrypted = medium->encrypted,
		.kind = strcmp(medium->kind, iap_media_kind_name(IAP_MEDIA_VIDEO)) == 0 ?
		    IAP_MEDIA_VIDEO : IAP_MEDIA_AUDIO,
	};
	struct iap_catalogued object;

	*pair = (struct iap_media_pair){ .interaction_id = medium->interaction_id, .n = medium->n };
	if (iap_pair(&lookup, arena, &request, &pair->object_key, err) != IAP_OK)
		return err->status;
	if (pair->object_key == NULL)
		return IAP_OK;
	pair->key_hash = iap_key_hash128(arena, pair->object_key);
	if (iap_object_find(pass->worker->db, arena, pass->source->id, pair->object_key, &object,
	    err) != IAP_OK)
		return err->status;
	pair->size = (struct iap_maybe_i64){ true, (int64_t)object.size };
	return IAP_OK;
}

struct page {
	struct iap_source_pass *pass;
	struct iap_media_pair *pairs;
	size_t count;
};

static enum iap_status
store(struct iap_db *db, void *context, struct iap_error *err)
{
	struct page *page = context;

	if (iap_lease_renew(db, page->pass->source->id, page->pass->worker->owner, err) != IAP_OK)
		return err->status;
	return iap_media_pair_save(db, page->pairs, page->count, err);
}

static enum iap_status
pair_page(struct iap_source_pass *pass, struct iap_arena *arena, const struct iap_rows *rows,
    struct iap_error *err)
{
	const struct iap_media_check *media = rows->items;
	struct page page = { pass, iap_arena_array(arena, rows->count + 1, sizeof *page.pairs), 0 };

	for (size_t i = 0; i < rows->count && !iap_worker_stopping(); i++) {
		if (pair_one(pass, arena, &media[i], &page.pairs[page.count], err) != IAP_OK)
			return err->status;
		page.count += page.pairs[page.count].object_key != NULL;
	}
	return page.count == 0 ? iap_source_pass_beat(pass, err) :
	    iap_tx_retry(pass->worker->db, store, &page, err);
}

enum iap_status
iap_pair_late(struct iap_source_pass *pass, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	struct iap_media_check after = { 0 };
	struct iap_rows rows = { NULL, PAGE };
	uint64_t done = 0;

	iap_progress_phase(&pass->progress, "pairing", 0);
	for (bool first = true; rows.count == PAGE && !iap_worker_stopping(); first = false) {
		iap_arena_reset(arena);
		if (iap_media_check_list(pass->worker->db, arena, IAP_MEDIA_UNPAIRED, pass->source->id,
		    first ? NULL : &after, PAGE, &rows, err) != IAP_OK)
			return err->status;
		if (rows.count == 0)
			break;
		after = ((const struct iap_media_check *)rows.items)[rows.count - 1];
		if (pair_page(pass, arena, &rows, err) != IAP_OK)
			return err->status;
		done += rows.count;
		iap_progress_update(&pass->progress, done, NULL);
	}
	return IAP_OK;
}
