/* SPDX-License-Identifier: Apache-2.0 */
#include "db/query.h"

#include <string.h>

void
iap_query_open_literal(struct iap_query *query, struct iap_arena *arena, const char *literal)
{
	*query = (struct iap_query){ 0 };
	iap_buf_open(&query->sql, arena);
	iap_buf_text(&query->sql, literal);
}

void
iap_query_add_literal(struct iap_query *query, const char *literal)
{
	iap_buf_text(&query->sql, literal);
}

void
iap_query_value(struct iap_query *query, struct iap_value value)
{
	if (query->count == query->capacity) {
		size_t capacity = query->capacity == 0 ? 16 : 2 * query->capacity;
		struct iap_value *grown = iap_arena_array(query->sql.arena, capacity, sizeof *grown);

		if (query->count != 0)
			memcpy(grown, query->values, query->count * sizeof *grown);
		query->values = grown;
		query->capacity = capacity;
	}
	query->values[query->count++] = value;
}

void
iap_query_and_literal(struct iap_query *query, const char *literal, struct iap_value value)
{
	iap_buf_text(&query->sql, literal);
	iap_query_value(query, value);
}

/* The text of a list of at least `count` parameters; gives back how many. */
static size_t
add_list(struct iap_query *query, const char *literal, size_t count)
{
	size_t padded = 1;

	if (count == 0) {
		iap_buf_text(&query->sql, " AND FALSE");
		return 0;
	}
	while (padded < count)
		padded *= 2;
	iap_buf_text(&query->sql, literal);
	for (size_t i = 0; i < padded; i++)
		iap_buf_text(&query->sql, i == 0 ? "?" : ",?");
	iap_buf_char(&query->sql, ')');
	return padded;
}

void
iap_query_in_literal(struct iap_query *query, const char *literal, const uint64_t *numbers,
    size_t count)
{
	size_t padded = add_list(query, literal, count);

	for (size_t i = 0; i < padded; i++)
		iap_query_value(query, iap_u64(numbers[i < count ? i : count - 1]));
}

void
iap_query_in_values_literal(struct iap_query *query, const char *literal,
    const struct iap_value *list, size_t count)
{
	size_t padded = add_list(query, literal, count);

	for (size_t i = 0; i < padded; i++)
		iap_query_value(query, list[i < count ? i : count - 1]);
}

enum iap_status
iap_query_run(struct iap_db *db, const struct iap_query *query, const char *name,
    struct iap_error *err)
{
	const struct iap_stmt stmt = { .name = name, .sql = query->sql.bytes };

	return iap_db_run(db, &stmt, query->values, query->count, NULL, err);
}

enum iap_status
iap_query_all(struct iap_db *db, struct iap_arena *arena, const struct iap_query *query,
    const struct iap_stmt *shape, struct iap_rows *out, struct iap_error *err)
{
	struct iap_stmt stmt = *shape;

	stmt.sql = query->sql.bytes;
	return iap_db_all(db, arena, &stmt, query->values, query->count, out, err);
}

enum iap_status
iap_query_one(struct iap_db *db, struct iap_arena *arena, const struct iap_query *query,
    const struct iap_stmt *shape, void *row, struct iap_error *err)
{
	struct iap_stmt stmt = *shape;

	stmt.sql = query->sql.bytes;
	return iap_db_one(db, arena, &stmt, query->values, query->count, row, err);
}
