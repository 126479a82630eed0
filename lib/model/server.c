/* SPDX-License-Identifier: Apache-2.0 */
#include "model/server.h"

#include "model/statements.h"

static const struct iap_column columns[] = {
	IAP_COLUMN(iap_server, version),
	IAP_COLUMN(iap_server, strict),
	IAP_COLUMN(iap_server, read_only),
	IAP_COLUMN(iap_server, local_infile),
	IAP_COLUMN(iap_server, flush_at_commit),
	IAP_COLUMN(iap_server, doublewrite),
	IAP_COLUMN(iap_server, max_packet),
	IAP_COLUMN(iap_server, buffer_pool),
	IAP_COLUMN(iap_server, charset),
	IAP_COLUMN(iap_server, now_ms),
};

static const struct iap_stmt find = {
	.name = "server_find",
	.sql = "SELECT VERSION() AS version,"
	       " FIND_IN_SET('STRICT_TRANS_TABLES', @@GLOBAL.sql_mode) > 0 AS strict,"
	       " @@GLOBAL.read_only AS read_only, @@GLOBAL.local_infile AS local_infile,"
	       " @@GLOBAL.innodb_flush_log_at_trx_commit AS flush_at_commit,"
	       " @@GLOBAL.innodb_doublewrite AS doublewrite,"
	       " @@GLOBAL.max_allowed_packet AS max_packet,"
	       " @@GLOBAL.innodb_buffer_pool_size AS buffer_pool,"
	       " @@character_set_database AS charset,"
	       " CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) AS now_ms",
	.columns = columns,
	.column_count = IAP_LENGTH(columns),
	.row_size = sizeof(struct iap_server),
};

struct grants_row {
	const char *privileges;
};

static const struct iap_column grants_columns[] = { IAP_COLUMN(grants_row, privileges) };

static const struct iap_stmt grants = {
	.name = "server_grants",
	.sql = "SELECT COALESCE(GROUP_CONCAT(DISTINCT PRIVILEGE_TYPE ORDER BY PRIVILEGE_TYPE"
	       " SEPARATOR ' '), '') AS privileges FROM (SELECT PRIVILEGE_TYPE"
	       " FROM information_schema.SCHEMA_PRIVILEGES WHERE TABLE_SCHEMA = DATABASE()"
	       " UNION SELECT PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES"
	       " WHERE PRIVILEGE_TYPE <> 'USAGE') p",
	.columns = grants_columns,
	.column_count = IAP_LENGTH(grants_columns),
	.row_size = sizeof(struct grants_row),
};

static const struct iap_stmt *const statements[] = { &find, &grants };
const struct iap_statements iap_server_statements = { statements, IAP_LENGTH(statements) };

enum iap_status
iap_server_find(struct iap_db *db, struct iap_arena *arena, struct iap_server *out,
    struct iap_error *err)
{
	return iap_db_one(db, arena, &find, NULL, 0, out, err);
}

enum iap_status
iap_server_grants_find(struct iap_db *db, struct iap_arena *arena, const char **out,
    struct iap_error *err)
{
	struct grants_row row;

	if (iap_db_one(db, arena, &grants, NULL, 0, &row, err) != IAP_OK)
		return err->status;
	*out = row.privileges;
	return IAP_OK;
}
