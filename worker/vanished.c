/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/vanished.h"

#include "db/tx.h"
#include "model/lease.h"
#include "model/media_check.h"
#include "model/object.h"

/* More than this share gone stops a pass, unless it is a handful only. */
enum { PERCENT_MAX = 5, HANDFUL = 3, PAGE = 1000 };

#define ARENA_LIMIT ((size_t)256 << 20)

struct gone {
	struct iap_source_pass *pass;
	struct iap_catalogued *objects;
	struct iap_media_change *changes;
	size_t count;
};

static enum iap_status
store(struct iap_db *db, void *context, struct iap_error *err)
{
	struct gone *gone = context;

	if (iap_lease_renew(db, gone->pass->source->id, gone->pass->worker->owner, err) != IAP_OK ||
	    iap_media_change_save(db, gone->changes, gone->count, err) != IAP_OK)
		return err->status;
	return iap_object_delete(db, gone->objects, gone->count, err);
}

/* Asks the storage for each object of a page of the catalogue. */
static enum iap_status
sweep_page(struct iap_source_pass *pass, struct iap_arena *arena, const struct iap_rows *rows,
    struct iap_error *err)
{
	const struct iap_catalogued *objects = rows->items;
	struct gone gone = { pass, iap_arena_array(arena, rows->count, sizeof *gone.objects),
		iap_arena_array(arena, rows->count, sizeof *gone.changes), 0 };

	for (size_t i = 0; i < rows->count; i++) {
		struct iap_object object;
		enum iap_status status = iap_storage_stat(pass->storage, arena, objects[i].object_key,
		    &object, err);

		if (status == IAP_UNAVAILABLE)
			return status;
		if (status != IAP_NOT_FOUND)
			continue;
		gone.objects[gone.count] = objects[i];
		gone.changes[gone.count++] = (struct iap_media_change){
			.source_id = pass->source->id, .key_hash = objects[i].key_hash };
	}
	return gone.count == 0 ? iap_source_pass_beat(pass, err) :
	    iap_tx_retry(pass->worker->db, store, &gone, err);
}

static enum iap_status
sweep(struct iap_source_pass *pass, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	IAP_CLEANUP(iap_arena_free) struct iap_arena *kept = iap_arena_new(ARENA_LIMIT);
	struct iap_catalogued after = { 0 };
	struct iap_rows rows = { NULL, PAGE };

	for (bool first = true; rows.count == PAGE && !iap_worker_stopping(); first = false) {
		iap_arena_reset(arena);
		if (iap_object_list_next(pass->worker->db, arena, pass->source->id,
		    first ? NULL : &after, PAGE, &rows, err) != IAP_OK)
			return err->status;
		if (rows.count == 0)
			break;
		iap_arena_reset(kept);
		after = ((const struct iap_catalogued *)rows.items)[rows.count - 1];
		after.key_hash.bytes = iap_arena_copy_bytes(kept, after.key_hash.bytes,
		    after.key_hash.size);
		if (sweep_page(pass, arena, &rows, err) != IAP_OK)
			return err->status;
	}
	return IAP_OK;
}

enum iap_status
iap_vanished_check(struct iap_source_pass *pass, struct iap_error *err)
{
	uint64_t gone = pass->known > pass->seen_known ? pass->known - pass->seen_known : 0;

	/* Of folders that could not be listed nothing is known. */
	if (gone == 0 || pass->partial)
		return IAP_OK;
	if (gone * 100 > pass->known * PERCENT_MAX && (gone > HANDFUL || pass->seen_known == 0))
		return iap_error_set(err, IAP_CORRUPT, "%llu of %llu known objects have vanished: is the"
		    " storage mounted? nothing was changed",
		    (unsigned long long)gone, (unsigned long long)pass->known);
	return sweep(pass, err);
}
