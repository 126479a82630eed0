/* SPDX-License-Identifier: Apache-2.0 */
#include "model/interaction_find.h"

#include "db/query.h"
#include "model/statements.h"

static const struct iap_column media_columns[] = {
	IAP_COLUMN(iap_media_row, n),
	IAP_COLUMN(iap_media_row, kind),
	IAP_COLUMN(iap_media_row, type),
	IAP_COLUMN(iap_media_row, source),
	IAP_COLUMN(iap_media_row, object_key),
	IAP_COLUMN(iap_media_row, size),
	IAP_COLUMN(iap_media_row, plain_size),
	IAP_COLUMN(iap_media_row, started_ms),
	IAP_COLUMN(iap_media_row, duration_ms),
	IAP_COLUMN(iap_media_row, encrypted),
	IAP_COLUMN(iap_media_row, envelope),
	IAP_COLUMN(iap_media_row, cms),
	IAP_COLUMN(iap_media_row, state),
	IAP_COLUMN(iap_media_row, masks),
};

#define MEDIA_SELECT \
	"SELECT m.n, m.kind, m.type, s.name AS source, m.object_key, m.size, m.plain_size," \
	" m.started_ms, m.duration_ms, m.encrypted, m.envelope, m.cms, m.state, m.masks" \
	"  FROM media m JOIN source s ON s.id = m.source_id WHERE m.interaction_id = ?"

static const struct iap_stmt media_list = {
	.name = "media_list",
	.sql = MEDIA_SELECT " ORDER BY m.n",
	.columns = media_columns,
	.column_count = IAP_LENGTH(media_columns),
	.row_size = sizeof(struct iap_media_row),
};

static const struct iap_stmt media_find = {
	.name = "media_find",
	.sql = MEDIA_SELECT " AND m.n = ?",
	.columns = media_columns,
	.column_count = IAP_LENGTH(media_columns),
	.row_size = sizeof(struct iap_media_row),
};

static const struct iap_column participant_columns[] = {
	IAP_COLUMN(iap_participant_row, kind),
	IAP_COLUMN(iap_participant_row, user_name),
	IAP_COLUMN(iap_participant_row, first_name),
	IAP_COLUMN(iap_participant_row, last_name),
	IAP_COLUMN(iap_participant_row, phone),
	IAP_COLUMN(iap_participant_row, joined_ms),
	IAP_COLUMN(iap_participant_row, left_ms),
};

static const struct iap_stmt participant_list = {
	.name = "participant_list",
	.sql = "SELECT kind, user_name, first_name, last_name, phone, joined_ms, left_ms"
	       "  FROM participant WHERE interaction_id = ? ORDER BY seq",
	.columns = participant_columns,
	.column_count = IAP_LENGTH(participant_columns),
	.row_size = sizeof(struct iap_participant_row),
};

static const struct iap_column attribute_columns[] = {
	IAP_COLUMN(iap_attribute_row, name),
	IAP_COLUMN(iap_attribute_row, value),
};

static const struct iap_stmt attribute_list = {
	.name = "attribute_list",
	.sql = "SELECT name, value FROM attribute WHERE interaction_id = ? ORDER BY seq",
	.columns = attribute_columns,
	.column_count = IAP_LENGTH(attribute_columns),
	.row_size = sizeof(struct iap_attribute_row),
};

static const struct iap_column detail_columns[] = {
	IAP_COLUMN(iap_interaction_detail, events),
	IAP_COLUMN(iap_interaction_detail, labels),
};

static const struct iap_stmt detail_find = {
	.name = "interaction_detail_find",
	.sql = "SELECT events, labels FROM interaction_detail WHERE interaction_id = ?",
	.columns = detail_columns,
	.column_count = IAP_LENGTH(detail_columns),
	.row_size = sizeof(struct iap_interaction_detail),
};

static const struct iap_column place_columns[] = {
	IAP_COLUMN(iap_place_row, source),
	IAP_COLUMN(iap_place_row, object_key),
	IAP_COLUMN(iap_place_row, element),
	IAP_COLUMN(iap_place_row, size),
	IAP_COLUMN(iap_place_row, slice_begin),
	IAP_COLUMN(iap_place_row, slice_end),
	IAP_COLUMN(iap_place_row, blanks),
};

static const struct iap_stmt place_list = {
	.name = "place_list",
	.sql = "SELECT s.name AS source, p.object_key, p.element, p.size, p.slice_begin,"
	       " p.slice_end, p.blanks"
	       "  FROM place p JOIN source s ON s.id = p.source_id"
	       " WHERE p.interaction_id = ?"
	       " ORDER BY p.own DESC, p.source_id, p.key_hash, p.element",
	.columns = place_columns,
	.column_count = IAP_LENGTH(place_columns),
	.row_size = sizeof(struct iap_place_row),
};

static const struct iap_column recipient_columns[] = {
	IAP_COLUMN(iap_media_recipient_row, n),
	IAP_COLUMN(iap_media_recipient_row, issuer),
	IAP_COLUMN(iap_media_recipient_row, serial),
	IAP_COLUMN(iap_media_recipient_row, imported),
};

static const struct iap_stmt recipient_list = {
	.name = "media_recipient_list",
	.sql = "SELECT mr.n, r.issuer, r.serial,"
	       " EXISTS (SELECT 1 FROM certificate c WHERE c.fingerprint = r.fingerprint"
	       "   OR c.key_id_fingerprint = r.fingerprint) AS imported"
	       "  FROM media_recipient mr JOIN recipient r ON r.id = mr.recipient_id"
	       " WHERE mr.interaction_id = ? ORDER BY mr.n, r.issuer, r.serial",
	.columns = recipient_columns,
	.column_count = IAP_LENGTH(recipient_columns),
	.row_size = sizeof(struct iap_media_recipient_row),
};

struct number {
	uint64_t id;
};

static const struct iap_column number_columns[] = {
	IAP_COLUMN(number, id),
};

static const struct iap_stmt alias_find = {
	.name = "alias_find",
	.sql = "SELECT interaction_id AS id FROM alias WHERE old_id = ?",
	.columns = number_columns,
	.column_count = IAP_LENGTH(number_columns),
	.row_size = sizeof(struct number),
};

static const struct iap_stmt hidden_find = {
	.name = "interaction_hidden_find",
	.sql = "SELECT id FROM interaction WHERE id = ?",
	.columns = number_columns,
	.column_count = IAP_LENGTH(number_columns),
	.row_size = sizeof(struct number),
};

static const struct iap_stmt own_find = {
	.name = "interaction_own_find",
	.sql = "SELECT interaction_id AS id FROM participant"
	       " WHERE interaction_id = ? AND user_name = ? AND kind <> 'external' LIMIT 1",
	.columns = number_columns,
	.column_count = IAP_LENGTH(number_columns),
	.row_size = sizeof(struct number),
};

static const struct iap_stmt *const statements[] = {
	&media_list, &media_find, &participant_list, &attribute_list, &detail_find, &place_list,
	&recipient_list, &alias_find, &hidden_find, &own_find,
};
const struct iap_statements iap_interaction_find_statements = {
	statements, IAP_LENGTH(statements),
};

static enum iap_status
find_exactly(struct iap_db *db, struct iap_arena *arena, const struct iap_viewer *viewer,
    uint64_t id, struct iap_interaction *out, struct iap_error *err)
{
	struct iap_query query;

	iap_query_open(&query, arena, IAP_INTERACTION_SELECT " WHERE i.id = ?");
	iap_query_value(&query, iap_u64(id));
	iap_viewer_and(viewer, &query);
	return iap_query_one(db, arena, &query, &iap_interaction_shape, out, err);
}

enum iap_status
iap_interaction_find(struct iap_db *db, struct iap_arena *arena,
    const struct iap_viewer *viewer, uint64_t id, struct iap_interaction *out,
    struct iap_error *err)
{
	const struct iap_value values[] = { iap_u64(id) };
	struct number now;

	if (find_exactly(db, arena, viewer, id, out, err) != IAP_NOT_FOUND)
		return err->status;
	if (iap_db_one(db, arena, &alias_find, values, IAP_LENGTH(values), &now, err) != IAP_OK)
		return err->status;
	*err = (struct iap_error){ 0 };
	return find_exactly(db, arena, viewer, now.id, out, err);
}

/* Whether a statement has a row. */
static enum iap_status
check_row(struct iap_db *db, struct iap_arena *arena, const struct iap_stmt *stmt,
    const struct iap_value *values, size_t value_count, bool *out, struct iap_error *err)
{
	struct iap_rows rows;

	if (iap_db_all(db, arena, stmt, values, value_count, &rows, err) != IAP_OK)
		return err->status;
	*out = rows.count > 0;
	return IAP_OK;
}

enum iap_status
iap_interaction_check_hidden(struct iap_db *db, struct iap_arena *arena, uint64_t id, bool *out,
    struct iap_error *err)
{
	const struct iap_value values[] = { iap_u64(id) };

	return check_row(db, arena, &hidden_find, values, IAP_LENGTH(values), out, err);
}

enum iap_status
iap_interaction_check_own(struct iap_db *db, struct iap_arena *arena,
    const struct iap_viewer *viewer, const struct iap_interaction *interaction, bool *out,
    struct iap_error *err)
{
	const struct iap_value values[] = { iap_u64(interaction->id), iap_text(viewer->name) };

	return check_row(db, arena, &own_find, values, IAP_LENGTH(values), out, err);
}

enum iap_status
iap_media_list(struct iap_db *db, struct iap_arena *arena,
    const struct iap_interaction *interaction, struct iap_rows *out, struct iap_error *err)
{
	const struct iap_value values[] = { iap_u64(interaction->id) };

	return iap_db_all(db, arena, &media_list, values, IAP_LENGTH(values), out, err);
}

enum iap_status
iap_media_find(struct iap_db *db, struct iap_arena *arena,
    const struct iap_interaction *interaction, uint64_t n, struct iap_media_row *out,
    struct iap_error *err)
{
	const struct iap_value values[] = { iap_u64(interaction->id), iap_u64(n) };

	return iap_db_one(db, arena, &media_find, values, IAP_LENGTH(values), out, err);
}

enum iap_status
iap_participant_list(struct iap_db *db, struct iap_arena *arena,
    const struct iap_interaction *interaction, struct iap_rows *out, struct iap_error *err)
{
	const struct iap_value values[] = { iap_u64(interaction->id) };

	return iap_db_all(db, arena, &participant_list, values, IAP_LENGTH(values), out, err);
}

enum iap_status
iap_attribute_list(struct iap_db *db, struct iap_arena *arena,
    const struct iap_interaction *interaction, struct iap_rows *out, struct iap_error *err)
{
	const struct iap_value values[] = { iap_u64(interaction->id) };

	return iap_db_all(db, arena, &attribute_list, values, IAP_LENGTH(values), out, err);
}

enum iap_status
iap_interaction_detail_find(struct iap_db *db, struct iap_arena *arena,
    const struct iap_interaction *interaction, struct iap_interaction_detail *out,
    struct iap_error *err)
{
	const struct iap_value values[] = { iap_u64(interaction->id) };

	return iap_db_one(db, arena, &detail_find, values, IAP_LENGTH(values), out, err);
}

enum iap_status
iap_place_list(struct iap_db *db, struct iap_arena *arena,
    const struct iap_interaction *interaction, struct iap_rows *out, struct iap_error *err)
{
	const struct iap_value values[] = { iap_u64(interaction->id) };

	return iap_db_all(db, arena, &place_list, values, IAP_LENGTH(values), out, err);
}

enum iap_status
iap_media_recipient_list(struct iap_db *db, struct iap_arena *arena,
    const struct iap_interaction *interaction, struct iap_rows *out, struct iap_error *err)
{
	const struct iap_value values[] = { iap_u64(interaction->id) };

	return iap_db_all(db, arena, &recipient_list, values, IAP_LENGTH(values), out, err);
}
