/* SPDX-License-Identifier: Apache-2.0 */
#include "model/object.h"

#include "archive/pairing.h"
#include "db/query.h"
#include "model/key.h"
#include "model/statements.h"

static const struct iap_column columns[] = {
	IAP_COLUMN(iap_catalogued, source_id),
	IAP_COLUMN(iap_catalogued, dir_hash),
	IAP_COLUMN(iap_catalogued, key_hash),
	IAP_COLUMN(iap_catalogued, name_hash),
	IAP_COLUMN(iap_catalogued, object_key),
	IAP_COLUMN(iap_catalogued, size),
	IAP_COLUMN(iap_catalogued, modified_ns),
	IAP_COLUMN(iap_catalogued, role),
	IAP_COLUMN(iap_catalogued, sha256),
	IAP_COLUMN(iap_catalogued, pass_id),
};

#define SELECT_OBJECT "SELECT source_id, dir_hash, key_hash, name_hash, object_key, size," \
	" modified_ns, role, sha256, pass_id FROM object WHERE source_id = ?"

static const struct iap_stmt list_folders = {
	.name = "object_list_folders",
	.sql = SELECT_OBJECT,
	.columns = columns,
	.column_count = IAP_LENGTH(columns),
	.row_size = sizeof(struct iap_catalogued),
};

static const struct iap_stmt list_named = {
	.name = "object_list_named",
	.sql = SELECT_OBJECT " AND name_hash = ? ORDER BY object_key LIMIT ?",
	.columns = columns,
	.column_count = IAP_LENGTH(columns),
	.row_size = sizeof(struct iap_catalogued),
};

static const struct iap_stmt list_first = {
	.name = "object_list_first",
	.sql = SELECT_OBJECT " ORDER BY dir_hash, key_hash LIMIT ?",
	.columns = columns,
	.column_count = IAP_LENGTH(columns),
	.row_size = sizeof(struct iap_catalogued),
};

static const struct iap_stmt list_next = {
	.name = "object_list_next",
	.sql = SELECT_OBJECT " AND dir_hash >= ? AND (dir_hash > ? OR key_hash > ?)"
	       " ORDER BY dir_hash, key_hash LIMIT ?",
	.columns = columns,
	.column_count = IAP_LENGTH(columns),
	.row_size = sizeof(struct iap_catalogued),
};

static const struct iap_stmt find = {
	.name = "object_find",
	.sql = SELECT_OBJECT " AND dir_hash = ? AND key_hash = ?",
	.columns = columns,
	.column_count = IAP_LENGTH(columns),
};

struct total {
	uint64_t total;
};

static const struct iap_column total_columns[] = { IAP_COLUMN(total, total) };

static const struct iap_stmt count_all = {
	.name = "object_count",
	.sql = "SELECT COUNT(*) AS total FROM object WHERE source_id = ?",
	.columns = total_columns,
	.column_count = 1,
};

static const struct iap_stmt save = {
	.name = "object_save",
	.sql = "INSERT INTO object (source_id, dir_hash, key_hash, name_hash, object_key, size,"
	       " modified_ns, role, sha256, pass_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	       " ON DUPLICATE KEY UPDATE size = VALUES(size), modified_ns = VALUES(modified_ns),"
	       " role = VALUES(role), sha256 = VALUES(sha256), pass_id = VALUES(pass_id)",
};

static const struct iap_stmt remove_one = {
	.name = "object_delete",
	.sql = "DELETE FROM object WHERE source_id = ? AND dir_hash = ? AND key_hash = ?",
};

static const struct iap_stmt *const statements[] = {
	&list_folders, &list_named, &list_first, &list_next, &find, &count_all, &save, &remove_one,
};

const struct iap_statements iap_object_statements = { statements, IAP_LENGTH(statements) };

enum iap_status
iap_object_list_folders(struct iap_db *db, struct iap_arena *arena, uint64_t source_id,
    const uint64_t *dir_hashes, size_t count, struct iap_rows *out, struct iap_error *err)
{
	struct iap_query query;

	iap_query_open(&query, arena, SELECT_OBJECT);
	iap_query_value(&query, iap_u64(source_id));
	iap_query_and_in(&query, "dir_hash", dir_hashes, count);
	iap_query_add(&query, " ORDER BY dir_hash, key_hash");
	return iap_query_all(db, arena, &query, &list_folders, out, err);
}

enum iap_status
iap_object_list_named(struct iap_db *db, struct iap_arena *arena, uint64_t source_id,
    uint64_t name_hash, size_t limit, struct iap_rows *out, struct iap_error *err)
{
	const struct iap_value values[] = { iap_u64(source_id), iap_u64(name_hash), iap_u64(limit) };

	return iap_db_all(db, arena, &list_named, values, IAP_LENGTH(values), out, err);
}

enum iap_status
iap_object_list_next(struct iap_db *db, struct iap_arena *arena, uint64_t source_id,
    const struct iap_catalogued *after, size_t limit, struct iap_rows *out,
    struct iap_error *err)
{
	const struct iap_value first[] = { iap_u64(source_id), iap_u64(limit) };

	if (after == NULL)
		return iap_db_all(db, arena, &list_first, first, IAP_LENGTH(first), out, err);
	{
		const struct iap_value next[] = { iap_u64(source_id), iap_u64(after->dir_hash),
			iap_u64(after->dir_hash),
			iap_bytes_value(after->key_hash.bytes, after->key_hash.size), iap_u64(limit) };

		return iap_db_all(db, arena, &list_next, next, IAP_LENGTH(next), out, err);
	}
}

enum iap_status
iap_object_find(struct iap_db *db, struct iap_arena *arena, uint64_t source_id, const char *key,
    struct iap_catalogued *out, struct iap_error *err)
{
	struct iap_bytes hash = iap_key_hash128(arena, key);
	const struct iap_value values[] = { iap_u64(source_id),
		iap_u64(iap_key_hash64(iap_pair_parent(arena, key))),
		iap_bytes_value(hash.bytes, hash.size) };

	return iap_db_one(db, arena, &find, values, IAP_LENGTH(values), out, err);
}

enum iap_status
iap_object_count(struct iap_db *db, uint64_t source_id, uint64_t *count_out,
    struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	const struct iap_value values[] = { iap_u64(source_id) };
	struct total total = { 0 };

	if (iap_db_one(db, arena, &count_all, values, IAP_LENGTH(values), &total, err) != IAP_OK)
		return err->status;
	*count_out = total.total;
	return IAP_OK;
}

enum iap_status
iap_object_save(struct iap_db *db, const struct iap_catalogued *objects, size_t count,
    struct iap_error *err)
{
	const struct iap_bulk bulk = { columns, IAP_LENGTH(columns), objects, sizeof *objects,
		count };

	return iap_db_bulk(db, &save, &bulk, err);
}

enum iap_status
iap_object_delete(struct iap_db *db, const struct iap_catalogued *objects, size_t count,
    struct iap_error *err)
{
	/* The first three columns are the primary key. */
	const struct iap_bulk bulk = { columns, 3, objects, sizeof *objects, count };

	return iap_db_bulk(db, &remove_one, &bulk, err);
}
