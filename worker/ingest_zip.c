/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zips: which of them are to be read, and what is wrong with them. Their
 * entries are objects like others; a zip that was read to its end and has not
 * changed is not opened.
 */
#include <string.h>

#include "model/key.h"
#include "model/zip.h"
#include "storage/zips.h"
#include "worker/ingest_parts.h"

enum { SCRATCH = 64 * 1024 };

static struct iap_ingest_zip *
add(struct iap_arena *arena, const char *key, uint64_t size, int64_t mtime_ns)
{
	struct iap_ingest_zip *zip = iap_arena_alloc(arena, sizeof *zip);

	*zip = (struct iap_ingest_zip){
		.key = iap_arena_copy(arena, key),
		.size = size,
		.mtime_ns = mtime_ns,
	};
	return zip;
}

/* What is known of the zip, all 0 when nothing is. */
static enum iap_status
find_row(struct iap_ingest *ingest, const char *key, struct iap_zip_row *out,
    struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(SCRATCH);
	enum iap_status status = iap_zip_row_find(ingest->pass->worker->db, arena,
	    ingest->pass->source->id, key, out, err);

	if (status == IAP_NOT_FOUND)
		*out = (struct iap_zip_row){ 0 };
	out->key_hash = (struct iap_bytes){ 0 };
	return status == IAP_NOT_FOUND ? IAP_OK : status;
}

enum iap_status
iap_ingest_see_zip(struct iap_ingest *ingest, const struct iap_folder_object *object,
    bool unchanged, struct iap_error *err)
{
	struct iap_source_pass *pass = ingest->pass;
	struct iap_zip_row row;

	if (strstr(object->key, "//") != NULL) {
		/* Else one zip could hold a thousand, and each of them a thousand. */
		iap_ingest_fault(ingest, object->key, "unsupported", "a zip inside a zip is not read");
		return IAP_OK;
	}
	if (find_row(ingest, object->key, &row, err) != IAP_OK)
		return err->status;
	if (unchanged && row.size == object->size && row.modified_ns == object->mtime_ns) {
		pass->counts.seen += row.entries;
		pass->seen_known += row.entries;
		pass->counts.unchanged += row.documents;
		pass->counts.faults += row.faults;
		return IAP_OK;
	}
	*ingest->zips.end = add(ingest->zips.arena, object->key, object->size, object->mtime_ns);
	ingest->zips.end = &(*ingest->zips.end)->next;
	return IAP_OK;
}

struct iap_ingest_zip *
iap_ingest_next_zip(struct iap_ingest *ingest)
{
	struct iap_ingest_zip *zip = ingest->zips.first;

	if (zip == NULL) {
		iap_arena_reset(ingest->zips.arena);
		ingest->zips.end = &ingest->zips.first;
		return NULL;
	}
	ingest->zips.first = zip->next;
	if (zip->next == NULL)
		ingest->zips.end = &ingest->zips.first;
	return zip;
}

struct iap_ingest_zip *
iap_ingest_next_late_zip(struct iap_ingest *ingest)
{
	struct iap_ingest_zip *zip = ingest->zips.late;
	struct iap_error gone = { 0 };
	struct iap_object object;

	if (zip == NULL)
		return NULL;
	ingest->zips.late = zip->next;
	iap_ingest_wait(zip->mtime_ns);
	zip->ending = true;
	/* Still changing: it may be whole by now; if not, its faults end with the next pass. */
	if (iap_storage_stat(ingest->pass->storage, ingest->pass->arena, zip->key, &object, &gone) ==
	    IAP_OK) {
		zip->size = object.size;
		zip->mtime_ns = object.mtime_ns;
	}
	return zip;
}

/* Looks at the zip again when the walk is over, for it is being written, it seems. */
static bool
postpone(struct iap_ingest *ingest, const struct iap_ingest_zip *zip)
{
	struct iap_ingest_zip *late;

	if (zip->ending || !iap_ingest_is_fresh(zip->mtime_ns))
		return false;
	late = add(ingest->pass->arena, zip->key, zip->size, zip->mtime_ns);
	late->next = ingest->zips.late;
	ingest->zips.late = late;
	return true;
}

/* Stores that the zip was read as it is now, so that it need not be opened again. */
static enum iap_status
save_row(struct iap_ingest *ingest, const struct iap_ingest_zip *zip, struct iap_zip_row *row,
    struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(SCRATCH);

	row->source_id = ingest->pass->source->id;
	row->key_hash = iap_key_hash128(arena, zip->key);
	row->size = zip->size;
	row->modified_ns = zip->mtime_ns;
	/* What it held has to be there before it says that it need not be looked for. */
	if (iap_batch_commit(ingest->batch, err) != IAP_OK)
		return err->status;
	return iap_zip_row_save(ingest->pass->worker->db, row, err);
}

/* A zip that cannot be opened. What it held before stays, and counts as seen. */
static enum iap_status
refuse(struct iap_ingest *ingest, const struct iap_ingest_zip *zip, struct iap_error *err)
{
	enum iap_status status = err->status;
	struct iap_error why = *err;
	struct iap_zip_row row;

	if (status == IAP_NOT_FOUND)
		return IAP_OK;
	if (status != IAP_CORRUPT && status != IAP_INVALID && status != IAP_FORBIDDEN)
		return status;
	if (status != IAP_FORBIDDEN && postpone(ingest, zip)) {
		ingest->pass->partial = true;
		return IAP_OK;
	}
	iap_ingest_fault(ingest, zip->key, status == IAP_CORRUPT ? "damaged" :
	    status == IAP_INVALID ? "unsupported" : "unreadable", why.detail);
	if (find_row(ingest, zip->key, &row, err) != IAP_OK)
		return err->status;
	ingest->pass->seen_known += row.entries;
	/* Entries of a reading that was interrupted are not counted there. */
	ingest->pass->partial = true;
	row.faults = 1;
	row.documents = 0;
	/* The storage may let us in the next time. */
	return status == IAP_FORBIDDEN ? IAP_OK : save_row(ingest, zip, &row, err);
}

static void
store_notes(struct iap_ingest *ingest, const struct iap_zip *zip,
    const struct iap_ingest_zip_work *work)
{
	struct iap_arena *arena = iap_batch_arena(ingest->batch);
	const char *key = work->zip->key;
	size_t count;
	const struct iap_zip_note *notes = iap_zip_notes(zip, &count);

	iap_batch_add_end(ingest->batch, key);
	for (size_t i = 0; i < count; i++)
		iap_ingest_fault(ingest, notes[i].entry == NULL ? key :
		    iap_arena_format(arena, "%s//%s", key, notes[i].entry), notes[i].cause,
		    notes[i].detail);
}

enum iap_status
iap_ingest_begin_zip(struct iap_ingest *ingest, const struct iap_ingest_zip *zip,
    struct iap_ingest_zip_work *work, struct iap_error *err)
{
	IAP_CLEANUP(iap_zip_close) struct iap_zip *opened = NULL;
	size_t count;

	*work = (struct iap_ingest_zip_work){ .zip = zip, .before = ingest->pass->counts };
	if (iap_zips_open(ingest->pass->storage, zip->key, &opened, err) != IAP_OK) {
		work->postponed = true;
		return refuse(ingest, zip, err);
	}
	iap_zip_notes(opened, &count);
	if (count != 0 && postpone(ingest, zip)) {
		work->postponed = true;
		ingest->pass->partial = true;
		return IAP_OK;
	}
	store_notes(ingest, opened, work);
	ingest->zips.unread = false;
	work->enter = iap_zip_count(opened) != 0;
	ingest->pass->found_new = true;
	return IAP_OK;
}

enum iap_status
iap_ingest_end_zip(struct iap_ingest *ingest, const struct iap_ingest_zip_work *work,
    struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(SCRATCH);
	const struct iap_pass_counts *now = &ingest->pass->counts, *before = &work->before;
	struct iap_zip_row row = {
		.entries = now->seen - before->seen,
		.documents = now->documents - before->documents + now->unchanged - before->unchanged,
		.faults = now->faults - before->faults,
	};
	struct iap_object object;

	if (iap_storage_stat(ingest->pass->storage, arena, work->zip->key, &object, err) != IAP_OK)
		return err->status == IAP_NOT_FOUND ? IAP_OK : err->status;
	/* It changed while it was read, or could not be read: the next pass reads it again. */
	if (ingest->zips.unread || object.size != work->zip->size || object.mtime_ns != work->zip->mtime_ns)
		return IAP_OK;
	return save_row(ingest, work->zip, &row, err);
}
