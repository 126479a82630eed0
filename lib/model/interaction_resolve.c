/* SPDX-License-Identifier: Apache-2.0 */
#include "model/interaction_resolve.h"

#include <stdlib.h>
#include <string.h>

#include "db/query.h"
#include "db/stmt.h"
#include "model/interaction_id.h"
#include "model/key.h"
#include "model/statements.h"

/* As many clashes in a row mean that something else is wrong. */
enum { PROBES_MAX = 1000 };

/* What the documents of the batch told before. */
struct known_place {
	struct iap_bytes key_hash;
	uint64_t interaction_id;
	bool own;
	const char *recording_id;
	struct iap_maybe_i64 started_ms;
};

static const struct iap_column place_columns[] = {
	IAP_COLUMN(known_place, key_hash),
	IAP_COLUMN(known_place, interaction_id),
	IAP_COLUMN(known_place, own),
	IAP_COLUMN(known_place, recording_id),
	IAP_COLUMN(known_place, started_ms),
};

static const struct iap_stmt find_places = {
	.name = "place_find",
	.sql = "SELECT p.key_hash, p.interaction_id, p.own, i.recording_id, i.started_ms"
	       "  FROM place p JOIN interaction i ON i.id = p.interaction_id"
	       " WHERE p.source_id = ?",
	.columns = place_columns,
	.column_count = IAP_LENGTH(place_columns),
	.row_size = sizeof(struct known_place),
};

/* Who has an id already. */
struct holder {
	uint64_t id;
	const char *recording_id; /* NULL: an alias or a tombstone */
	struct iap_maybe_i64 started_ms;
	uint64_t leads_to;        /* of an alias; else 0 */
	struct iap_bytes erased;  /* of a tombstone: the hash of its recording id */
};

static const struct iap_column holder_columns[] = {
	IAP_COLUMN(holder, id),
	IAP_COLUMN(holder, recording_id),
	IAP_COLUMN(holder, started_ms),
	IAP_COLUMN(holder, leads_to),
	IAP_COLUMN(holder, erased),
};

#define SELECT_INTERACTIONS "SELECT id, recording_id, started_ms, 0 AS leads_to, NULL AS erased" \
	" FROM interaction WHERE TRUE"
#define SELECT_ALIASES "SELECT old_id AS id, NULL AS recording_id, NULL AS started_ms," \
	" interaction_id AS leads_to, NULL AS erased FROM alias WHERE TRUE"
#define SELECT_TOMBSTONES "SELECT id, NULL AS recording_id, NULL AS started_ms, 0 AS leads_to," \
	" recording_hash AS erased FROM tombstone WHERE TRUE"

static const struct iap_stmt find_interactions = {
	.name = "holder_interactions",
	.sql = SELECT_INTERACTIONS,
	.columns = holder_columns,
	.column_count = IAP_LENGTH(holder_columns),
	.row_size = sizeof(struct holder),
};

static const struct iap_stmt find_aliases = {
	.name = "holder_aliases",
	.sql = SELECT_ALIASES,
	.columns = holder_columns,
	.column_count = IAP_LENGTH(holder_columns),
	.row_size = sizeof(struct holder),
};

static const struct iap_stmt find_tombstones = {
	.name = "holder_tombstones",
	.sql = SELECT_TOMBSTONES,
	.columns = holder_columns,
	.column_count = IAP_LENGTH(holder_columns),
	.row_size = sizeof(struct holder),
};

static const struct iap_stmt *const statements[] = {
	&find_places, &find_interactions, &find_aliases, &find_tombstones,
};

const struct iap_statements iap_interaction_resolve_statements = {
	statements, IAP_LENGTH(statements),
};

struct holders {
	struct holder *items; /* by id */
	size_t count;
};

static bool
same_moment(struct iap_maybe_i64 a, struct iap_maybe_i64 b)
{
	return a.set == b.set && (!a.set || a.value == b.value);
}

static bool
same_bytes(struct iap_bytes a, struct iap_bytes b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.bytes, b.bytes, a.size) == 0);
}

static enum iap_status
load_places(struct iap_db *db, struct iap_arena *arena, const struct iap_draft *drafts,
    size_t count, struct iap_rows *out, struct iap_error *err)
{
	struct iap_value *hashes = iap_arena_array(arena, count + 1, sizeof *hashes);
	struct iap_query query;

	for (size_t i = 0; i < count; i++)
		hashes[i] = iap_bytes_value(drafts[i].place.key_hash.bytes,
		    drafts[i].place.key_hash.size);
	iap_query_open(&query, arena, "SELECT p.key_hash, p.interaction_id, p.own, i.recording_id,"
	    " i.started_ms FROM place p JOIN interaction i ON i.id = p.interaction_id"
	    " WHERE p.source_id = ?");
	iap_query_value(&query, iap_u64(drafts[0].place.source_id));
	iap_query_and_in_values(&query, "p.key_hash", hashes, count);
	iap_query_add(&query, " ORDER BY p.key_hash, p.element FOR UPDATE");
	return iap_query_all(db, arena, &query, &find_places, out, err);
}

/* The place that told of this recording before, best with the same start. */
static struct known_place *
find_known(const struct iap_draft *draft, const struct iap_rows *places)
{
	struct known_place *rows = places->items, *found = NULL;

	for (size_t i = 0; i < places->count; i++) {
		struct known_place *place = &rows[i];

		if (place->recording_id == NULL ||
		    !same_bytes(place->key_hash, draft->place.key_hash) ||
		    strcmp(place->recording_id, draft->row.recording_id) != 0)
			continue;
		if (same_moment(place->started_ms, draft->row.started_ms))
			return place;
		if (place->own)
			found = place;
	}
	return found;
}

/* Decides what the documents' earlier places decide; true when no id is to be looked for. */
static bool
resolve_known(struct iap_draft *draft, const struct iap_rows *places)
{
	struct known_place *place = find_known(draft, places);

	if (place == NULL)
		return false;
	if (place->own) {
		draft->outcome = IAP_DRAFT_UPDATED;
		draft->old_id = place->interaction_id;
		draft->place.own = true;
	} else {
		draft->outcome = IAP_DRAFT_PLACED;
	}
	if (!same_moment(place->started_ms, draft->row.started_ms))
		return false;
	draft->row.id = place->interaction_id;
	/* Two elements of one document that tell of the same: the first is its own. */
	if (place->own)
		place->own = false;
	return true;
}

static int
compare_holders(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static const struct holder *
find_holder(const struct holders *holders, uint64_t id)
{
	const struct holder wanted = { .id = id };

	if (holders->count == 0)
		return NULL;
	return bsearch(&wanted, holders->items, holders->count, sizeof wanted, compare_holders);
}

static enum iap_status
load_holders(struct iap_db *db, struct iap_arena *arena, const uint64_t *ids, size_t count,
    struct holders *out, struct iap_error *err)
{
	struct iap_rows rows[3];
	struct iap_query query;

	iap_query_open(&query, arena, SELECT_INTERACTIONS);
	iap_query_and_in(&query, "id", ids, count);
	iap_query_add(&query, " FOR UPDATE");
	if (iap_query_all(db, arena, &query, &find_interactions, &rows[0], err) != IAP_OK)
		return err->status;
	iap_query_open(&query, arena, SELECT_ALIASES);
	iap_query_and_in(&query, "old_id", ids, count);
	if (iap_query_all(db, arena, &query, &find_aliases, &rows[1], err) != IAP_OK)
		return err->status;
	iap_query_open(&query, arena, SELECT_TOMBSTONES);
	iap_query_and_in(&query, "id", ids, count);
	if (iap_query_all(db, arena, &query, &find_tombstones, &rows[2], err) != IAP_OK)
		return err->status;
	out->count = 0;
	out->items = iap_arena_array(arena, rows[0].count + rows[1].count + rows[2].count + 1,
	    sizeof *out->items);
	for (size_t i = 0; i < IAP_LENGTH(rows); i++) {
		if (rows[i].count != 0)
			memcpy(out->items + out->count, rows[i].items,
			    rows[i].count * sizeof *out->items);
		out->count += rows[i].count;
	}
	qsort(out->items, out->count, sizeof *out->items, compare_holders);
	return IAP_OK;
}

/* What the batch itself gave away: open addressing, at most half full. */
struct given {
	struct iap_draft **slots;
	size_t mask;
};

static struct iap_draft **
given_slot(const struct given *given, uint64_t id)
{
	size_t at = (size_t)(id * 0x9e3779b97f4a7c15u >> 20) & given->mask;

	while (given->slots[at] != NULL && given->slots[at]->row.id != id)
		at = (at + 1) & given->mask;
	return &given->slots[at];
}

static void
open_given(struct given *given, struct iap_arena *arena, size_t count)
{
	size_t size = 16;

	while (size < 2 * count + 2)
		size *= 2;
	given->slots = iap_arena_array(arena, size, sizeof *given->slots);
	given->mask = size - 1;
}

static bool
same_call(const struct iap_draft *draft, const char *recording_id,
    struct iap_maybe_i64 started_ms)
{
	return recording_id != NULL && strcmp(recording_id, draft->row.recording_id) == 0 &&
	    same_moment(started_ms, draft->row.started_ms);
}

static bool
is_erased(struct iap_arena *arena, const struct iap_draft *draft, const struct holder *holder)
{
	return holder->erased.bytes != NULL &&
	    same_bytes(holder->erased, iap_key_hash128(arena, draft->row.recording_id));
}

/* The call is there already: this document is one more place of it. */
static bool
join_existing(struct iap_draft *draft, uint64_t id)
{
	draft->row.id = id;
	draft->outcome = IAP_DRAFT_PLACED;
	draft->place.own = false;
	return true;
}

/* Tries the candidate in row.id; false when it belongs to somebody else. */
static bool
take_candidate(struct iap_arena *arena, struct iap_draft *draft, const struct holders *holders,
    const struct given *given)
{
	const struct holder *holder = find_holder(holders, draft->row.id);
	struct iap_draft **slot = given_slot(given, draft->row.id);

	if (*slot != NULL)
		return same_call(draft, (*slot)->row.recording_id, (*slot)->row.started_ms) &&
		    join_existing(draft, draft->row.id);
	if (holder != NULL && is_erased(arena, draft, holder)) {
		draft->outcome = IAP_DRAFT_ERASED;
		return true;
	}
	if (holder != NULL && same_call(draft, holder->recording_id, holder->started_ms))
		return join_existing(draft, holder->id);
	/* A call that moves back to where it was takes its alias away. */
	if (holder != NULL && (holder->leads_to == 0 || holder->leads_to != draft->old_id))
		return false;
	if (draft->outcome != IAP_DRAFT_UPDATED)
		draft->outcome = IAP_DRAFT_INSERTED;
	draft->place.own = true;
	*slot = draft;
	return true;
}

/* Gives ids to the drafts in `open`, round by round, until none is left. */
static enum iap_status
probe(struct iap_db *db, struct iap_arena *arena, struct iap_draft **open, size_t count,
    const struct given *given, struct iap_error *err)
{
	uint64_t *ids = iap_arena_array(arena, count + 1, sizeof *ids);

	for (int round = 0; count > 0; round++) {
		struct holders holders;
		size_t left = 0;

		if (round == PROBES_MAX)
			return iap_error_set(err, IAP_FAILED, "interaction: no free id near %llu",
			    (unsigned long long)open[0]->row.id);
		for (size_t i = 0; i < count; i++)
			ids[i] = open[i]->row.id;
		if (load_holders(db, arena, ids, count, &holders, err) != IAP_OK)
			return err->status;
		for (size_t i = 0; i < count; i++) {
			if (take_candidate(arena, open[i], &holders, given))
				continue;
			open[i]->row.id = iap_interaction_id_next(open[i]->row.id);
			open[left++] = open[i];
		}
		count = left;
	}
	return IAP_OK;
}

enum iap_status
iap_interaction_resolve(struct iap_db *db, struct iap_arena *arena, struct iap_draft *drafts,
    size_t count, struct iap_error *err)
{
	struct iap_draft **open = iap_arena_array(arena, count + 1, sizeof *open);
	struct iap_rows places;
	struct given given;
	size_t open_count = 0;

	if (load_places(db, arena, drafts, count, &places, err) != IAP_OK)
		return err->status;
	open_given(&given, arena, count);
	for (size_t i = 0; i < count; i++) {
		drafts[i].old_id = 0;
		drafts[i].outcome = IAP_DRAFT_INSERTED;
		drafts[i].place.own = false;
		if (resolve_known(&drafts[i], &places)) {
			*given_slot(&given, drafts[i].row.id) = &drafts[i];
			continue;
		}
		drafts[i].row.id = iap_interaction_id(drafts[i].row.started_ms,
		    drafts[i].row.recording_id);
		open[open_count++] = &drafts[i];
	}
	return probe(db, arena, open, open_count, &given, err);
}
