/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements: text, and where each column of the answer goes in a struct. A
 * statement is prepared once a connection; its columns are then checked by
 * name against the table below, so that a forgotten one fails at once.
 */
#ifndef IAP_DB_STMT_H
#define IAP_DB_STMT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "db/value.h"

struct iap_db;

enum iap_type {
	IAP_TYPE_U64,
	IAP_TYPE_I64,
	IAP_TYPE_U32, /* enums too */
	IAP_TYPE_BOOL,
	IAP_TYPE_TEXT,  /* NULL stays NULL */
	IAP_TYPE_BYTES, /* NULL gives bytes NULL */
	IAP_TYPE_MAYBE_I64,
	IAP_TYPE_COUNT
};

/* Which member of a row struct a column goes to, or comes from. */
struct iap_column {
	const char *name;
	size_t offset;
	enum iap_type type;
};

/* The type is taken from the member itself, so the two cannot disagree. */
#define IAP_COLUMN(row, member)                                                \
	{ #member, offsetof(struct row, member),                               \
	  _Generic(((struct row *)0)->member,                                  \
	      uint64_t: IAP_TYPE_U64, int64_t: IAP_TYPE_I64,                   \
	      unsigned int: IAP_TYPE_U32, bool: IAP_TYPE_BOOL,                 \
	      const char *: IAP_TYPE_TEXT, struct iap_bytes: IAP_TYPE_BYTES,   \
	      struct iap_maybe_i64: IAP_TYPE_MAYBE_I64) }

struct iap_stmt {
	const char *name; /* for messages: "source_find" */
	const char *sql;
	const struct iap_column *columns; /* of the answer; NULL for a statement without one */
	size_t column_count;
	size_t row_size; /* of the row struct, for iap_db_all() */
};

/* All rows of an answer: `items` is an array of the row struct. */
struct iap_rows {
	void *items;
	size_t count;
};

/* What a statement without an answer did. */
struct iap_done {
	uint64_t matched;   /* rows found, changed or not */
	uint64_t insert_id; /* AUTO_INCREMENT of an INSERT */
};

/*
 * The functions below share their refusals. IAP_UNAVAILABLE: the server is gone,
 * or too busy, or the statement ran into its time limit. IAP_CONFLICT: a
 * unique key exists already, or another transaction came first (retries of
 * iap_tx_retry() are for the latter). IAP_FAILED: anything else.
 */

/* The first row of the answer into *row; IAP_NOT_FOUND when it has none. */
IAP_MUST_CHECK enum iap_status iap_db_one(struct iap_db *db, struct iap_arena *arena,
    const struct iap_stmt *stmt, const struct iap_value *values, size_t value_count, void *row,
    struct iap_error *err);

/* All rows; the caller's LIMIT is what bounds them. */
IAP_MUST_CHECK enum iap_status iap_db_all(struct iap_db *db, struct iap_arena *arena,
    const struct iap_stmt *stmt, const struct iap_value *values, size_t value_count,
    struct iap_rows *out, struct iap_error *err);

/* Runs a statement without an answer; `done` may be NULL. */
IAP_MUST_CHECK enum iap_status iap_db_run(struct iap_db *db, const struct iap_stmt *stmt,
    const struct iap_value *values, size_t value_count, struct iap_done *done,
    struct iap_error *err);

/* Rows that are parameters: those of one execution are the `columns` of one row. */
struct iap_bulk {
	const struct iap_column *columns; /* in the order of the statement's ? */
	size_t column_count;
	const void *rows;
	size_t row_size;
	size_t count;
};

/*
 * Runs a statement once for each row, in few packets (STMT_ATTR_ARRAY_SIZE).
 * To be inside a transaction: rows before a refused one may have been stored.
 */
IAP_MUST_CHECK enum iap_status iap_db_bulk(struct iap_db *db, const struct iap_stmt *stmt,
    const struct iap_bulk *bulk, struct iap_error *err);

/* Prepares a statement and checks its columns, without running it: for tests. */
IAP_MUST_CHECK enum iap_status iap_db_check(struct iap_db *db, const struct iap_stmt *stmt,
    struct iap_error *err);

#endif
