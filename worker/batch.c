/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/tx.h"
#include "model/interaction_id.h"
#include "model/interaction_write.h"
#include "model/key.h"
#include "model/lease.h"
#include "model/text.h"

enum { ATTEMPTS = 10, FAULT_DETAIL_MAX = 500, ROWS_MAX = 20000 };

/* What one batch may hold in memory, and where it is full. */
#define ARENA_LIMIT ((size_t)3 << 30)
#define ARENA_FULL ((size_t)48 << 20)

/* An array that grows in the batch's arena. */
struct list {
	void *items;
	size_t count;
	size_t capacity;
};

struct iap_batch {
	struct iap_source_pass *pass;
	struct iap_arena *arena;   /* what the rows point to */
	struct iap_arena *scratch; /* of one attempt to store them */
	struct list drafts;
	struct list objects;
	struct list changes;
	struct list faults;
	struct list ends;
};

struct iap_batch *
iap_batch_open(struct iap_source_pass *pass)
{
	struct iap_batch *batch = calloc(1, sizeof *batch);

	if (batch == NULL)
		iap_log_die("out of memory");
	batch->pass = pass;
	batch->arena = iap_arena_new(ARENA_LIMIT);
	batch->scratch = iap_arena_new(ARENA_LIMIT);
	return batch;
}

void
iap_batch_close(struct iap_batch **batch)
{
	if (*batch == NULL)
		return;
	iap_arena_free(&(*batch)->arena);
	iap_arena_free(&(*batch)->scratch);
	free(*batch);
	*batch = NULL;
}

struct iap_arena *
iap_batch_arena(struct iap_batch *batch)
{
	return batch->arena;
}

static void
add(struct iap_batch *batch, struct list *list, const void *item, size_t size)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
		void *grown = iap_arena_array(batch->arena, capacity, size);

		if (list->count != 0)
			memcpy(grown, list->items, list->count * size);
		list->items = grown;
		list->capacity = capacity;
	}
	memcpy((char *)list->items + list->count++ * size, item, size);
}

void
iap_batch_add_draft(struct iap_batch *batch, const struct iap_draft *draft)
{
	add(batch, &batch->drafts, draft, sizeof *draft);
}

void
iap_batch_add_object(struct iap_batch *batch, const struct iap_catalogued *object)
{
	add(batch, &batch->objects, object, sizeof *object);
}

void
iap_batch_add_change(struct iap_batch *batch, const struct iap_media_change *change)
{
	add(batch, &batch->changes, change, sizeof *change);
}

void
iap_batch_add_fault(struct iap_batch *batch, const char *key, const char *cause,
    const char *detail)
{
	const struct iap_fault_draft fault = {
		.source_id = batch->pass->source->id,
		.key_hash = iap_key_hash128(batch->arena, key),
		.object_key = iap_arena_copy(batch->arena, key),
		.cause = cause,
		.detail = iap_text_fit(batch->arena, iap_arena_copy(batch->arena, detail),
		    FAULT_DETAIL_MAX),
		.at_ms = iap_clock_now_ms(),
		.pass_id = batch->pass->pass_id,
	};

	add(batch, &batch->faults, &fault, sizeof fault);
}

void
iap_batch_add_end(struct iap_batch *batch, const char *key)
{
	const struct iap_fault_end end = {
		.at_ms = iap_clock_now_ms(),
		.source_id = batch->pass->source->id,
		.key_hash = iap_key_hash128(batch->arena, key),
	};

	add(batch, &batch->ends, &end, sizeof end);
}

bool
iap_batch_is_full(const struct iap_batch *batch)
{
	return batch->drafts.count >= (size_t)batch->pass->worker->settings.worker_batch ||
	    batch->objects.count >= ROWS_MAX || iap_arena_used(batch->arena) > ARENA_FULL;
}

/* Partitions for quarters that this program has not seen yet. */
static enum iap_status
ensure_partitions(struct iap_batch *batch, struct iap_error *err)
{
	struct iap_worker *worker = batch->pass->worker;
	const struct iap_draft *drafts = batch->drafts.items;
	uint64_t *ids = iap_arena_array(batch->scratch, batch->drafts.count + 1, sizeof *ids);
	size_t count = 0;

	for (size_t i = 0; i < batch->drafts.count; i++) {
		uint64_t id = iap_interaction_id(drafts[i].row.started_ms, drafts[i].row.recording_id);

		if (!worker->partitioned[iap_partition_quarter(id)])
			ids[count++] = id;
	}
	if (count == 0)
		return IAP_OK;
	if (iap_partition_ensure(worker->db, ids, count, err) != IAP_OK)
		return err->status;
	for (size_t i = 0; i < count; i++)
		if (ids[i] >> IAP_ID_HASH_BITS != 0)
			worker->partitioned[iap_partition_quarter(ids[i])] = true;
	return IAP_OK;
}

/* Everything of the batch, in one transaction that may be run again. */
static enum iap_status
store(struct iap_db *db, void *context, struct iap_error *err)
{
	struct iap_batch *batch = context;
	struct iap_source_pass *pass = batch->pass;

	iap_arena_reset(batch->scratch);
	if (iap_lease_renew(db, pass->source->id, pass->worker->owner, err) != IAP_OK ||
	    iap_interaction_write(db, batch->scratch, batch->drafts.items, batch->drafts.count,
	    err) != IAP_OK ||
	    iap_object_save(db, batch->objects.items, batch->objects.count, err) != IAP_OK ||
	    iap_media_change_save(db, batch->changes.items, batch->changes.count, err) != IAP_OK ||
	    iap_fault_resolve(db, batch->ends.items, batch->ends.count, err) != IAP_OK)
		return err->status;
	return iap_fault_save(db, batch->faults.items, batch->faults.count, err);
}

static void
count_outcomes(struct iap_batch *batch)
{
	struct iap_pass_counts *counts = &batch->pass->counts;
	const struct iap_draft *drafts = batch->drafts.items;

	for (size_t i = 0; i < batch->drafts.count; i++) {
		bool inserted = drafts[i].outcome == IAP_DRAFT_INSERTED;

		counts->inserted += inserted;
		counts->updated += drafts[i].outcome == IAP_DRAFT_UPDATED;
		/* Without any medium there is nothing left to check. */
		if (drafts[i].media_count == 0 &&
		    (inserted || drafts[i].outcome == IAP_DRAFT_UPDATED))
			counts->failed++;
	}
}

static void
clear(struct iap_batch *batch)
{
	batch->drafts = batch->objects = batch->changes = (struct list){ 0 };
	batch->faults = batch->ends = (struct list){ 0 };
	iap_arena_reset(batch->arena);
	iap_arena_reset(batch->scratch);
}

enum iap_status
iap_batch_commit(struct iap_batch *batch, struct iap_error *err)
{
	struct iap_source_pass *pass = batch->pass;
	struct iap_db *db = pass->worker->db;
	enum iap_status status = IAP_OK;

	if (batch->drafts.count == 0 && batch->objects.count == 0 && batch->changes.count == 0 &&
	    batch->faults.count == 0 && batch->ends.count == 0)
		return iap_source_pass_beat(pass, err);
	if (ensure_partitions(batch, err) != IAP_OK)
		return err->status;
	for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
		status = iap_tx_retry(db, store, batch, err);
		/* Another worker took an id of ours: the next attempt finds it there. */
		if (status != IAP_CONFLICT || !iap_db_duplicate(db))
			break;
	}
	if (status != IAP_OK)
		return iap_error_context(err, "batch of %zu", batch->drafts.count);
	count_outcomes(batch);
	clear(batch);
	pass->renewed_ms = 0;
	return iap_source_pass_beat(pass, err);
}
