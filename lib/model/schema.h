/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schema of the database: files NNNN-subject.sql, applied in order, each
 * once, forward only. What was applied stands in the table schema_version.
 */
#ifndef IAP_MODEL_SCHEMA_H
#define IAP_MODEL_SCHEMA_H

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"

/* The version that the programs are built for: the number of the last file in schema/. */
enum { IAP_SCHEMA_VERSION = 4 };

struct iap_schema_done {
	unsigned int from; /* version before; 0: the database was empty */
	unsigned int to;
};

/*
 * Makes the database `name` when there is none, uses it, and applies the files
 * in `folder` that it lacks. A run that was interrupted is taken up where it
 * stopped. IAP_CONFLICT when the database is newer than the programs, or when
 * another migration runs. `db` belongs to an administrator.
 */
IAP_MUST_CHECK enum iap_status iap_schema_migrate(struct iap_db *db, const char *folder,
    const char *name, struct iap_schema_done *out, struct iap_error *err);

/* The users of the programs. */
struct iap_schema_users {
	const char *database;
	const char *host;            /* "localhost" for a socket, "%" for a network: then TLS is demanded */
	const char *web_user;
	const char *web_password;    /* NULL: the socket knows who asks */
	const char *worker_user;
	const char *worker_password; /* NULL: as above */
};

/*
 * Makes the users, or gives them these passwords, and grants what grants.sql in
 * `folder` says.
 */
IAP_MUST_CHECK enum iap_status iap_schema_grant(struct iap_db *db, const char *folder,
    const struct iap_schema_users *users, struct iap_error *err);

/*
 * Whether the database has the version this program was built for; IAP_FAILED,
 * saying which it has, when it has not.
 */
IAP_MUST_CHECK enum iap_status iap_schema_check(struct iap_db *db, struct iap_error *err);

#endif
