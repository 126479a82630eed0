/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/ingest.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/hash.h"
#include "model/key.h"
#include "worker/draft.h"
#include "worker/ingest_parts.h"

enum { AHEAD_BYTES = 8 << 20, AHEAD_IN_FLIGHT = 64 };

/* Keys of a group of folders that holds nothing but zips. */
#define ZIPS_ARENA ((size_t)1 << 30)

/* A document as it was read. */
struct reading {
	struct iap_folder *folder;
	const struct iap_folder_object *object;
	bool known; /* it was catalogued before */
	const char *bytes;
	size_t size;
	int64_t mtime_ns;
};

struct iap_ingest *
iap_ingest_open(struct iap_source_pass *pass)
{
	struct iap_ingest *ingest = calloc(1, sizeof *ingest);

	if (ingest == NULL)
		iap_log_die("out of memory");
	ingest->pass = pass;
	ingest->batch = iap_batch_open(pass);
	ingest->document_arena = iap_arena_new(IAP_DOCUMENT_ARENA);
	ingest->ahead_arena = iap_arena_new((size_t)AHEAD_BYTES + IAP_DOCUMENT_LIMIT);
	ingest->late_end = &ingest->late;
	ingest->zips.arena = iap_arena_new(ZIPS_ARENA);
	ingest->zips.end = &ingest->zips.first;
	return ingest;
}

void
iap_ingest_close(struct iap_ingest **ingest)
{
	if (*ingest == NULL)
		return;
	iap_batch_close(&(*ingest)->batch);
	iap_arena_free(&(*ingest)->document_arena);
	iap_arena_free(&(*ingest)->ahead_arena);
	iap_arena_free(&(*ingest)->zips.arena);
	free(*ingest);
	*ingest = NULL;
}

static void
catalogue(struct iap_ingest *ingest, const struct iap_folder *folder,
    const struct iap_folder_object *object, const char *role, const struct reading *reading)
{
	struct iap_arena *arena = iap_batch_arena(ingest->batch);
	struct iap_catalogued row = {
		.source_id = ingest->pass->source->id,
		.dir_hash = folder->hash,
		.key_hash = iap_key_hash128(arena, object->key),
		.name_hash = iap_key_hash64(object->folded),
		.object_key = iap_arena_copy(arena, object->key),
		.size = object->size,
		.modified_ns = object->mtime_ns,
		.role = role,
		.pass_id = ingest->pass->pass_id,
	};

	if (reading != NULL) {
		unsigned char hash[IAP_SHA256_SIZE];

		iap_hash_sha256(reading->bytes, reading->size, hash);
		row.size = reading->size;
		row.modified_ns = reading->mtime_ns;
		row.sha256 = (struct iap_bytes){ iap_arena_copy_bytes(arena, hash, sizeof hash),
			sizeof hash };
	}
	iap_batch_add_object(ingest->batch, &row);
}

void
iap_ingest_fault(struct iap_ingest *ingest, const char *key, const char *cause,
    const char *detail)
{
	iap_batch_add_fault(ingest->batch, key, cause, detail);
	ingest->pass->counts.faults++;
}

bool
iap_ingest_is_fresh(int64_t mtime_ns)
{
	int64_t age_ms = iap_clock_now_ms() - mtime_ns / 1000000;

	return age_ms > -IAP_FRESH_MS && age_ms < IAP_FRESH_MS;
}

/* A document may be half written; an entry of a zip that is whole is not. */
static bool
may_wait(const struct iap_ingest *ingest, const struct iap_folder_object *object)
{
	return !ingest->ending && strstr(object->key, "//") == NULL &&
	    iap_ingest_is_fresh(object->mtime_ns);
}

static void
postpone(struct iap_ingest *ingest, const struct reading *reading)
{
	struct iap_ingest_late *late = iap_arena_alloc(ingest->pass->arena, sizeof *late);

	*late = (struct iap_ingest_late){
		.folder = iap_arena_copy(ingest->pass->arena, reading->folder->key),
		.key = iap_arena_copy(ingest->pass->arena, reading->object->key),
		.size = reading->object->size,
		.mtime_ns = reading->object->mtime_ns,
	};
	*ingest->late_end = late;
	ingest->late_end = &late->next;
}

/* A document that cannot be read as it is now. */
static void
refuse(struct iap_ingest *ingest, const struct reading *reading, const char *cause,
    const char *detail)
{
	if (may_wait(ingest, reading->object)) {
		postpone(ingest, reading);
		return;
	}
	ingest->pass->counts.documents++;
	iap_ingest_fault(ingest, reading->object->key, cause, detail);
	catalogue(ingest, reading->folder, reading->object, IAP_OBJECT_FAULTY,
	    reading->bytes != NULL ? reading : NULL);
}

/*
 * What a document that cannot be read means to the pass. One that the storage
 * refuses is a fault, catalogued as of no time, so that every pass tries it
 * again; one that is gone since it was listed is the next pass's business;
 * anything else is no matter of one document.
 */
static enum iap_status
refuse_unread(struct iap_ingest *ingest, const struct reading *reading,
    const struct iap_error *err)
{
	struct iap_folder_object unread = *reading->object;

	if (err->status == IAP_NOT_FOUND)
		return IAP_OK;
	if (err->status != IAP_FORBIDDEN && err->status != IAP_CORRUPT)
		return err->status;
	unread.mtime_ns = -1;
	ingest->zips.unread |= err->status == IAP_FORBIDDEN;
	iap_ingest_fault(ingest, reading->object->key, err->status == IAP_CORRUPT ? "damaged" :
	    "unreadable", err->detail);
	catalogue(ingest, reading->folder, &unread, IAP_OBJECT_FAULTY, NULL);
	return IAP_OK;
}

/* The document that was read ahead, if this is it and it still was what was listed. */
static const struct iap_storage_load *
find_ahead(struct iap_ingest *ingest, const struct iap_folder_object *object)
{
	const struct iap_storage_load *load = &ingest->ahead[ingest->ahead_at];

	if (ingest->ahead_at == ingest->ahead_count || load->key != object->key)
		return NULL;
	ingest->ahead_at++;
	return load->status != IAP_OK || load->whole == object->size ? load : NULL;
}

/* The whole document into the document arena; a fault when the storage or its size forbids it. */
static enum iap_status
load(struct iap_ingest *ingest, struct reading *reading, bool *loaded, struct iap_error *err)
{
	IAP_CLEANUP(iap_reader_close) struct iap_reader *reader = NULL;
	const struct iap_storage_load *ahead = find_ahead(ingest, reading->object);
	char *bytes;
	size_t got = 0;

	*loaded = false;
	if (ahead != NULL) {
		if (ahead->status != IAP_OK) {
			iap_error_set(err, ahead->status, "%s", ahead->detail);
			return refuse_unread(ingest, reading, err);
		}
		reading->bytes = ahead->bytes;
		reading->size = ahead->size;
		/* For an empty one the storage was not asked. */
		reading->mtime_ns = ahead->wanted == 0 ? reading->object->mtime_ns : ahead->mtime_ns;
		*loaded = ahead->size == ahead->whole;
		return IAP_OK;
	}
	if (iap_storage_read(ingest->pass->storage, reading->object->key, &reader, err) != IAP_OK)
		return refuse_unread(ingest, reading, err);
	if (reader->size > IAP_DOCUMENT_LIMIT) {
		refuse(ingest, reading, "too_large", iap_arena_format(ingest->document_arena,
		    "the document has %llu bytes, more than %d",
		    (unsigned long long)reader->size, IAP_DOCUMENT_LIMIT));
		return IAP_OK;
	}
	bytes = iap_arena_alloc(ingest->document_arena, reader->size + 1);
	if (iap_reader_read_at(reader, 0, bytes, reader->size, &got, err) != IAP_OK)
		return refuse_unread(ingest, reading, err);
	reading->bytes = bytes;
	reading->size = got;
	reading->mtime_ns = reader->mtime_ns;
	/* One that shrank while it was read is being written: it waits for the next pass. */
	*loaded = got == reader->size;
	return IAP_OK;
}

static enum iap_status
add_recordings(struct iap_ingest *ingest, const struct reading *reading,
    const struct iap_document *document, struct iap_error *err)
{
	struct iap_pair_lookup lookup = iap_folder_lookup(reading->folder);
	struct iap_arena *arena = iap_batch_arena(ingest->batch);
	struct iap_draft_document whole = {
		.key = iap_arena_copy(arena, reading->object->key),
		.size = reading->size,
		.lookup = &lookup,
		.size_of = iap_folder_size_of,
		.context = reading->folder,
	};

	for (size_t i = 0; i < document->count; i++)
		whole.media_count += document->recordings[i].media_count;
	for (size_t i = 0; i < document->count; i++) {
		struct iap_draft draft;
		enum iap_status status = iap_draft_make(ingest->pass, arena, &whole,
		    &document->recordings[i], i, &draft, err);

		if (status == IAP_INVALID)
			iap_ingest_fault(ingest, reading->object->key, "unsupported", err->detail);
		else if (status != IAP_OK)
			return status;
		else
			iap_batch_add_draft(ingest->batch, &draft);
	}
	return IAP_OK;
}

static enum iap_status
read_document(struct iap_ingest *ingest, struct reading *reading, struct iap_error *err)
{
	struct iap_document document = { 0 };
	enum iap_status status;
	bool loaded;

	iap_arena_reset(ingest->document_arena);
	/* Not err->status: it tells of the one document that is a fault now, or gone. */
	status = load(ingest, reading, &loaded, err);
	if (status != IAP_OK || !loaded)
		return status;
	/* Metadata points into the batch's memory: it lives until it is stored. */
	if (iap_document_parse(iap_batch_arena(ingest->batch), reading->bytes, reading->size,
	    reading->object->key, &document, err) != IAP_OK) {
		refuse(ingest, reading, "damaged", err->detail);
		return IAP_OK;
	}
	if (document.fault != NULL && may_wait(ingest, reading->object)) {
		postpone(ingest, reading);
		return IAP_OK;
	}
	if (reading->known)
		iap_batch_add_end(ingest->batch, reading->object->key);
	ingest->pass->counts.documents += document.count != 0 || document.fault != NULL;
	if (document.fault != NULL)
		iap_ingest_fault(ingest, reading->object->key, "damaged", document.fault);
	catalogue(ingest, reading->folder, reading->object,
	    document.fault != NULL ? IAP_OBJECT_FAULTY :
	    document.count != 0 ? IAP_OBJECT_DOCUMENT : IAP_OBJECT_OTHER, reading);
	return add_recordings(ingest, reading, &document, err);
}

/* A file that is no document: catalogued, and what is paired with it is looked at again. */
static void
see_file(struct iap_ingest *ingest, const struct iap_folder *folder,
    const struct iap_folder_object *object)
{
	const char *role = iap_pair_is_media(object->key) ? IAP_OBJECT_MEDIA : IAP_OBJECT_OTHER;
	const struct iap_media_change change = {
		.size = { true, (int64_t)object->size },
		.source_id = ingest->pass->source->id,
		.key_hash = iap_key_hash128(iap_batch_arena(ingest->batch), object->key),
	};

	catalogue(ingest, folder, object, role, NULL);
	/* In a source that is read for the first time nothing is paired yet. */
	if (ingest->pass->known != 0)
		iap_batch_add_change(ingest->batch, &change);
}

static bool
is_unchanged(const struct iap_catalogued *known, const struct iap_folder_object *object)
{
	return known != NULL && known->size == object->size && known->modified_ns == object->mtime_ns;
}

static enum iap_status
see_object(struct iap_ingest *ingest, struct iap_folder *folder,
    const struct iap_folder_object *object, const struct iap_catalogued *known,
    struct iap_error *err)
{
	struct iap_source_pass *pass = ingest->pass;
	struct reading reading = { .folder = folder, .object = object, .known = known != NULL };

	pass->counts.seen++;
	pass->seen_known += known != NULL;
	if (iap_storage_is_zip(object->key) &&
	    iap_ingest_see_zip(ingest, object, is_unchanged(known, object), err) != IAP_OK)
		return err->status;
	if (is_unchanged(known, object)) {
		bool faulty = strcmp(known->role, IAP_OBJECT_FAULTY) == 0;

		pass->counts.unchanged += faulty || strcmp(known->role, IAP_OBJECT_DOCUMENT) == 0;
		pass->counts.faults += faulty;
		return IAP_OK;
	}
	pass->found_new = true;
	if (!iap_pair_is_document(object->key)) {
		see_file(ingest, folder, object);
	} else if (read_document(ingest, &reading, err) != IAP_OK) {
		return iap_error_context(err, "%s", object->key);
	}
	return iap_batch_is_full(ingest->batch) ? iap_batch_commit(ingest->batch, err) : IAP_OK;
}

static int
compare_known(const void *a, const void *b)
{
	const struct iap_catalogued *x = a, *y = b;

	if (x->dir_hash != y->dir_hash)
		return x->dir_hash < y->dir_hash ? -1 : 1;
	return strcmp(x->object_key, y->object_key);
}

/* What the catalogue knows of an object, or NULL. */
static const struct iap_catalogued *
find_known(const struct iap_rows *known, const struct iap_folder *folder,
    const struct iap_folder_object *object)
{
	const struct iap_catalogued wanted = { .dir_hash = folder->hash, .object_key = object->key };

	return known->count == 0 ? NULL :
	    bsearch(&wanted, known->items, known->count, sizeof wanted, compare_known);
}

/* Reads ahead: this new document, and those after it in these folders. */
static void
read_ahead(struct iap_ingest *ingest, const struct iap_folder *folders, size_t count, size_t at,
    const struct iap_rows *known)
{
	size_t bytes = 0, i = 0;

	iap_arena_reset(ingest->ahead_arena);
	ingest->ahead_count = ingest->ahead_at = 0;
	for (; i < count; i++, at = 0)
		for (; at < folders[i].count; at++) {
			const struct iap_folder_object *object = &folders[i].objects[at];

			if (object->size > IAP_DOCUMENT_LIMIT || !iap_pair_is_document(object->key) ||
			    is_unchanged(find_known(known, &folders[i], object), object))
				continue;
			if (ingest->ahead_count == IAP_AHEAD_MAX || (bytes != 0 && bytes + object->size > AHEAD_BYTES)) {
				count = 0;
				break;
			}
			bytes += object->size;
			ingest->ahead[ingest->ahead_count++] = (struct iap_storage_load){
				.key = object->key, .wanted = object->size };
		}
	iap_storage_load_all(ingest->pass->storage, ingest->ahead_arena, ingest->ahead,
	    ingest->ahead_count, AHEAD_IN_FLIGHT);
}

/* Whether the document stands next among those read ahead, or needs not be there. */
static bool
is_ahead(const struct iap_ingest *ingest, const struct iap_folder_object *object,
    const struct iap_catalogued *known)
{
	return object->size > IAP_DOCUMENT_LIMIT || !iap_pair_is_document(object->key) ||
	    is_unchanged(known, object) || (ingest->ahead_at != ingest->ahead_count &&
	    ingest->ahead[ingest->ahead_at].key == object->key);
}

enum iap_status
iap_ingest_folders(struct iap_ingest *ingest, struct iap_arena *arena,
    struct iap_folder *folders, size_t count, struct iap_error *err)
{
	struct iap_source_pass *pass = ingest->pass;
	uint64_t *hashes = iap_arena_array(arena, count + 1, sizeof *hashes);
	struct iap_rows known = { 0 };

	ingest->ahead_count = ingest->ahead_at = 0;
	for (size_t i = 0; i < count; i++)
		hashes[i] = folders[i].hash;
	if (count != 0 && iap_object_list_folders(pass->worker->db, arena, pass->source->id, hashes,
	    count, &known, err) != IAP_OK)
		return err->status;
	qsort(known.items, known.count, sizeof(struct iap_catalogued), compare_known);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < folders[i].count && !iap_worker_stopping(); k++) {
			const struct iap_folder_object *object = &folders[i].objects[k];
			const struct iap_catalogued *row = find_known(&known, &folders[i], object);

			if (!is_ahead(ingest, object, row))
				read_ahead(ingest, &folders[i], count - i, k, &known);
			if (see_object(ingest, &folders[i], object, row, err) != IAP_OK)
				return err->status;
			iap_progress_update(&pass->progress, pass->counts.seen, NULL);
		}
	return iap_source_pass_beat(pass, err);
}

void
iap_ingest_wait(int64_t mtime_ns)
{
	int64_t age_ms = iap_clock_now_ms() - mtime_ns / 1000000;
	struct timespec span = { 0, 50 * 1000000L };

	while (age_ms >= -IAP_FRESH_MS && age_ms < IAP_STILL_MS && !iap_worker_stopping()) {
		nanosleep(&span, NULL);
		age_ms = iap_clock_now_ms() - mtime_ns / 1000000;
	}
}

/* Reads a postponed document again, unless it is still being written. */
static enum iap_status
read_late(struct iap_ingest *ingest, struct iap_arena *arena, const struct iap_ingest_late *late,
    struct iap_error *err)
{
	struct reading reading = { 0 };
	struct iap_storage_page page;
	struct iap_folder folder;

	if (iap_storage_list(ingest->pass->storage, arena, late->folder, &page, err) != IAP_OK)
		return err->status == IAP_UNAVAILABLE ? err->status : IAP_OK;
	iap_folder_open(&folder, arena, late->folder, &page);
	for (size_t i = 0; i < folder.count; i++)
		if (strcmp(folder.objects[i].key, late->key) == 0)
			reading.object = &folder.objects[i];
	if (reading.object == NULL)
		return IAP_OK;
	reading.folder = &folder;
	reading.known = true;
	/* Still changing: it may be whole by now; if not, it is left to the next pass. */
	ingest->ending = reading.object->size == late->size &&
	    reading.object->mtime_ns == late->mtime_ns;
	return read_document(ingest, &reading, err);
}

enum iap_status
iap_ingest_end(struct iap_ingest *ingest, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new((size_t)1 << 30);
	const struct iap_ingest_late *late = ingest->late;

	ingest->ahead_count = ingest->ahead_at = 0;
	ingest->late_end = &ingest->late;
	ingest->late = NULL;
	for (; late != NULL && !iap_worker_stopping(); late = late->next) {
		iap_arena_reset(arena);
		iap_ingest_wait(late->mtime_ns);
		if (read_late(ingest, arena, late, err) != IAP_OK ||
		    (iap_batch_is_full(ingest->batch) && iap_batch_commit(ingest->batch, err) != IAP_OK))
			return err->status;
	}
	return iap_batch_commit(ingest->batch, err);
}
