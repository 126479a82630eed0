/* SPDX-License-Identifier: Apache-2.0 */
#include "db/stmt.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "db/connection.h"

static enum iap_status
stmt_failure(struct iap_db *db, const struct iap_stmt *stmt, const struct iap_prepared *prepared,
    struct iap_error *err)
{
	return iap_db_failure(db, mysql_stmt_errno(prepared->stmt),
	    mysql_stmt_error(prepared->stmt), stmt->name, err);
}

static void
bind_value(MYSQL_BIND *bind, const struct iap_value *value)
{
	switch (value->kind) {
	case IAP_VALUE_NULL:
		bind->buffer_type = MYSQL_TYPE_NULL;
		break;
	case IAP_VALUE_U64:
	case IAP_VALUE_I64:
		bind->buffer_type = MYSQL_TYPE_LONGLONG;
		bind->buffer = (void *)(uintptr_t)&value->u64;
		bind->is_unsigned = value->kind == IAP_VALUE_U64;
		break;
	case IAP_VALUE_TEXT:
	case IAP_VALUE_BYTES:
		bind->buffer_type = value->kind == IAP_VALUE_TEXT ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
		bind->buffer = (void *)(uintptr_t)value->bytes.bytes;
		bind->buffer_length = value->bytes.size;
		break;
	}
}

static enum iap_status
execute(struct iap_db *db, const struct iap_stmt *stmt, struct iap_prepared *prepared,
    const struct iap_value *values, size_t value_count, struct iap_error *err)
{
	unsigned int array_size = 0;
	MYSQL_BIND *binds;
	bool ok;

	if (mysql_stmt_param_count(prepared->stmt) != value_count)
		return iap_error_set(err, IAP_FAILED, "database: %s: %zu values for %lu parameters",
		    stmt->name, value_count, mysql_stmt_param_count(prepared->stmt));
	binds = calloc(value_count + 1, sizeof *binds);
	if (binds == NULL)
		iap_log_die("out of memory");
	for (size_t i = 0; i < value_count; i++)
		bind_value(&binds[i], &values[i]);
	mysql_stmt_attr_set(prepared->stmt, STMT_ATTR_ARRAY_SIZE, &array_size);
	ok = (value_count == 0 || mysql_stmt_bind_param(prepared->stmt, binds) == 0) &&
	    mysql_stmt_execute(prepared->stmt) == 0;
	free(binds);
	return ok ? IAP_OK : stmt_failure(db, stmt, prepared, err);
}

/* The bytes of a text or blob, from the small buffer or, when longer, fetched again. */
static enum iap_status
fetch_bytes(struct iap_db *db, struct iap_arena *arena, const struct iap_stmt *stmt,
    struct iap_prepared *prepared, size_t field, char **out, struct iap_error *err)
{
	struct iap_db_cell *cell = &prepared->cells[field];
	MYSQL_BIND again = prepared->binds[field];
	char *bytes = iap_arena_alloc(arena, cell->length + 1);

	*out = bytes;
	if (cell->length <= sizeof cell->small) {
		memcpy(bytes, cell->small, cell->length);
		return IAP_OK;
	}
	again.buffer = bytes;
	again.buffer_length = cell->length;
	if (mysql_stmt_fetch_column(prepared->stmt, &again, (unsigned int)field, 0) != 0)
		return stmt_failure(db, stmt, prepared, err);
	return IAP_OK;
}

static enum iap_status
store_number(const struct iap_stmt *stmt, const struct iap_column *column,
    const struct iap_db_cell *cell, void *member, struct iap_error *err)
{
	if (column->type == IAP_TYPE_MAYBE_I64) {
		*(struct iap_maybe_i64 *)member = (struct iap_maybe_i64){
			.set = !cell->null, .value = cell->null ? 0 : cell->i64 };
		return IAP_OK;
	}
	if (cell->null)
		return iap_error_set(err, IAP_CORRUPT, "database: %s: %s is null", stmt->name,
		    column->name);
	if (column->type == IAP_TYPE_BOOL)
		*(bool *)member = cell->i64 != 0;
	else if (column->type == IAP_TYPE_I64)
		*(int64_t *)member = cell->i64;
	else if (column->type == IAP_TYPE_U64)
		*(uint64_t *)member = cell->u64;
	else if (cell->i64 < 0 || cell->i64 > UINT32_MAX)
		return iap_error_set(err, IAP_CORRUPT, "database: %s: %s is out of range",
		    stmt->name, column->name);
	else
		*(unsigned int *)member = (unsigned int)cell->i64;
	return IAP_OK;
}

static enum iap_status
store_row(struct iap_db *db, struct iap_arena *arena, const struct iap_stmt *stmt,
    struct iap_prepared *prepared, void *row, struct iap_error *err)
{
	for (size_t i = 0; i < prepared->field_count; i++) {
		const struct iap_column *column = prepared->fields[i];
		const struct iap_db_cell *cell = &prepared->cells[i];
		void *member = (char *)row + column->offset;
		char *bytes = NULL;

		if (column->type != IAP_TYPE_TEXT && column->type != IAP_TYPE_BYTES) {
			if (store_number(stmt, column, cell, member, err) != IAP_OK)
				return err->status;
			continue;
		}
		if (!cell->null && fetch_bytes(db, arena, stmt, prepared, i, &bytes, err) != IAP_OK)
			return err->status;
		if (column->type == IAP_TYPE_TEXT)
			*(const char **)member = bytes;
		else
			*(struct iap_bytes *)member = (struct iap_bytes){
				bytes, cell->null ? 0 : cell->length };
	}
	return IAP_OK;
}

/* One row of the answer; *end when there is none left. */
static enum iap_status
fetch(struct iap_db *db, struct iap_arena *arena, const struct iap_stmt *stmt,
    struct iap_prepared *prepared, void *row, bool *end, struct iap_error *err)
{
	int result = mysql_stmt_fetch(prepared->stmt);

	*end = result == MYSQL_NO_DATA;
	if (*end)
		return IAP_OK;
	if (result != 0 && result != MYSQL_DATA_TRUNCATED)
		return stmt_failure(db, stmt, prepared, err);
	return store_row(db, arena, stmt, prepared, row, err);
}

static enum iap_status
ask(struct iap_db *db, const struct iap_stmt *stmt, const struct iap_value *values,
    size_t value_count, struct iap_prepared **out, struct iap_error *err)
{
	if (iap_db_prepare(db, stmt, out, err) != IAP_OK ||
	    execute(db, stmt, *out, values, value_count, err) != IAP_OK)
		return err->status;
	if ((*out)->field_count != 0 && mysql_stmt_store_result((*out)->stmt) != 0)
		return stmt_failure(db, stmt, *out, err);
	return IAP_OK;
}

enum iap_status
iap_db_one(struct iap_db *db, struct iap_arena *arena, const struct iap_stmt *stmt,
    const struct iap_value *values, size_t value_count, void *row, struct iap_error *err)
{
	struct iap_prepared *prepared;
	enum iap_status status;
	bool end;

	if (ask(db, stmt, values, value_count, &prepared, err) != IAP_OK)
		return err->status;
	status = fetch(db, arena, stmt, prepared, row, &end, err);
	mysql_stmt_free_result(prepared->stmt);
	if (status == IAP_OK && end)
		return iap_error_set(err, IAP_NOT_FOUND, "database: %s: no such row", stmt->name);
	return status;
}

enum iap_status
iap_db_all(struct iap_db *db, struct iap_arena *arena, const struct iap_stmt *stmt,
    const struct iap_value *values, size_t value_count, struct iap_rows *out,
    struct iap_error *err)
{
	struct iap_prepared *prepared;
	enum iap_status status = IAP_OK;
	bool end = false;
	char *rows;
	size_t room;

	if (ask(db, stmt, values, value_count, &prepared, err) != IAP_OK)
		return err->status;
	room = mysql_stmt_num_rows(prepared->stmt);
	rows = iap_arena_array(arena, room + 1, stmt->row_size);
	out->items = rows;
	for (out->count = 0; status == IAP_OK && out->count < room; out->count++) {
		status = fetch(db, arena, stmt, prepared, rows + out->count * stmt->row_size,
		    &end, err);
		if (end)
			break;
	}
	mysql_stmt_free_result(prepared->stmt);
	return status;
}

enum iap_status
iap_db_run(struct iap_db *db, const struct iap_stmt *stmt, const struct iap_value *values,
    size_t value_count, struct iap_done *done, struct iap_error *err)
{
	struct iap_prepared *prepared;

	if (ask(db, stmt, values, value_count, &prepared, err) != IAP_OK)
		return err->status;
	if (done != NULL) {
		done->matched = mysql_stmt_affected_rows(prepared->stmt);
		done->insert_id = mysql_stmt_insert_id(prepared->stmt);
	}
	if (prepared->field_count != 0)
		mysql_stmt_free_result(prepared->stmt);
	return IAP_OK;
}

enum iap_status
iap_db_check(struct iap_db *db, const struct iap_stmt *stmt, struct iap_error *err)
{
	struct iap_prepared *prepared;

	return iap_db_prepare(db, stmt, &prepared, err);
}
