/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to MariaDB. One process, one thread, one connection. */
#ifndef IAP_DB_DB_H
#define IAP_DB_DB_H

#include <stdbool.h>

#include "base/error.h"

struct iap_db;

/* Where the database is and who asks. */
struct iap_db_conf {
	const char *socket; /* path; else host and port with TLS */
	const char *host;
	unsigned int port;  /* 0: 3306 */
	const char *tls_ca; /* file of the CA that signed the server; NULL: the system's */
	const char *name;   /* of the database; NULL: none yet */
	const char *user;
	const char *password;             /* NULL: none, the socket says who asks */
	unsigned int connect_timeout_s;   /* 0: 2 */
	unsigned int read_timeout_s;      /* 0: 30; ends what hangs */
	unsigned int statement_limit_s;   /* the server ends longer statements; 0: never */
};

/*
 * Connects. Without a socket the connection is encrypted and the server's
 * certificate and name are verified. IAP_UNAVAILABLE when the server cannot be
 * reached or does not let this user in. `conf` is copied. The caller closes *out.
 */
IAP_MUST_CHECK enum iap_status iap_db_open(const struct iap_db_conf *conf, struct iap_db **out,
    struct iap_error *err);

/*
 * As iap_db_open(), but does not connect yet: the first iap_db_ensure() does.
 * For a program that is to answer while the database is away.
 */
struct iap_db *iap_db_new(const struct iap_db_conf *conf);

/* Closes *db and sets it to NULL; NULL in it is allowed. */
void iap_db_close(struct iap_db **db);

/*
 * To be called before each request or batch, outside of transactions: notices
 * a connection that was lost, or a server that hangs, and makes a new one. Costs
 * one poll(), after a rest one round trip. IAP_UNAVAILABLE when that fails.
 */
IAP_MUST_CHECK enum iap_status iap_db_ensure(struct iap_db *db, struct iap_error *err);

/* Whether the last failure was another transaction's fault: retrying may help. */
bool iap_db_retryable(const struct iap_db *db);

/* Whether the last failure was a unique key that exists already. */
bool iap_db_duplicate(const struct iap_db *db);

/* Whether the last failure says that what a DDL statement makes is there already. */
bool iap_db_applied(const struct iap_db *db);

/*
 * Runs text that cannot be prepared (DDL of migrations, GRANT). `sql` must be
 * built from constants and iap_db_quote() only.
 */
IAP_MUST_CHECK enum iap_status iap_db_script(struct iap_db *db, const char *sql,
    struct iap_error *err);

struct iap_arena;

/* `text` as a quoted SQL text: for statements that take no parameters, such as CREATE USER. */
const char *iap_db_quote(struct iap_db *db, struct iap_arena *arena, const char *text);

/* `name` between backquotes. */
const char *iap_db_quote_name(struct iap_arena *arena, const char *name);

#endif
