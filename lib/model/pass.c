/* SPDX-License-Identifier: Apache-2.0 */
#include "model/pass.h"

#include "base/clock.h"
#include "db/stmt.h"
#include "model/statements.h"
#include "model/text.h"

enum { MESSAGE_MAX = 500 };

static const struct iap_stmt interrupt_others = {
	.name = "pass_interrupt",
	.sql = "UPDATE pass SET state = 'interrupted', ended_ms = heartbeat_ms"
	       " WHERE source_id = ? AND state = 'running'",
};

static const struct iap_stmt begin = {
	.name = "pass_begin",
	.sql = "INSERT INTO pass (source_id, worker, state, started_ms, heartbeat_ms)"
	       " VALUES (?, ?, 'running', ?, ?)",
};

static const struct iap_stmt update = {
	.name = "pass_update",
	.sql = "UPDATE pass SET heartbeat_ms = ?, seen = ?, documents = ?, unchanged = ?,"
	       " inserted = ?, updated = ?, faults = ?, media = ?, valid = ?, failed = ?"
	       " WHERE id = ?",
};

static const struct iap_stmt end = {
	.name = "pass_end",
	.sql = "UPDATE pass SET state = ?, message = ?, ended_ms = ? WHERE id = ?",
};

struct answer {
	bool done;
};

static const struct iap_column answer_columns[] = { IAP_COLUMN(answer, done) };

static const struct iap_stmt check_last = {
	.name = "pass_check_last",
	.sql = "SELECT state = 'done' AS done FROM pass WHERE source_id = ? AND id < ?"
	       " ORDER BY id DESC LIMIT 1",
	.columns = answer_columns,
	.column_count = IAP_LENGTH(answer_columns),
};

static const struct iap_stmt *const statements[] = {
	&interrupt_others, &begin, &update, &end, &check_last,
};

const struct iap_statements iap_pass_statements = { statements, IAP_LENGTH(statements) };

enum iap_status
iap_pass_begin(struct iap_db *db, uint64_t source_id, const char *worker, uint64_t *pass_id_out,
    struct iap_error *err)
{
	int64_t now = iap_clock_now_ms();
	const struct iap_value source[] = { iap_u64(source_id) };
	const struct iap_value values[] = { iap_u64(source_id), iap_text(worker), iap_i64(now),
		iap_i64(now) };
	struct iap_done done = { 0 };

	if (iap_db_run(db, &interrupt_others, source, IAP_LENGTH(source), NULL, err) != IAP_OK ||
	    iap_db_run(db, &begin, values, IAP_LENGTH(values), &done, err) != IAP_OK)
		return err->status;
	*pass_id_out = done.insert_id;
	return IAP_OK;
}

enum iap_status
iap_pass_update(struct iap_db *db, uint64_t pass_id, const struct iap_pass_counts *counts,
    struct iap_error *err)
{
	const struct iap_value values[] = { iap_i64(iap_clock_now_ms()), iap_u64(counts->seen),
		iap_u64(counts->documents), iap_u64(counts->unchanged), iap_u64(counts->inserted),
		iap_u64(counts->updated), iap_u64(counts->faults), iap_u64(counts->media),
		iap_u64(counts->valid), iap_u64(counts->failed), iap_u64(pass_id) };

	return iap_db_run(db, &update, values, IAP_LENGTH(values), NULL, err);
}

enum iap_status
iap_pass_end(struct iap_db *db, uint64_t pass_id, const struct iap_pass_counts *counts,
    const char *state, const char *message, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	const struct iap_value values[] = { iap_text(state),
		iap_text(iap_text_fit(arena, message, MESSAGE_MAX)), iap_i64(iap_clock_now_ms()),
		iap_u64(pass_id) };

	if (iap_pass_update(db, pass_id, counts, err) != IAP_OK)
		return err->status;
	return iap_db_run(db, &end, values, IAP_LENGTH(values), NULL, err);
}

enum iap_status
iap_pass_check_last(struct iap_db *db, uint64_t source_id, uint64_t pass_id, bool *done_out,
    struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	const struct iap_value values[] = { iap_u64(source_id), iap_u64(pass_id) };
	struct answer answer = { 0 };

	if (iap_db_one(db, arena, &check_last, values, IAP_LENGTH(values), &answer, err) != IAP_OK &&
	    err->status != IAP_NOT_FOUND)
		return err->status;
	*done_out = answer.done;
	return IAP_OK;
}
