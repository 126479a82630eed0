/* SPDX-License-Identifier: Apache-2.0 */
#include "model/fault.h"

#include "model/statements.h"

static const struct iap_column save_columns[] = {
	IAP_COLUMN(iap_fault_draft, source_id),
	IAP_COLUMN(iap_fault_draft, key_hash),
	IAP_COLUMN(iap_fault_draft, object_key),
	IAP_COLUMN(iap_fault_draft, cause),
	IAP_COLUMN(iap_fault_draft, detail),
	IAP_COLUMN(iap_fault_draft, at_ms),
	IAP_COLUMN(iap_fault_draft, at_ms),
	IAP_COLUMN(iap_fault_draft, pass_id),
};

static const struct iap_stmt save = {
	.name = "fault_save",
	.sql = "INSERT INTO fault (source_id, key_hash, object_key, cause, detail, first_ms, last_ms,"
	       " pass_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
	       " ON DUPLICATE KEY UPDATE detail = VALUES(detail), last_ms = VALUES(last_ms),"
	       " pass_id = VALUES(pass_id), resolved_ms = NULL",
};

static const struct iap_column end_columns[] = {
	IAP_COLUMN(iap_fault_end, at_ms),
	IAP_COLUMN(iap_fault_end, source_id),
	IAP_COLUMN(iap_fault_end, key_hash),
};

static const struct iap_stmt resolve = {
	.name = "fault_resolve",
	.sql = "UPDATE fault SET resolved_ms = ?"
	       " WHERE source_id = ? AND key_hash = ? AND resolved_ms IS NULL",
};

static const struct iap_stmt *const statements[] = { &save, &resolve };

const struct iap_statements iap_fault_statements = { statements, IAP_LENGTH(statements) };

enum iap_status
iap_fault_save(struct iap_db *db, const struct iap_fault_draft *faults, size_t count,
    struct iap_error *err)
{
	const struct iap_bulk bulk = { save_columns, IAP_LENGTH(save_columns), faults,
		sizeof *faults, count };

	return iap_db_bulk(db, &save, &bulk, err);
}

enum iap_status
iap_fault_resolve(struct iap_db *db, const struct iap_fault_end *ends, size_t count,
    struct iap_error *err)
{
	const struct iap_bulk bulk = { end_columns, IAP_LENGTH(end_columns), ends, sizeof *ends,
		count };

	return iap_db_bulk(db, &resolve, &bulk, err);
}
