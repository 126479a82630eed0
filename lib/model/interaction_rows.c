/* SPDX-License-Identifier: Apache-2.0 */
#include "model/interaction_rows.h"

#include <string.h>

#include "db/query.h"
#include "db/stmt.h"
#include "model/statements.h"

static const struct iap_column interaction_columns[] = {
	IAP_COLUMN(iap_draft_interaction, id),
	IAP_COLUMN(iap_draft_interaction, recording_id),
	IAP_COLUMN(iap_draft_interaction, source_id),
	IAP_COLUMN(iap_draft_interaction, scope_id),
	IAP_COLUMN(iap_draft_interaction, started_ms),
	IAP_COLUMN(iap_draft_interaction, ended_ms),
	IAP_COLUMN(iap_draft_interaction, duration_ms),
	IAP_COLUMN(iap_draft_interaction, caller),
	IAP_COLUMN(iap_draft_interaction, caller_digits),
	IAP_COLUMN(iap_draft_interaction, dialed),
	IAP_COLUMN(iap_draft_interaction, dialed_digits),
	IAP_COLUMN(iap_draft_interaction, call_type),
	IAP_COLUMN(iap_draft_interaction, state),
	IAP_COLUMN(iap_draft_interaction, reviewed),
	IAP_COLUMN(iap_draft_interaction, valid),
	IAP_COLUMN(iap_draft_interaction, encrypted),
	IAP_COLUMN(iap_draft_interaction, has_screen),
	IAP_COLUMN(iap_draft_interaction, media_count),
	IAP_COLUMN(iap_draft_interaction, agents),
};

static const struct iap_stmt insert_interaction = {
	.name = "interaction_insert",
	.sql = "INSERT INTO interaction (id, recording_id, source_id, scope_id, started_ms, ended_ms,"
	       " duration_ms, caller, caller_digits, dialed, dialed_digits, call_type, state,"
	       " reviewed, valid, encrypted, has_screen, media_count, agents)"
	       " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
};

static const struct iap_column detail_columns[] = {
	IAP_COLUMN(iap_draft_interaction, id),
	IAP_COLUMN(iap_draft_interaction, events),
	IAP_COLUMN(iap_draft_interaction, labels),
};

static const struct iap_stmt insert_detail = {
	.name = "interaction_detail_insert",
	.sql = "INSERT INTO interaction_detail (interaction_id, events, labels) VALUES (?, ?, ?)",
};

static const struct iap_column media_columns[] = {
	IAP_COLUMN(iap_draft_media, interaction_id),
	IAP_COLUMN(iap_draft_media, n),
	IAP_COLUMN(iap_draft_media, kind),
	IAP_COLUMN(iap_draft_media, type),
	IAP_COLUMN(iap_draft_media, names),
	IAP_COLUMN(iap_draft_media, document_key),
	IAP_COLUMN(iap_draft_media, sole),
	IAP_COLUMN(iap_draft_media, source_id),
	IAP_COLUMN(iap_draft_media, object_key),
	IAP_COLUMN(iap_draft_media, key_hash),
	IAP_COLUMN(iap_draft_media, size),
	IAP_COLUMN(iap_draft_media, started_ms),
	IAP_COLUMN(iap_draft_media, duration_ms),
	IAP_COLUMN(iap_draft_media, encrypted),
	IAP_COLUMN(iap_draft_media, envelope),
	IAP_COLUMN(iap_draft_media, cms),
	IAP_COLUMN(iap_draft_media, state),
	IAP_COLUMN(iap_draft_media, masks),
};

static const struct iap_stmt insert_media = {
	.name = "media_insert",
	.sql = "INSERT INTO media (interaction_id, n, kind, type, names, document_key, sole,"
	       " source_id, object_key, key_hash, size, started_ms, duration_ms, encrypted,"
	       " envelope, cms, state, masks)"
	       " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
};

static const struct iap_column participant_columns[] = {
	IAP_COLUMN(iap_draft_participant, interaction_id),
	IAP_COLUMN(iap_draft_participant, seq),
	IAP_COLUMN(iap_draft_participant, kind),
	IAP_COLUMN(iap_draft_participant, user_name),
	IAP_COLUMN(iap_draft_participant, first_name),
	IAP_COLUMN(iap_draft_participant, last_name),
	IAP_COLUMN(iap_draft_participant, phone),
	IAP_COLUMN(iap_draft_participant, joined_ms),
	IAP_COLUMN(iap_draft_participant, left_ms),
};

static const struct iap_stmt insert_participant = {
	.name = "participant_insert",
	.sql = "INSERT INTO participant (interaction_id, seq, kind, user_name, first_name, last_name,"
	       " phone, joined_ms, left_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
};

static const struct iap_column attribute_columns[] = {
	IAP_COLUMN(iap_draft_attribute, interaction_id),
	IAP_COLUMN(iap_draft_attribute, seq),
	IAP_COLUMN(iap_draft_attribute, name),
	IAP_COLUMN(iap_draft_attribute, value),
};

static const struct iap_stmt insert_attribute = {
	.name = "attribute_insert",
	.sql = "INSERT INTO attribute (interaction_id, seq, name, value) VALUES (?, ?, ?, ?)",
};

static const struct iap_column recipient_columns[] = {
	IAP_COLUMN(iap_draft_recipient, recipient_id),
	IAP_COLUMN(iap_draft_recipient, interaction_id),
	IAP_COLUMN(iap_draft_recipient, n),
};

static const struct iap_stmt insert_recipient = {
	.name = "media_recipient_insert",
	.sql = "INSERT INTO media_recipient (recipient_id, interaction_id, n) VALUES (?, ?, ?)",
};

static const struct iap_column name_columns[] = {
	IAP_COLUMN(iap_draft_name, source_id),
	IAP_COLUMN(iap_draft_name, bare_hash),
	IAP_COLUMN(iap_draft_name, interaction_id),
};

static const struct iap_stmt insert_name = {
	.name = "media_name_insert",
	.sql = "INSERT INTO media_name (source_id, bare_hash, interaction_id) VALUES (?, ?, ?)",
};

static const struct iap_column place_columns[] = {
	IAP_COLUMN(iap_draft_place, source_id),
	IAP_COLUMN(iap_draft_place, key_hash),
	IAP_COLUMN(iap_draft_place, element),
	IAP_COLUMN(iap_draft_place, object_key),
	IAP_COLUMN(iap_draft_place, interaction_id),
	IAP_COLUMN(iap_draft_place, size),
	IAP_COLUMN(iap_draft_place, slice_begin),
	IAP_COLUMN(iap_draft_place, slice_end),
	IAP_COLUMN(iap_draft_place, blanks),
	IAP_COLUMN(iap_draft_place, own),
};

static const struct iap_stmt save_place = {
	.name = "place_save",
	.sql = "INSERT INTO place (source_id, key_hash, element, object_key, interaction_id, size,"
	       " slice_begin, slice_end, blanks, own) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	       " ON DUPLICATE KEY UPDATE interaction_id = VALUES(interaction_id),"
	       " size = VALUES(size), slice_begin = VALUES(slice_begin),"
	       " slice_end = VALUES(slice_end), blanks = VALUES(blanks), own = VALUES(own)",
};

static const struct iap_stmt *const statements[] = {
	&insert_interaction, &insert_detail, &insert_media, &insert_participant,
	&insert_attribute, &insert_recipient, &insert_name, &save_place,
};

const struct iap_statements iap_interaction_rows_statements = {
	statements, IAP_LENGTH(statements),
};

/* A kind of rows that drafts have in a list of their own. */
struct kind {
	const struct iap_stmt *stmt;
	const struct iap_column *columns;
	size_t column_count;
	size_t row_size;
	size_t list;      /* offset of the pointer to the list in struct iap_draft */
	size_t count;     /* offset of its length */
	size_t id_offset; /* of interaction_id in a row */
};

static const struct kind kinds[] = {
	{ &insert_media, media_columns, IAP_LENGTH(media_columns), sizeof(struct iap_draft_media),
	  offsetof(struct iap_draft, media), offsetof(struct iap_draft, media_count),
	  offsetof(struct iap_draft_media, interaction_id) },
	{ &insert_participant, participant_columns, IAP_LENGTH(participant_columns),
	  sizeof(struct iap_draft_participant), offsetof(struct iap_draft, participants),
	  offsetof(struct iap_draft, participant_count),
	  offsetof(struct iap_draft_participant, interaction_id) },
	{ &insert_attribute, attribute_columns, IAP_LENGTH(attribute_columns),
	  sizeof(struct iap_draft_attribute), offsetof(struct iap_draft, attributes),
	  offsetof(struct iap_draft, attribute_count),
	  offsetof(struct iap_draft_attribute, interaction_id) },
	{ &insert_recipient, recipient_columns, IAP_LENGTH(recipient_columns),
	  sizeof(struct iap_draft_recipient), offsetof(struct iap_draft, recipients),
	  offsetof(struct iap_draft, recipient_count),
	  offsetof(struct iap_draft_recipient, interaction_id) },
	{ &insert_name, name_columns, IAP_LENGTH(name_columns), sizeof(struct iap_draft_name),
	  offsetof(struct iap_draft, names), offsetof(struct iap_draft, name_count),
	  offsetof(struct iap_draft_name, interaction_id) },
};

static size_t
count_of(const struct iap_draft *draft, const struct kind *kind)
{
	return *(const size_t *)((const char *)draft + kind->count);
}

/* The lists of all drafts one after the other, each row with its interaction's id. */
static enum iap_status
insert_kind(struct iap_db *db, struct iap_arena *arena, const struct kind *kind,
    struct iap_draft *const *drafts, size_t count, struct iap_error *err)
{
	struct iap_bulk bulk = { kind->columns, kind->column_count, NULL, kind->row_size, 0 };
	size_t total = 0;
	char *rows;

	for (size_t i = 0; i < count; i++)
		total += count_of(drafts[i], kind);
	rows = iap_arena_array(arena, total + 1, kind->row_size);
	for (size_t i = 0; i < count; i++) {
		const char *list = *(const char *const *)((const char *)drafts[i] + kind->list);

		for (size_t k = 0; k < count_of(drafts[i], kind); k++) {
			char *row = rows + bulk.count++ * kind->row_size;

			memcpy(row, list + k * kind->row_size, kind->row_size);
			memcpy(row + kind->id_offset, &drafts[i]->row.id, sizeof(uint64_t));
		}
	}
	bulk.rows = rows;
	return iap_db_bulk(db, kind->stmt, &bulk, err);
}

enum iap_status
iap_interaction_rows_insert(struct iap_db *db, struct iap_arena *arena,
    struct iap_draft *const *drafts, size_t count, struct iap_error *err)
{
	struct iap_draft_interaction *rows = iap_arena_array(arena, count + 1, sizeof *rows);
	struct iap_bulk interactions = { interaction_columns, IAP_LENGTH(interaction_columns), rows,
		sizeof *rows, count };
	struct iap_bulk details = { detail_columns, IAP_LENGTH(detail_columns), rows, sizeof *rows,
		count };

	for (size_t i = 0; i < count; i++)
		rows[i] = drafts[i]->row;
	if (iap_db_bulk(db, &insert_interaction, &interactions, err) != IAP_OK ||
	    iap_db_bulk(db, &insert_detail, &details, err) != IAP_OK)
		return err->status;
	for (size_t i = 0; i < IAP_LENGTH(kinds); i++)
		if (insert_kind(db, arena, &kinds[i], drafts, count, err) != IAP_OK)
			return err->status;
	return IAP_OK;
}

enum iap_status
iap_interaction_rows_delete(struct iap_db *db, struct iap_arena *arena, const uint64_t *ids,
    size_t count, struct iap_error *err)
{
	struct iap_query queries[7];

	if (count == 0)
		return IAP_OK;
	iap_query_open(&queries[0], arena, "DELETE FROM interaction WHERE TRUE");
	iap_query_and_in(&queries[0], "id", ids, count);
	iap_query_open(&queries[1], arena, "DELETE FROM interaction_detail WHERE TRUE");
	iap_query_open(&queries[2], arena, "DELETE FROM media WHERE TRUE");
	iap_query_open(&queries[3], arena, "DELETE FROM participant WHERE TRUE");
	iap_query_open(&queries[4], arena, "DELETE FROM attribute WHERE TRUE");
	iap_query_open(&queries[5], arena, "DELETE FROM media_recipient WHERE TRUE");
	iap_query_open(&queries[6], arena, "DELETE FROM media_name WHERE TRUE");
	for (size_t i = 0; i < IAP_LENGTH(queries); i++) {
		if (i != 0)
			iap_query_and_in(&queries[i], "interaction_id", ids, count);
		if (iap_query_run(db, &queries[i], "interaction_rows_delete", err) != IAP_OK)
			return err->status;
	}
	return IAP_OK;
}

enum iap_status
iap_interaction_places_save(struct iap_db *db, const struct iap_draft_place *places,
    size_t count, struct iap_error *err)
{
	const struct iap_bulk bulk = { place_columns, IAP_LENGTH(place_columns), places,
		sizeof *places, count };

	return iap_db_bulk(db, &save_place, &bulk, err);
}
