/* SPDX-License-Identifier: Apache-2.0 */
/* What a connection is made of; for lib/db only. */
#ifndef IAP_DB_CONNECTION_H
#define IAP_DB_CONNECTION_H

#include <mysql.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "db/db.h"
#include "db/stmt.h"

enum {
	IAP_DB_STATEMENTS = 128, /* kept prepared; the longest unused one makes room */
	IAP_DB_SMALL = 512       /* bytes of a cell that need no second fetch */
};

struct iap_db_cell {
	union {
		int64_t i64;
		uint64_t u64;
		char small[IAP_DB_SMALL];
	};
	unsigned long length;
	my_bool null;
	my_bool error;
};

struct iap_prepared {
	MYSQL_STMT *stmt;
	char *sql;
	uint64_t hash;
	uint64_t used; /* when, on the connection's own count */
	const struct iap_column *columns;
	size_t field_count;
	const struct iap_column **fields; /* for each column of the answer its place in a row */
	MYSQL_BIND *binds;
	struct iap_db_cell *cells;
};

struct iap_db {
	MYSQL *mysql; /* NULL: not connected */
	bool lost;    /* the server ended the connection */
	int64_t ensured_ms; /* by iap_clock_ticks_ms(), when it was last seen alive */
	unsigned int last_errno;
	uint64_t uses;
	struct iap_prepared *prepared[IAP_DB_STATEMENTS];
	size_t prepared_count;

	/* copies of the configuration, for connecting again */
	struct iap_db_conf conf;
	char *texts[6];
};

/* Fills *err from a failure of the client library and notes what it means. */
enum iap_status iap_db_failure(struct iap_db *db, unsigned int number, const char *message,
    const char *what, struct iap_error *err);

/* The prepared form of `stmt`, made now or before. */
enum iap_status iap_db_prepare(struct iap_db *db, const struct iap_stmt *stmt,
    struct iap_prepared **out, struct iap_error *err);

/* Ends one prepared statement and what belongs to it. */
void iap_prepared_free(struct iap_prepared *prepared);

/* Ends all of them: the connection is gone or going. */
void iap_db_forget(struct iap_db *db);

#endif
