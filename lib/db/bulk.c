/* SPDX-License-Identifier: Apache-2.0 */
/* Many rows in one packet: arrays of parameters. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "db/connection.h"
#include "db/stmt.h"

/* A packet stays well below MariaDB's max_allowed_packet of 16 MB. */
enum { PACKET_SIZE = 4 * 1024 * 1024, ROW_OVERHEAD = 16 };

#define ARENA_LIMIT ((size_t)1 << 30)

static const void *
member_of(const struct iap_bulk *bulk, size_t row, size_t column)
{
	return (const char *)bulk->rows + row * bulk->row_size + bulk->columns[column].offset;
}

static struct iap_bytes
bytes_of(const void *member, enum iap_type type)
{
	const char *text;

	if (type == IAP_TYPE_BYTES)
		return *(const struct iap_bytes *)member;
	text = *(const char *const *)member;
	return (struct iap_bytes){ text, text == NULL ? 0 : strlen(text) };
}

static uint64_t
number_of(const void *member, enum iap_type type, bool *null)
{
	*null = false;
	switch (type) {
	case IAP_TYPE_BOOL:
		return *(const bool *)member;
	case IAP_TYPE_U32:
		return *(const unsigned int *)member;
	case IAP_TYPE_MAYBE_I64:
		*null = !((const struct iap_maybe_i64 *)member)->set;
		return (uint64_t)((const struct iap_maybe_i64 *)member)->value;
	default:
		return *(const uint64_t *)member;
	}
}

static void
bind_bytes(struct iap_arena *arena, const struct iap_bulk *bulk, size_t first, size_t count,
    size_t column, MYSQL_BIND *bind)
{
	const char **buffers = iap_arena_array(arena, count, sizeof *buffers);
	unsigned long *lengths = iap_arena_array(arena, count, sizeof *lengths);
	char *indicators = iap_arena_array(arena, count, sizeof *indicators);

	for (size_t i = 0; i < count; i++) {
		struct iap_bytes bytes = bytes_of(member_of(bulk, first + i, column),
		    bulk->columns[column].type);

		buffers[i] = bytes.bytes == NULL ? "" : bytes.bytes;
		lengths[i] = bytes.size;
		indicators[i] = bytes.bytes == NULL ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE;
	}
	bind->buffer_type = bulk->columns[column].type == IAP_TYPE_TEXT
	    ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
	bind->buffer = buffers;
	bind->length = lengths;
	bind->u.indicator = indicators;
}

static void
bind_numbers(struct iap_arena *arena, const struct iap_bulk *bulk, size_t first, size_t count,
    size_t column, MYSQL_BIND *bind)
{
	enum iap_type type = bulk->columns[column].type;
	uint64_t *numbers = iap_arena_array(arena, count, sizeof *numbers);
	char *indicators = iap_arena_array(arena, count, sizeof *indicators);
	bool null;

	for (size_t i = 0; i < count; i++) {
		numbers[i] = number_of(member_of(bulk, first + i, column), type, &null);
		indicators[i] = null ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE;
	}
	bind->buffer_type = MYSQL_TYPE_LONGLONG;
	bind->is_unsigned = type == IAP_TYPE_U64;
	bind->buffer = numbers;
	bind->u.indicator = indicators;
}

/* How many rows from `first` on go into one packet; at least one. */
static size_t
packet_rows(const struct iap_bulk *bulk, size_t first)
{
	size_t used = 0;

	for (size_t row = first; row < bulk->count; row++) {
		for (size_t i = 0; i < bulk->column_count; i++) {
			enum iap_type type = bulk->columns[i].type;

			used += ROW_OVERHEAD;
			if (type == IAP_TYPE_TEXT || type == IAP_TYPE_BYTES)
				used += bytes_of(member_of(bulk, row, i), type).size;
		}
		if (used > PACKET_SIZE && row > first)
			return row - first;
	}
	return bulk->count - first;
}

static enum iap_status
send_rows(struct iap_db *db, struct iap_arena *arena, const struct iap_stmt *stmt,
    const struct iap_bulk *bulk, size_t first, size_t count, struct iap_error *err)
{
	MYSQL_BIND *binds = iap_arena_array(arena, bulk->column_count, sizeof *binds);
	unsigned int array_size = (unsigned int)count;
	struct iap_prepared *prepared;

	if (iap_db_prepare(db, stmt, &prepared, err) != IAP_OK)
		return err->status;
	if (mysql_stmt_param_count(prepared->stmt) != bulk->column_count)
		return iap_error_set(err, IAP_FAILED, "database: %s: %zu columns for %lu parameters",
		    stmt->name, bulk->column_count, mysql_stmt_param_count(prepared->stmt));
	for (size_t i = 0; i < bulk->column_count; i++) {
		enum iap_type type = bulk->columns[i].type;

		if (type == IAP_TYPE_TEXT || type == IAP_TYPE_BYTES)
			bind_bytes(arena, bulk, first, count, i, &binds[i]);
		else
			bind_numbers(arena, bulk, first, count, i, &binds[i]);
	}
	if (mysql_stmt_attr_set(prepared->stmt, STMT_ATTR_ARRAY_SIZE, &array_size) != 0 ||
	    mysql_stmt_bind_param(prepared->stmt, binds) != 0 ||
	    mysql_stmt_execute(prepared->stmt) != 0)
		return iap_db_failure(db, mysql_stmt_errno(prepared->stmt),
		    mysql_stmt_error(prepared->stmt), stmt->name, err);
	return IAP_OK;
}

enum iap_status
iap_db_bulk(struct iap_db *db, const struct iap_stmt *stmt, const struct iap_bulk *bulk,
    struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);

	for (size_t first = 0, count; first < bulk->count; first += count) {
		iap_arena_reset(arena);
		count = packet_rows(bulk, first);
		if (send_rows(db, arena, stmt, bulk, first, count, err) != IAP_OK)
			return err->status;
	}
	return IAP_OK;
}
