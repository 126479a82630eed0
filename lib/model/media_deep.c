/* SPDX-License-Identifier: Apache-2.0 */
#include "model/media_deep.h"

#include "model/statements.h"

static const struct iap_column columns[] = {
	IAP_COLUMN(iap_media_deep, interaction_id),
	IAP_COLUMN(iap_media_deep, n),
	IAP_COLUMN(iap_media_deep, type),
	IAP_COLUMN(iap_media_deep, object_key),
	IAP_COLUMN(iap_media_deep, size),
	IAP_COLUMN(iap_media_deep, duration_ms),
	IAP_COLUMN(iap_media_deep, envelope),
	IAP_COLUMN(iap_media_deep, cms),
	IAP_COLUMN(iap_media_deep, state),
	IAP_COLUMN(iap_media_deep, sha256),
	IAP_COLUMN(iap_media_deep, deep_ms),
};

/* The index (source_id, deep_ms) goes on with the primary key: no list has to be sorted. */
#define SELECT_DEEP(index) "SELECT interaction_id, n, type, object_key, size, duration_ms," \
	" envelope, cms, state, sha256, deep_ms FROM media " index " WHERE source_id = ?"

static const struct iap_stmt lists[] = {
	[IAP_MEDIA_DEEP_NEW] = {
		.name = "media_deep_new",
		.sql = SELECT_DEEP("FORCE INDEX (deep)") " AND deep_ms IS NULL AND state = 'ok'"
		       " AND (interaction_id < ? OR (interaction_id = ? AND n < ?))"
		       " ORDER BY interaction_id DESC, n DESC LIMIT ?",
		.columns = columns,
		.column_count = IAP_LENGTH(columns),
		.row_size = sizeof(struct iap_media_deep),
	},
	[IAP_MEDIA_DEEP_OLD] = {
		.name = "media_deep_old",
		.sql = SELECT_DEEP("FORCE INDEX (deep)") " AND deep_ms >= ? AND deep_ms < ?"
		       " AND state = 'ok' AND (deep_ms > ? OR interaction_id > ?"
		       " OR (interaction_id = ? AND n > ?))"
		       " ORDER BY deep_ms, interaction_id, n LIMIT ?",
		.columns = columns,
		.column_count = IAP_LENGTH(columns),
		.row_size = sizeof(struct iap_media_deep),
	},
	[IAP_MEDIA_DEEP_FAILED] = {
		.name = "media_deep_failed",
		.sql = SELECT_DEEP("") " AND state IN ('empty', 'missing', 'unreadable', 'no_key',"
		       " 'wrong_key', 'damaged') AND object_key IS NOT NULL"
		       " AND (deep_ms IS NULL OR deep_ms < ?)"
		       " AND (interaction_id > ? OR (interaction_id = ? AND n > ?))"
		       " ORDER BY interaction_id, n LIMIT ?",
		.columns = columns,
		.column_count = IAP_LENGTH(columns),
		.row_size = sizeof(struct iap_media_deep),
	},
};
_Static_assert(IAP_LENGTH(lists) == IAP_MEDIA_DEEP_COUNT, "every list has its statement");

struct number {
	uint64_t count;
};

static const struct iap_column number_columns[] = { IAP_COLUMN(number, count) };

static const struct iap_stmt count_new = {
	.name = "media_deep_count",
	.sql = "SELECT COUNT(*) AS count FROM media FORCE INDEX (deep)"
	       " WHERE source_id = ? AND deep_ms IS NULL",
	.columns = number_columns,
	.column_count = IAP_LENGTH(number_columns),
};

static const struct iap_column verdict_columns[] = {
	IAP_COLUMN(iap_media_deep_verdict, state),
	IAP_COLUMN(iap_media_deep_verdict, plain_size),
	IAP_COLUMN(iap_media_deep_verdict, sha256),
	IAP_COLUMN(iap_media_deep_verdict, deep_ms),
	IAP_COLUMN(iap_media_deep_verdict, checked_ms),
	IAP_COLUMN(iap_media_deep_verdict, interaction_id),
	IAP_COLUMN(iap_media_deep_verdict, n),
	IAP_COLUMN(iap_media_deep_verdict, was),
	IAP_COLUMN(iap_media_deep_verdict, object_key),
};

static const struct iap_stmt save = {
	.name = "media_deep_save",
	.sql = "UPDATE media SET state = ?, plain_size = COALESCE(?, plain_size),"
	       " sha256 = COALESCE(?, sha256), deep_ms = COALESCE(?, deep_ms), checked_ms = ?"
	       " WHERE interaction_id = ? AND n = ? AND state = ? AND object_key = ?",
};

static const struct iap_stmt *const statements[] = {
	&lists[IAP_MEDIA_DEEP_NEW], &lists[IAP_MEDIA_DEEP_OLD], &lists[IAP_MEDIA_DEEP_FAILED],
	&count_new, &save,
};

const struct iap_statements iap_media_deep_statements = { statements, IAP_LENGTH(statements) };

enum iap_status
iap_media_deep_list(struct iap_db *db, struct iap_arena *arena, enum iap_media_deep_list which,
    uint64_t source_id, int64_t begun_ms, const struct iap_media_deep *after, size_t limit,
    struct iap_rows *out, struct iap_error *err)
{
	bool first = after == NULL;
	uint64_t id = !first ? after->interaction_id : which == IAP_MEDIA_DEEP_NEW ? UINT64_MAX : 0;
	int64_t n = first ? -1 : (int64_t)after->n, deep = first ? -1 : after->deep_ms.value;

	if (which == IAP_MEDIA_DEEP_NEW) {
		const struct iap_value values[] = { iap_u64(source_id), iap_u64(id), iap_u64(id),
			iap_i64(n), iap_u64(limit) };

		return iap_db_all(db, arena, &lists[which], values, IAP_LENGTH(values), out, err);
	}
	if (which == IAP_MEDIA_DEEP_OLD) {
		const struct iap_value values[] = { iap_u64(source_id), iap_i64(deep),
			iap_i64(begun_ms), iap_i64(deep), iap_u64(id), iap_u64(id), iap_i64(n),
			iap_u64(limit) };

		return iap_db_all(db, arena, &lists[which], values, IAP_LENGTH(values), out, err);
	}
	const struct iap_value values[] = { iap_u64(source_id), iap_i64(begun_ms), iap_u64(id),
		iap_u64(id), iap_i64(n), iap_u64(limit) };

	return iap_db_all(db, arena, &lists[which], values, IAP_LENGTH(values), out, err);
}

enum iap_status
iap_media_deep_count(struct iap_db *db, uint64_t source_id, uint64_t *out, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	const struct iap_value values[] = { iap_u64(source_id) };
	struct number number = { 0 };

	if (iap_db_one(db, arena, &count_new, values, IAP_LENGTH(values), &number, err) != IAP_OK)
		return err->status;
	*out = number.count;
	return IAP_OK;
}

enum iap_status
iap_media_deep_save(struct iap_db *db, const struct iap_media_deep_verdict *verdicts,
    size_t count, struct iap_error *err)
{
	const struct iap_bulk bulk = { verdict_columns, IAP_LENGTH(verdict_columns), verdicts,
		sizeof *verdicts, count };

	return iap_db_bulk(db, &save, &bulk, err);
}
