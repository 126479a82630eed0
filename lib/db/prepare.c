/* SPDX-License-Identifier: Apache-2.0 */
/* Statements that stay prepared: found by their text, checked against their columns. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "db/connection.h"

static void *
zeroed(size_t count, size_t size)
{
	void *bytes = calloc(count == 0 ? 1 : count, size);

	if (bytes == NULL)
		iap_log_die("out of memory");
	return bytes;
}

void
iap_prepared_free(struct iap_prepared *prepared)
{
	if (prepared == NULL)
		return;
	if (prepared->stmt != NULL)
		mysql_stmt_close(prepared->stmt);
	free(prepared->sql);
	free(prepared->fields);
	free(prepared->binds);
	free(prepared->cells);
	free(prepared);
}

void
iap_db_forget(struct iap_db *db)
{
	for (size_t i = 0; i < db->prepared_count; i++)
		iap_prepared_free(db->prepared[i]);
	db->prepared_count = 0;
}

/* FNV-1a: short, and enough to tell a hundred texts apart before strcmp() does. */
static uint64_t
hash_of(const char *text)
{
	uint64_t hash = 14695981039346656037u;

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 1099511628211u;
	return hash;
}

static const struct iap_column *
find_column(const struct iap_stmt *stmt, const char *name)
{
	for (size_t i = 0; i < stmt->column_count; i++)
		if (strcmp(stmt->columns[i].name, name) == 0)
			return &stmt->columns[i];
	return NULL;
}

static void
bind_cell(MYSQL_BIND *bind, struct iap_db_cell *cell, enum iap_type type)
{
	bind->length = &cell->length;
	bind->is_null = &cell->null;
	bind->error = &cell->error;
	bind->buffer = cell;
	if (type == IAP_TYPE_TEXT || type == IAP_TYPE_BYTES) {
		bind->buffer_type = type == IAP_TYPE_TEXT ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
		bind->buffer_length = sizeof cell->small;
		return;
	}
	bind->buffer_type = MYSQL_TYPE_LONGLONG;
	bind->buffer_length = sizeof cell->i64;
	bind->is_unsigned = type == IAP_TYPE_U64;
}

static enum iap_status
bind_fields(struct iap_db *db, struct iap_prepared *prepared, const struct iap_stmt *stmt,
    const MYSQL_FIELD *fields, struct iap_error *err)
{
	for (size_t i = 0; i < prepared->field_count; i++) {
		prepared->fields[i] = find_column(stmt, fields[i].name);
		if (prepared->fields[i] == NULL)
			return iap_error_set(err, IAP_FAILED,
			    "database: %s: nothing takes the column %s", stmt->name, fields[i].name);
		bind_cell(&prepared->binds[i], &prepared->cells[i], prepared->fields[i]->type);
	}
	if (prepared->field_count != 0 &&
	    mysql_stmt_bind_result(prepared->stmt, prepared->binds) != 0)
		return iap_db_failure(db, mysql_stmt_errno(prepared->stmt),
		    mysql_stmt_error(prepared->stmt), stmt->name, err);
	return IAP_OK;
}

static enum iap_status
describe(struct iap_db *db, struct iap_prepared *prepared, const struct iap_stmt *stmt,
    struct iap_error *err)
{
	MYSQL_RES *metadata = mysql_stmt_result_metadata(prepared->stmt);
	enum iap_status status;

	prepared->field_count = metadata == NULL ? 0 : mysql_num_fields(metadata);
	prepared->columns = stmt->columns;
	if (prepared->field_count != stmt->column_count) {
		if (metadata != NULL)
			mysql_free_result(metadata);
		return iap_error_set(err, IAP_FAILED, "database: %s: %zu columns, %zu expected",
		    stmt->name, prepared->field_count, stmt->column_count);
	}
	prepared->fields = zeroed(prepared->field_count, sizeof *prepared->fields);
	prepared->binds = zeroed(prepared->field_count, sizeof *prepared->binds);
	prepared->cells = zeroed(prepared->field_count, sizeof *prepared->cells);
	if (metadata == NULL)
		return IAP_OK;
	status = bind_fields(db, prepared, stmt, mysql_fetch_fields(metadata), err);
	mysql_free_result(metadata);
	return status;
}

static enum iap_status
prepare_now(struct iap_db *db, const struct iap_stmt *stmt, struct iap_prepared *prepared,
    struct iap_error *err)
{
	prepared->sql = strdup(stmt->sql);
	prepared->stmt = mysql_stmt_init(db->mysql);
	if (prepared->sql == NULL || prepared->stmt == NULL)
		iap_log_die("out of memory");
	if (mysql_stmt_prepare(prepared->stmt, stmt->sql, strlen(stmt->sql)) != 0)
		return iap_db_failure(db, mysql_stmt_errno(prepared->stmt),
		    mysql_stmt_error(prepared->stmt), stmt->name, err);
	return describe(db, prepared, stmt, err);
}

/* A free slot, or that of the statement that was not used for longest. */
static struct iap_prepared **
slot_for(struct iap_db *db)
{
	struct iap_prepared **oldest = &db->prepared[0];

	if (db->prepared_count < IAP_DB_STATEMENTS)
		return &db->prepared[db->prepared_count++];
	for (size_t i = 1; i < db->prepared_count; i++)
		if (db->prepared[i]->used < (*oldest)->used)
			oldest = &db->prepared[i];
	iap_prepared_free(*oldest);
	return oldest;
}

enum iap_status
iap_db_prepare(struct iap_db *db, const struct iap_stmt *stmt, struct iap_prepared **out,
    struct iap_error *err)
{
	uint64_t hash = hash_of(stmt->sql);
	struct iap_prepared *prepared;

	if (db->mysql == NULL || db->lost)
		return iap_error_set(err, IAP_UNAVAILABLE, "database: not connected");
	db->last_errno = 0;
	for (size_t i = 0; i < db->prepared_count; i++) {
		prepared = db->prepared[i];
		if (prepared->hash == hash && prepared->columns == stmt->columns &&
		    strcmp(prepared->sql, stmt->sql) == 0) {
			prepared->used = ++db->uses;
			*out = prepared;
			return IAP_OK;
		}
	}
	prepared = zeroed(1, sizeof *prepared);
	prepared->hash = hash;
	prepared->used = ++db->uses;
	if (prepare_now(db, stmt, prepared, err) != IAP_OK) {
		iap_prepared_free(prepared);
		return err->status;
	}
	*slot_for(db) = prepared;
	*out = prepared;
	return IAP_OK;
}
