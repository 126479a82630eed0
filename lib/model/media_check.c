/* SPDX-License-Identifier: Apache-2.0 */
#include "model/media_check.h"

#include <stdint.h>
#include <string.h>

#include "db/query.h"
#include "model/key.h"
#include "model/statements.h"

static const struct iap_column check_columns[] = {
	IAP_COLUMN(iap_media_check, interaction_id),
	IAP_COLUMN(iap_media_check, n),
	IAP_COLUMN(iap_media_check, recording_id),
	IAP_COLUMN(iap_media_check, kind),
	IAP_COLUMN(iap_media_check, names),
	IAP_COLUMN(iap_media_check, document_key),
	IAP_COLUMN(iap_media_check, sole),
	IAP_COLUMN(iap_media_check, object_key),
	IAP_COLUMN(iap_media_check, size),
	IAP_COLUMN(iap_media_check, encrypted),
	IAP_COLUMN(iap_media_check, envelope),
	IAP_COLUMN(iap_media_check, state),
	IAP_COLUMN(iap_media_check, deep),
};

#define SELECT_CHECK "SELECT m.interaction_id, m.n, i.recording_id, m.kind, m.names," \
	" m.document_key, m.sole, m.object_key, m.size, m.encrypted, m.envelope, m.state," \
	" m.deep_ms IS NOT NULL AS deep FROM media m JOIN interaction i ON i.id = m.interaction_id" \
	" WHERE m.source_id = ? AND (m.interaction_id > ? OR (m.interaction_id = ? AND m.n > ?))"
#define CHECK_ORDER " ORDER BY m.interaction_id, m.n LIMIT ?"

static const struct iap_stmt lists[] = {
	[IAP_MEDIA_UNPAIRED] = {
		.name = "media_unpaired",
		.sql = SELECT_CHECK " AND m.key_hash IS NULL" CHECK_ORDER,
		.columns = check_columns,
		.column_count = IAP_LENGTH(check_columns),
		.row_size = sizeof(struct iap_media_check),
	},
	[IAP_MEDIA_UNCHECKED] = {
		.name = "media_unchecked",
		.sql = SELECT_CHECK " AND m.state = 'unchecked'" CHECK_ORDER,
		.columns = check_columns,
		.column_count = IAP_LENGTH(check_columns),
		.row_size = sizeof(struct iap_media_check),
	},
	[IAP_MEDIA_FAILED] = {
		.name = "media_failed",
		.sql = SELECT_CHECK " AND m.state IN ('empty', 'missing', 'unreadable', 'no_key',"
		       " 'wrong_key', 'damaged')" CHECK_ORDER,
		.columns = check_columns,
		.column_count = IAP_LENGTH(check_columns),
		.row_size = sizeof(struct iap_media_check),
	},
};
_Static_assert(IAP_LENGTH(lists) == IAP_MEDIA_LIST_COUNT, "every list has its statement");

static const struct iap_column pair_columns[] = {
	IAP_COLUMN(iap_media_pair, object_key),
	IAP_COLUMN(iap_media_pair, key_hash),
	IAP_COLUMN(iap_media_pair, size),
	IAP_COLUMN(iap_media_pair, interaction_id),
	IAP_COLUMN(iap_media_pair, n),
};

static const struct iap_stmt save_pair = {
	.name = "media_pair_save",
	.sql = "UPDATE media SET object_key = ?, key_hash = ?, size = ?, state = 'unchecked',"
	       " sha256 = NULL, deep_ms = NULL WHERE interaction_id = ? AND n = ?",
};

static const struct iap_column verdict_columns[] = {
	IAP_COLUMN(iap_media_verdict, size),
	IAP_COLUMN(iap_media_verdict, size),
	IAP_COLUMN(iap_media_verdict, state),
	IAP_COLUMN(iap_media_verdict, size),
	IAP_COLUMN(iap_media_verdict, plain_size),
	IAP_COLUMN(iap_media_verdict, encrypted),
	IAP_COLUMN(iap_media_verdict, envelope),
	IAP_COLUMN(iap_media_verdict, checked_ms),
	IAP_COLUMN(iap_media_verdict, interaction_id),
	IAP_COLUMN(iap_media_verdict, n),
};

static const struct iap_stmt save_verdict = {
	.name = "media_verdict_save",
	/* From left to right: another size is another object, which nobody has read whole. */
	.sql = "UPDATE media SET sha256 = IF(size <=> ?, sha256, NULL),"
	       " deep_ms = IF(size <=> ?, deep_ms, NULL), state = ?, size = ?, plain_size = ?,"
	       " encrypted = ?, envelope = ?, checked_ms = ? WHERE interaction_id = ? AND n = ?",
};

static const struct iap_column change_columns[] = {
	IAP_COLUMN(iap_media_change, size),
	IAP_COLUMN(iap_media_change, source_id),
	IAP_COLUMN(iap_media_change, key_hash),
};

static const struct iap_stmt save_change = {
	.name = "media_change_save",
	.sql = "UPDATE media SET size = ?, plain_size = NULL, state = 'unchecked',"
	       " sha256 = NULL, deep_ms = NULL WHERE source_id = ? AND key_hash = ?",
};

static const struct iap_stmt retry_unreadable = {
	.name = "media_retry_unreadable",
	.sql = "UPDATE media SET state = 'unchecked' WHERE state = 'unreadable' AND source_id = ?",
};

static const struct iap_column id_columns[] = {
	IAP_COLUMN(iap_media_id, interaction_id),
	IAP_COLUMN(iap_media_id, n),
};

/* Whether a recipient r can be opened. */
#define HAS_CERTIFICATE "EXISTS (SELECT 1 FROM certificate c" \
	" WHERE r.fingerprint IN (c.fingerprint, c.key_id_fingerprint))"

#define SELECT_WITH_KEY "SELECT DISTINCT mr.interaction_id, mr.n" \
	" FROM media_recipient mr JOIN recipient r ON r.id = mr.recipient_id" \
	" WHERE " HAS_CERTIFICATE

static const struct iap_stmt with_key = {
	.name = "media_with_key",
	.sql = SELECT_WITH_KEY,
	.columns = id_columns,
	.column_count = IAP_LENGTH(id_columns),
	.row_size = sizeof(struct iap_media_id),
};

static const struct iap_stmt save_recipient = {
	.name = "media_recipient_save",
	.sql = "INSERT IGNORE INTO media_recipient (recipient_id, interaction_id, n)"
	       " VALUES (?, ?, ?)",
};

struct answer {
	bool yes;
};

static const struct iap_column answer_columns[] = { IAP_COLUMN(answer, yes) };

static const struct iap_stmt named_elsewhere = {
	.name = "media_named_elsewhere",
	.sql = "SELECT EXISTS (SELECT 1 FROM media_name mn"
	       " JOIN interaction i ON i.id = mn.interaction_id"
	       " WHERE mn.source_id = ? AND mn.bare_hash = ? AND i.recording_id <> ?) AS yes",
	.columns = answer_columns,
	.column_count = IAP_LENGTH(answer_columns),
};

static const struct iap_stmt named_in_folder = {
	.name = "media_named_in_folder",
	.sql = "SELECT EXISTS (SELECT 1 FROM media_name mn"
	       " JOIN interaction i ON i.id = mn.interaction_id"
	       " JOIN place p ON p.interaction_id = mn.interaction_id AND p.source_id = mn.source_id"
	       " JOIN object o ON o.source_id = p.source_id AND o.key_hash = p.key_hash"
	       " WHERE mn.source_id = ? AND mn.bare_hash = ? AND i.recording_id <> ?"
	       " AND o.dir_hash = ?) AS yes",
	.columns = answer_columns,
	.column_count = IAP_LENGTH(answer_columns),
};

static const struct iap_stmt report = {
	.name = "media_report",
	.sql = "UPDATE media SET state = ? WHERE interaction_id = ? AND n = ?"
	       " AND state IN ('ok', 'wrong_key', 'damaged', 'unchecked')",
};

static const struct iap_stmt report_ok = {
	.name = "media_report_ok",
	.sql = "UPDATE media SET state = ? WHERE interaction_id = ? AND n = ?"
	       " AND state IN ('wrong_key', 'damaged')",
};

static const struct iap_stmt key_arrived = {
	.name = "media_key_arrived",
	.sql = "SELECT DISTINCT m.interaction_id, m.n"
	       "  FROM media m"
	       "  JOIN media_recipient mr ON mr.interaction_id = m.interaction_id AND mr.n = m.n"
	       "  JOIN recipient r ON r.id = mr.recipient_id"
	       " WHERE m.state = 'no_key' AND " HAS_CERTIFICATE
	       " ORDER BY m.interaction_id, m.n LIMIT 1000",
	.columns = id_columns,
	.column_count = IAP_LENGTH(id_columns),
	.row_size = sizeof(struct iap_media_id),
};

static const struct iap_stmt set_ok = {
	.name = "media_set_ok",
	.sql = "UPDATE media SET state = 'ok' WHERE interaction_id = ? AND n = ?",
};

static const struct iap_column refreshed_columns[] = {
	IAP_COLUMN(iap_refreshed, valid),
	IAP_COLUMN(iap_refreshed, failed),
};

#define SELECT_REFRESHED "SELECT COUNT(IF(reviewed = 1 AND valid = 1, 1, NULL)) AS valid," \
	" COUNT(IF(reviewed = 1 AND valid = 0, 1, NULL)) AS failed FROM interaction WHERE TRUE"

static const struct iap_stmt count_refreshed = {
	.name = "interaction_refreshed",
	.sql = SELECT_REFRESHED,
	.columns = refreshed_columns,
	.column_count = IAP_LENGTH(refreshed_columns),
};

/* Assignments are made from left to right: the flags see the new state. */
#define UPDATE_INTERACTIONS "UPDATE interaction i SET" \
	" state = COALESCE((SELECT m.state FROM media m WHERE m.interaction_id = i.id" \
	" AND m.state <> 'ok' ORDER BY m.n LIMIT 1), IF(media_count = 0, 'missing', 'ok'))," \
	" encrypted = COALESCE((SELECT MAX(m.encrypted) FROM media m" \
	" WHERE m.interaction_id = i.id), 0)," \
	" reviewed = IF(state = 'unchecked', 0, 1), valid = IF(state = 'ok', 1, 0) WHERE TRUE"

static const struct iap_stmt refresh = { .name = "interaction_refresh", .sql = UPDATE_INTERACTIONS };

static const struct iap_stmt *const statements[] = {
	&lists[IAP_MEDIA_UNPAIRED], &lists[IAP_MEDIA_UNCHECKED], &lists[IAP_MEDIA_FAILED],
	&save_pair, &save_verdict, &save_change, &retry_unreadable, &with_key, &save_recipient,
	&named_elsewhere, &named_in_folder, &report, &report_ok, &key_arrived, &set_ok,
	&count_refreshed, &refresh,
};

const struct iap_statements iap_media_check_statements = { statements, IAP_LENGTH(statements) };

enum iap_status
iap_media_check_list(struct iap_db *db, struct iap_arena *arena, enum iap_media_list which,
    uint64_t source_id, const struct iap_media_check *after, size_t limit,
    struct iap_rows *out, struct iap_error *err)
{
	uint64_t id = after == NULL ? 0 : after->interaction_id;
	const struct iap_value values[] = { iap_u64(source_id), iap_u64(id), iap_u64(id),
		iap_i64(after == NULL ? -1 : (int64_t)after->n), iap_u64(limit) };

	return iap_db_all(db, arena, &lists[which], values, IAP_LENGTH(values), out, err);
}

enum iap_status
iap_media_pair_save(struct iap_db *db, const struct iap_media_pair *pairs, size_t count,
    struct iap_error *err)
{
	const struct iap_bulk bulk = { pair_columns, IAP_LENGTH(pair_columns), pairs, sizeof *pairs,
		count };

	return iap_db_bulk(db, &save_pair, &bulk, err);
}

enum iap_status
iap_media_verdict_save(struct iap_db *db, const struct iap_media_verdict *verdicts,
    size_t count, struct iap_error *err)
{
	const struct iap_bulk bulk = { verdict_columns, IAP_LENGTH(verdict_columns), verdicts,
		sizeof *verdicts, count };

	return iap_db_bulk(db, &save_verdict, &bulk, err);
}

enum iap_status
iap_media_change_save(struct iap_db *db, const struct iap_media_change *changes, size_t count,
    struct iap_error *err)
{
	const struct iap_bulk bulk = { change_columns, IAP_LENGTH(change_columns), changes,
		sizeof *changes, count };

	return iap_db_bulk(db, &save_change, &bulk, err);
}

enum iap_status
iap_media_retry_unreadable(struct iap_db *db, uint64_t source_id, struct iap_error *err)
{
	const struct iap_value values[] = { iap_u64(source_id) };

	return iap_db_run(db, &retry_unreadable, values, IAP_LENGTH(values), NULL, err);
}

enum iap_status
iap_media_with_key(struct iap_db *db, struct iap_arena *arena, const uint64_t *interaction_ids,
    size_t count, struct iap_rows *out, struct iap_error *err)
{
	struct iap_query query;

	iap_query_open(&query, arena, SELECT_WITH_KEY);
	iap_query_and_in(&query, "mr.interaction_id", interaction_ids, count);
	iap_query_add(&query, " ORDER BY mr.interaction_id, mr.n");
	return iap_query_all(db, arena, &query, &with_key, out, err);
}

enum iap_status
iap_media_recipient_save(struct iap_db *db, const struct iap_media_id *medium,
    const uint64_t *recipient_ids, size_t count, struct iap_error *err)
{
	for (size_t i = 0; i < count; i++) {
		const struct iap_value values[] = { iap_u64(recipient_ids[i]),
			iap_u64(medium->interaction_id), iap_u64(medium->n) };

		if (iap_db_run(db, &save_recipient, values, IAP_LENGTH(values), NULL, err) != IAP_OK)
			return err->status;
	}
	return IAP_OK;
}

enum iap_status
iap_media_named_elsewhere(struct iap_db *db, uint64_t source_id, const char *folder,
    const char *form, const char *recording_id, bool *out, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	const struct iap_value values[] = { iap_u64(source_id), iap_u64(iap_key_hash64(form)),
		iap_text(recording_id), iap_u64(folder == NULL ? 0 : iap_key_hash64(folder)) };
	struct answer answer = { 0 };

	if (iap_db_one(db, arena, folder == NULL ? &named_elsewhere : &named_in_folder, values,
	    IAP_LENGTH(values) - (folder == NULL), &answer, err) != IAP_OK)
		return err->status;
	*out = answer.yes;
	return IAP_OK;
}

enum iap_status
iap_interaction_refresh(struct iap_db *db, struct iap_arena *arena, const uint64_t *ids,
    size_t count, struct iap_refreshed *out, struct iap_error *err)
{
	struct iap_query query;

	*out = (struct iap_refreshed){ 0 };
	if (count == 0)
		return IAP_OK;
	iap_query_open(&query, arena, UPDATE_INTERACTIONS);
	iap_query_and_in(&query, "i.id", ids, count);
	if (iap_query_run(db, &query, refresh.name, err) != IAP_OK)
		return err->status;
	iap_query_open(&query, arena, SELECT_REFRESHED);
	iap_query_and_in(&query, "id", ids, count);
	return iap_query_one(db, arena, &query, &count_refreshed, out, err);
}

enum iap_status
iap_media_report(struct iap_db *db, uint64_t interaction_id, uint64_t n, const char *state,
    struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	const struct iap_value values[] = { iap_text(state), iap_u64(interaction_id), iap_u64(n) };
	struct iap_refreshed refreshed;

	if (iap_db_run(db, strcmp(state, "ok") == 0 ? &report_ok : &report, values,
	    IAP_LENGTH(values), NULL, err) != IAP_OK)
		return err->status;
	return iap_interaction_refresh(db, arena, &interaction_id, 1, &refreshed, err);
}

enum iap_status
iap_media_key_arrived(struct iap_db *db, uint64_t *count_out, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new((size_t)64 << 20);
	struct iap_rows rows = { NULL, 1 };

	for (*count_out = 0; rows.count != 0; iap_arena_reset(arena)) {
		struct iap_bulk bulk = { id_columns, IAP_LENGTH(id_columns), NULL,
			sizeof(struct iap_media_id), 0 };
		struct iap_refreshed refreshed;
		uint64_t *ids;

		if (iap_db_all(db, arena, &key_arrived, NULL, 0, &rows, err) != IAP_OK)
			return err->status;
		ids = iap_arena_array(arena, rows.count + 1, sizeof *ids);
		for (size_t i = 0; i < rows.count; i++)
			ids[i] = ((struct iap_media_id *)rows.items)[i].interaction_id;
		bulk.rows = rows.items;
		bulk.count = rows.count;
		if (iap_db_bulk(db, &set_ok, &bulk, err) != IAP_OK ||
		    iap_interaction_refresh(db, arena, ids, rows.count, &refreshed, err) != IAP_OK)
			return err->status;
		*count_out += refreshed.valid;
	}
	return IAP_OK;
}
