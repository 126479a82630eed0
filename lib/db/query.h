/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A statement put together from fixed fragments. A fragment must be a literal
 * (anything else does not compile), so user text can only be a parameter.
 *
 *	struct iap_query query;
 *
 *	iap_query_open(&query, arena, "SELECT id FROM interaction WHERE id < ?");
 *	iap_query_value(&query, iap_u64(before));
 *	if (filter->caller != NULL)
 *		iap_query_and(&query, "caller_digits = ?", iap_text(filter->caller));
 *	iap_query_add(&query, " ORDER BY id DESC LIMIT 50");
 *	... iap_query_all(db, arena, &query, &stmt, &rows, err)
 */
#ifndef IAP_DB_QUERY_H
#define IAP_DB_QUERY_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "db/stmt.h"

struct iap_query {
	struct iap_buf sql;
	struct iap_value *values;
	size_t count;
	size_t capacity;
};

/* Begins with `literal`. */
#define iap_query_open(query, arena, literal) \
	iap_query_open_literal((query), (arena), "" literal "")

/* Adds text as it is. */
#define iap_query_add(query, literal) iap_query_add_literal((query), "" literal "")

/* Adds " AND (fragment)"; the fragment has one ?. */
#define iap_query_and(query, fragment, value) \
	iap_query_and_literal((query), " AND (" fragment ")", (value))

/*
 * Adds " AND fragment IN (?, ...)", of an empty list " AND FALSE". The list is
 * filled up with its last value to a power of two, so that lists of any length
 * make few different statements.
 */
#define iap_query_and_in(query, fragment, numbers, count) \
	iap_query_in_literal((query), " AND " fragment " IN (", (numbers), (count))

/* The same for values that are not numbers: struct iap_value *. */
#define iap_query_and_in_values(query, fragment, list, count) \
	iap_query_in_values_literal((query), " AND " fragment " IN (", (list), (count))

void iap_query_open_literal(struct iap_query *query, struct iap_arena *arena, const char *literal);
void iap_query_add_literal(struct iap_query *query, const char *literal);
void iap_query_and_literal(struct iap_query *query, const char *literal, struct iap_value value);
void iap_query_in_literal(struct iap_query *query, const char *literal, const uint64_t *numbers,
    size_t count);
void iap_query_in_values_literal(struct iap_query *query, const char *literal,
    const struct iap_value *list, size_t count);

/* The value of the next ? that was added as text. */
void iap_query_value(struct iap_query *query, struct iap_value value);

/* Runs it: name, columns and row_size are those of `shape`, whose sql is not used. */
IAP_MUST_CHECK enum iap_status iap_query_all(struct iap_db *db, struct iap_arena *arena,
    const struct iap_query *query, const struct iap_stmt *shape, struct iap_rows *out,
    struct iap_error *err);

/* As iap_query_all(), for a statement without an answer. */
IAP_MUST_CHECK enum iap_status iap_query_run(struct iap_db *db, const struct iap_query *query,
    const char *name, struct iap_error *err);

/* As iap_query_all(), for the first row; IAP_NOT_FOUND when there is none. */
IAP_MUST_CHECK enum iap_status iap_query_one(struct iap_db *db, struct iap_arena *arena,
    const struct iap_query *query, const struct iap_stmt *shape, void *row,
    struct iap_error *err);

#endif
