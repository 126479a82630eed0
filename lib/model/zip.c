/* SPDX-License-Identifier: Apache-2.0 */
#include "model/zip.h"

#include "model/key.h"
#include "model/statements.h"

static const struct iap_column columns[] = {
	IAP_COLUMN(iap_zip_row, source_id),
	IAP_COLUMN(iap_zip_row, key_hash),
	IAP_COLUMN(iap_zip_row, size),
	IAP_COLUMN(iap_zip_row, modified_ns),
	IAP_COLUMN(iap_zip_row, entries),
	IAP_COLUMN(iap_zip_row, documents),
	IAP_COLUMN(iap_zip_row, faults),
};

static const struct iap_stmt find = {
	.name = "zip_find",
	.sql = "SELECT source_id, key_hash, size, modified_ns, entries, documents, faults FROM zip"
	       " WHERE source_id = ? AND key_hash = ?",
	.columns = columns,
	.column_count = IAP_LENGTH(columns),
};

static const struct iap_stmt save = {
	.name = "zip_save",
	.sql = "INSERT INTO zip (source_id, key_hash, size, modified_ns, entries, documents, faults)"
	       " VALUES (?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE size = VALUES(size),"
	       " modified_ns = VALUES(modified_ns), entries = VALUES(entries),"
	       " documents = VALUES(documents), faults = VALUES(faults)",
};

static const struct iap_stmt *const statements[] = { &find, &save };

const struct iap_statements iap_zip_statements = { statements, IAP_LENGTH(statements) };

enum iap_status
iap_zip_row_find(struct iap_db *db, struct iap_arena *arena, uint64_t source_id, const char *key,
    struct iap_zip_row *out, struct iap_error *err)
{
	struct iap_bytes hash = iap_key_hash128(arena, key);
	const struct iap_value values[] = { iap_u64(source_id),
		iap_bytes_value(hash.bytes, hash.size) };

	return iap_db_one(db, arena, &find, values, IAP_LENGTH(values), out, err);
}

enum iap_status
iap_zip_row_save(struct iap_db *db, const struct iap_zip_row *row, struct iap_error *err)
{
	const struct iap_bulk bulk = { columns, IAP_LENGTH(columns), row, sizeof *row, 1 };

	return iap_db_bulk(db, &save, &bulk, err);
}
