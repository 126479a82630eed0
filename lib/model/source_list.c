/* SPDX-License-Identifier: Apache-2.0 */
#include "model/source_list.h"

#include "db/query.h"
#include "model/statements.h"

static const struct iap_column source_columns[] = {
	IAP_COLUMN(iap_source_row, name),
	IAP_COLUMN(iap_source_row, kind),
	IAP_COLUMN(iap_source_row, region),
	IAP_COLUMN(iap_source_row, division_rule),
	IAP_COLUMN(iap_source_row, added_ms),
};

static const struct iap_stmt source_names = {
	.name = "source_list_names",
	.sql = "SELECT name, kind, region, division_rule, added_ms FROM source"
	       " WHERE removed_ms IS NULL ORDER BY name",
	.columns = source_columns,
	.column_count = IAP_LENGTH(source_columns),
	.row_size = sizeof(struct iap_source_row),
};

static const struct iap_column pass_columns[] = {
	IAP_COLUMN(iap_pass_row, id),
	IAP_COLUMN(iap_pass_row, source),
	IAP_COLUMN(iap_pass_row, worker),
	IAP_COLUMN(iap_pass_row, state),
	IAP_COLUMN(iap_pass_row, message),
	IAP_COLUMN(iap_pass_row, started_ms),
	IAP_COLUMN(iap_pass_row, ended_ms),
	IAP_COLUMN(iap_pass_row, seen),
	IAP_COLUMN(iap_pass_row, documents),
	IAP_COLUMN(iap_pass_row, unchanged),
	IAP_COLUMN(iap_pass_row, inserted),
	IAP_COLUMN(iap_pass_row, updated),
	IAP_COLUMN(iap_pass_row, faults),
	IAP_COLUMN(iap_pass_row, media),
	IAP_COLUMN(iap_pass_row, valid),
	IAP_COLUMN(iap_pass_row, failed),
};

static const struct iap_stmt pass_shape = {
	.name = "pass_list",
	.columns = pass_columns,
	.column_count = IAP_LENGTH(pass_columns),
	.row_size = sizeof(struct iap_pass_row),
};

static const struct iap_column fault_columns[] = {
	IAP_COLUMN(iap_fault_row, id),
	IAP_COLUMN(iap_fault_row, source),
	IAP_COLUMN(iap_fault_row, object_key),
	IAP_COLUMN(iap_fault_row, cause),
	IAP_COLUMN(iap_fault_row, detail),
	IAP_COLUMN(iap_fault_row, first_ms),
	IAP_COLUMN(iap_fault_row, last_ms),
	IAP_COLUMN(iap_fault_row, pass_id),
};

static const struct iap_stmt fault_shape = {
	.name = "fault_list",
	.columns = fault_columns,
	.column_count = IAP_LENGTH(fault_columns),
	.row_size = sizeof(struct iap_fault_row),
};

static const struct iap_column cause_columns[] = {
	IAP_COLUMN(iap_fault_cause, cause),
	IAP_COLUMN(iap_fault_cause, count),
};

static const struct iap_stmt cause_shape = {
	.name = "fault_causes",
	.columns = cause_columns,
	.column_count = IAP_LENGTH(cause_columns),
	.row_size = sizeof(struct iap_fault_cause),
};

static const struct iap_column figure_columns[] = {
	IAP_COLUMN(iap_figures, interactions),
	IAP_COLUMN(iap_figures, failed),
	IAP_COLUMN(iap_figures, faults),
	IAP_COLUMN(iap_figures, sources),
	IAP_COLUMN(iap_figures, sessions),
	IAP_COLUMN(iap_figures, passes_running),
	IAP_COLUMN(iap_figures, last_pass_ms),
};

static const struct iap_stmt figures_find = {
	.name = "figures",
	.sql = "SELECT"
	       " (SELECT IF(some.count < 100000, some.count, GREATEST(some.count, t.table_rows))"
	       "   FROM (SELECT COUNT(*) AS count FROM (SELECT 1 FROM interaction LIMIT 100000) few)"
	       "     some, information_schema.tables t"
	       "   WHERE t.table_schema = DATABASE() AND t.table_name = 'interaction')"
	       "   AS interactions,"
	       " (SELECT COUNT(*) FROM interaction WHERE reviewed = 1 AND valid = 0) AS failed,"
	       " (SELECT COUNT(*) FROM fault WHERE resolved_ms IS NULL) AS faults,"
	       " (SELECT COUNT(*) FROM source WHERE removed_ms IS NULL) AS sources,"
	       " (SELECT COUNT(*) FROM session) AS sessions,"
	       " (SELECT COUNT(*) FROM pass WHERE state = 'running') AS passes_running,"
	       " (SELECT MAX(ended_ms) FROM pass WHERE state = 'done') AS last_pass_ms",
	.columns = figure_columns,
	.column_count = IAP_LENGTH(figure_columns),
	.row_size = sizeof(struct iap_figures),
};

static const struct iap_stmt *const statements[] = { &source_names, &figures_find };
const struct iap_statements iap_source_list_statements = { statements, IAP_LENGTH(statements) };

enum iap_status
iap_source_list_names(struct iap_db *db, struct iap_arena *arena, struct iap_rows *out,
    struct iap_error *err)
{
	return iap_db_all(db, arena, &source_names, NULL, 0, out, err);
}

enum iap_status
iap_pass_list(struct iap_db *db, struct iap_arena *arena, const char *source, uint64_t before,
    uint64_t limit, struct iap_rows *out, struct iap_error *err)
{
	struct iap_query query;

	iap_query_open(&query, arena, "SELECT p.id, s.name AS source, p.worker, p.state, p.message,"
	    " p.started_ms, p.ended_ms, p.seen, p.documents, p.unchanged, p.inserted, p.updated,"
	    " p.faults, p.media, p.valid, p.failed"
	    "  FROM pass p JOIN source s ON s.id = p.source_id WHERE TRUE");
	if (source != NULL)
		iap_query_and(&query, "s.name = ?", iap_text(source));
	if (before != 0)
		iap_query_and(&query, "p.id < ?", iap_u64(before));
	iap_query_add(&query, " ORDER BY p.id DESC LIMIT ?");
	iap_query_value(&query, iap_u64(limit));
	return iap_query_all(db, arena, &query, &pass_shape, out, err);
}

enum iap_status
iap_fault_list(struct iap_db *db, struct iap_arena *arena,
    const struct iap_fault_search *search, struct iap_rows *out, struct iap_error *err)
{
	struct iap_query query;

	iap_query_open(&query, arena, "SELECT f.id, s.name AS source, f.object_key, f.cause,"
	    " f.detail, f.first_ms, f.last_ms, f.pass_id"
	    "  FROM fault f JOIN source s ON s.id = f.source_id WHERE f.resolved_ms IS NULL");
	if (search->source != NULL)
		iap_query_and(&query, "s.name = ?", iap_text(search->source));
	if (search->cause != NULL)
		iap_query_and(&query, "f.cause = ?", iap_text(search->cause));
	if (search->after_ms.set) {
		iap_query_add(&query, " AND (f.last_ms < ? OR (f.last_ms = ? AND f.id < ?))");
		iap_query_value(&query, iap_maybe(search->after_ms));
		iap_query_value(&query, iap_maybe(search->after_ms));
		iap_query_value(&query, iap_u64(search->after_id));
	}
	iap_query_add(&query, " ORDER BY f.last_ms DESC, f.id DESC LIMIT ?");
	iap_query_value(&query, iap_u64(search->limit));
	return iap_query_all(db, arena, &query, &fault_shape, out, err);
}

enum iap_status
iap_fault_causes_list(struct iap_db *db, struct iap_arena *arena, const char *source,
    struct iap_rows *out, struct iap_error *err)
{
	struct iap_query query;

	iap_query_open(&query, arena, "SELECT f.cause, COUNT(*) AS count FROM fault f"
	    " JOIN source s ON s.id = f.source_id WHERE f.resolved_ms IS NULL");
	if (source != NULL)
		iap_query_and(&query, "s.name = ?", iap_text(source));
	iap_query_add(&query, " GROUP BY f.cause ORDER BY count DESC, f.cause");
	return iap_query_all(db, arena, &query, &cause_shape, out, err);
}

enum iap_status
iap_figures_find(struct iap_db *db, struct iap_arena *arena, struct iap_figures *out,
    struct iap_error *err)
{
	return iap_db_one(db, arena, &figures_find, NULL, 0, out, err);
}
