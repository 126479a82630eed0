/* SPDX-License-Identifier: Apache-2.0 */
#include "model/source.h"

#include "base/clock.h"
#include "model/statements.h"

static const struct iap_column columns[] = {
	IAP_COLUMN(iap_source, id),
	IAP_COLUMN(iap_source, name),
	IAP_COLUMN(iap_source, kind),
	IAP_COLUMN(iap_source, region),
	IAP_COLUMN(iap_source, division_rule),
	IAP_COLUMN(iap_source, added_ms),
	IAP_COLUMN(iap_source, removed_ms),
	IAP_COLUMN(iap_source, lease_owner),
	IAP_COLUMN(iap_source, lease_until_ms),
	IAP_COLUMN(iap_source, interactions),
};

static const struct iap_stmt insert = {
	.name = "source_insert",
	.sql = "INSERT INTO source (name, kind, region, division_rule, added_ms)"
	       " VALUES (?, ?, ?, ?, ?)",
};

static const struct iap_stmt restore = {
	.name = "source_restore",
	.sql = "UPDATE source SET kind = ?, region = ?, division_rule = ?, removed_ms = NULL"
	       " WHERE name = ? AND removed_ms IS NOT NULL",
};

static const struct iap_stmt mark_removed = {
	.name = "source_remove",
	.sql = "UPDATE source SET removed_ms = ? WHERE name = ? AND removed_ms IS NULL",
};

static const struct iap_stmt list = {
	.name = "source_list",
	.sql = "SELECT s.id, s.name, s.kind, s.region, s.division_rule, s.added_ms, s.removed_ms,"
	       " s.lease_owner, s.lease_until_ms, COALESCE(i.total, 0) AS interactions"
	       "  FROM source s LEFT JOIN"
	       " (SELECT source_id, COUNT(*) AS total FROM interaction GROUP BY source_id) i"
	       " ON i.source_id = s.id"
	       " WHERE s.removed_ms IS NULL ORDER BY s.id",
	.columns = columns,
	.column_count = IAP_LENGTH(columns),
	.row_size = sizeof(struct iap_source),
};

static const struct iap_stmt find = {
	.name = "source_find",
	.sql = "SELECT id, name, kind, region, division_rule, added_ms, removed_ms, lease_owner,"
	       " lease_until_ms, 0 AS interactions"
	       "  FROM source WHERE name = ? AND removed_ms IS NULL",
	.columns = columns,
	.column_count = IAP_LENGTH(columns),
	.row_size = sizeof(struct iap_source),
};

static const struct iap_stmt *const statements[] = {
	&insert, &restore, &mark_removed, &list, &find,
};

const struct iap_statements iap_source_statements = { statements, IAP_LENGTH(statements) };

enum iap_status
iap_source_insert(struct iap_db *db, const struct iap_source *source, struct iap_error *err)
{
	const struct iap_value restored[] = { iap_text(source->kind), iap_text(source->region),
		iap_text(source->division_rule), iap_text(source->name) };
	const struct iap_value inserted[] = { iap_text(source->name), iap_text(source->kind),
		iap_text(source->region), iap_text(source->division_rule),
		iap_i64(iap_clock_now_ms()) };
	struct iap_done done = { 0 };

	if (iap_db_run(db, &restore, restored, IAP_LENGTH(restored), &done, err) != IAP_OK)
		return err->status;
	if (done.matched != 0)
		return IAP_OK;
	if (iap_db_run(db, &insert, inserted, IAP_LENGTH(inserted), NULL, err) == IAP_OK)
		return IAP_OK;
	if (iap_db_duplicate(db))
		return iap_error_set(err, IAP_CONFLICT, "source %s: there is one already",
		    source->name);
	return err->status;
}

enum iap_status
iap_source_remove(struct iap_db *db, const char *name, struct iap_error *err)
{
	const struct iap_value values[] = { iap_i64(iap_clock_now_ms()), iap_text(name) };
	struct iap_done done = { 0 };

	if (iap_db_run(db, &mark_removed, values, IAP_LENGTH(values), &done, err) != IAP_OK)
		return err->status;
	if (done.matched == 0)
		return iap_error_set(err, IAP_NOT_FOUND, "source %s: there is none", name);
	return IAP_OK;
}

enum iap_status
iap_source_list(struct iap_db *db, struct iap_arena *arena, struct iap_rows *out,
    struct iap_error *err)
{
	return iap_db_all(db, arena, &list, NULL, 0, out, err);
}

enum iap_status
iap_source_find(struct iap_db *db, struct iap_arena *arena, const char *name,
    struct iap_source *out, struct iap_error *err)
{
	const struct iap_value values[] = { iap_text(name) };

	if (iap_db_one(db, arena, &find, values, IAP_LENGTH(values), out, err) == IAP_OK)
		return IAP_OK;
	if (err->status == IAP_NOT_FOUND)
		return iap_error_set(err, IAP_NOT_FOUND, "source %s: there is none", name);
	return err->status;
}
