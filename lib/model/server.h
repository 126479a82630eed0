/* SPDX-License-Identifier: Apache-2.0 */
/* What the database server is and how it is set, for the doctor. */
#ifndef IAP_MODEL_SERVER_H
#define IAP_MODEL_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"

struct iap_server {
	const char *version;
	bool strict;              /* sql_mode has STRICT_TRANS_TABLES */
	bool read_only;
	bool local_infile;        /* clients may be told to send files */
	uint64_t flush_at_commit; /* innodb_flush_log_at_trx_commit */
	uint64_t doublewrite;     /* innodb_doublewrite */
	uint64_t max_packet;      /* bytes */
	uint64_t buffer_pool;     /* bytes */
	const char *charset;      /* of the IAP database */
	int64_t now_ms;           /* the server's clock */
};

/* Asks the server that `db` is connected to, in the IAP database. */
IAP_MUST_CHECK enum iap_status iap_server_find(struct iap_db *db, struct iap_arena *arena,
    struct iap_server *out, struct iap_error *err);

/* What the connected user may do to the whole database, with spaces between: "SELECT". */
IAP_MUST_CHECK enum iap_status iap_server_grants_find(struct iap_db *db, struct iap_arena *arena,
    const char **out, struct iap_error *err);

#endif
