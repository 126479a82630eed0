/* SPDX-License-Identifier: Apache-2.0 */
#include "model/interaction_write.h"

#include <stdlib.h>

#include "db/stmt.h"
#include "model/interaction_resolve.h"
#include "model/interaction_rows.h"
#include "model/statements.h"

/* An id that changed. */
struct move {
	uint64_t old_id;
	uint64_t new_id;
};

static const struct iap_column new_old_columns[] = {
	IAP_COLUMN(move, new_id),
	IAP_COLUMN(move, old_id),
};

static const struct iap_column new_columns[] = { IAP_COLUMN(move, new_id) };

static const struct iap_column old_new_columns[] = {
	IAP_COLUMN(move, old_id),
	IAP_COLUMN(move, new_id),
};

static const struct iap_stmt move_places = {
	.name = "place_move",
	.sql = "UPDATE place SET interaction_id = ? WHERE interaction_id = ?",
};

static const struct iap_stmt move_aliases = {
	.name = "alias_move",
	.sql = "UPDATE alias SET interaction_id = ? WHERE interaction_id = ?",
};

static const struct iap_stmt delete_alias = {
	.name = "alias_delete",
	.sql = "DELETE FROM alias WHERE old_id = ?",
};

static const struct iap_stmt insert_alias = {
	.name = "alias_insert",
	.sql = "INSERT INTO alias (old_id, interaction_id) VALUES (?, ?)",
};

static const struct iap_stmt *const statements[] = {
	&move_places, &move_aliases, &delete_alias, &insert_alias,
};

const struct iap_statements iap_interaction_write_statements = {
	statements, IAP_LENGTH(statements),
};

static int
compare_ids(const void *a, const void *b)
{
	const struct iap_draft *x = *(const struct iap_draft *const *)a;
	const struct iap_draft *y = *(const struct iap_draft *const *)b;

	return (x->row.id > y->row.id) - (x->row.id < y->row.id);
}

/* Links, notes and audit keep the old id: it leads to the new one from now on. */
static enum iap_status
write_moves(struct iap_db *db, struct iap_arena *arena, const struct iap_draft *drafts,
    size_t count, struct iap_error *err)
{
	struct move *moves = iap_arena_array(arena, count + 1, sizeof *moves);
	struct iap_bulk bulk = { new_old_columns, 2, moves, sizeof *moves, 0 };

	for (size_t i = 0; i < count; i++)
		if (drafts[i].old_id != 0 && drafts[i].old_id != drafts[i].row.id)
			moves[bulk.count++] = (struct move){ drafts[i].old_id, drafts[i].row.id };
	if (bulk.count == 0)
		return IAP_OK;
	if (iap_db_bulk(db, &move_places, &bulk, err) != IAP_OK ||
	    iap_db_bulk(db, &move_aliases, &bulk, err) != IAP_OK)
		return err->status;
	bulk.columns = new_columns;
	bulk.column_count = 1;
	if (iap_db_bulk(db, &delete_alias, &bulk, err) != IAP_OK)
		return err->status;
	bulk.columns = old_new_columns;
	bulk.column_count = 2;
	return iap_db_bulk(db, &insert_alias, &bulk, err);
}

static enum iap_status
write_rows(struct iap_db *db, struct iap_arena *arena, struct iap_draft *drafts, size_t count,
    struct iap_error *err)
{
	struct iap_draft **written = iap_arena_array(arena, count + 1, sizeof *written);
	uint64_t *replaced = iap_arena_array(arena, count + 1, sizeof *replaced);
	size_t written_count = 0, replaced_count = 0;

	for (size_t i = 0; i < count; i++) {
		if (drafts[i].old_id != 0)
			replaced[replaced_count++] = drafts[i].old_id;
		if (drafts[i].outcome == IAP_DRAFT_INSERTED || drafts[i].outcome == IAP_DRAFT_UPDATED)
			written[written_count++] = &drafts[i];
	}
	qsort(written, written_count, sizeof *written, compare_ids);
	if (iap_interaction_rows_delete(db, arena, replaced, replaced_count, err) != IAP_OK)
		return err->status;
	return iap_interaction_rows_insert(db, arena, written, written_count, err);
}

static enum iap_status
write_places(struct iap_db *db, struct iap_arena *arena, const struct iap_draft *drafts,
    size_t count, struct iap_error *err)
{
	struct iap_draft_place *places = iap_arena_array(arena, count + 1, sizeof *places);
	size_t place_count = 0;

	for (size_t i = 0; i < count; i++) {
		if (drafts[i].outcome == IAP_DRAFT_ERASED)
			continue;
		places[place_count] = drafts[i].place;
		places[place_count++].interaction_id = drafts[i].row.id;
	}
	return iap_interaction_places_save(db, places, place_count, err);
}

enum iap_status
iap_interaction_write(struct iap_db *db, struct iap_arena *arena, struct iap_draft *drafts,
    size_t count, struct iap_error *err)
{
	if (count == 0)
		return IAP_OK;
	if (iap_interaction_resolve(db, arena, drafts, count, err) != IAP_OK ||
	    write_rows(db, arena, drafts, count, err) != IAP_OK ||
	    write_moves(db, arena, drafts, count, err) != IAP_OK)
		return err->status;
	return write_places(db, arena, drafts, count, err);
}
