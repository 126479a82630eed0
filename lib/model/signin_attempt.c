/* SPDX-License-Identifier: Apache-2.0 */
#include "model/signin_attempt.h"

#include <string.h>

#include "base/text.h"
#include "db/value.h"
#include "model/statements.h"

enum { ACCOUNT_MAX_BYTES = 191 };

static const struct iap_column columns[] = {
	IAP_COLUMN(iap_signin_attempts, of_pair),
	IAP_COLUMN(iap_signin_attempts, of_address),
	IAP_COLUMN(iap_signin_attempts, oldest_of_pair_ms),
	IAP_COLUMN(iap_signin_attempts, oldest_of_address_ms),
};

static const struct iap_stmt count = {
	.name = "signin_attempt_count",
	.sql = "SELECT CAST(COALESCE(SUM(account = ?), 0) AS UNSIGNED) AS of_pair,"
	       " COUNT(*) AS of_address,"
	       " COALESCE(MIN(IF(account = ?, at_ms, NULL)), 9223372036854775807) AS oldest_of_pair_ms,"
	       " COALESCE(MIN(at_ms), 9223372036854775807) AS oldest_of_address_ms"
	       "  FROM signin_attempt WHERE address = ? AND at_ms > ?",
	.columns = columns,
	.column_count = IAP_LENGTH(columns),
	.row_size = sizeof(struct iap_signin_attempts),
};

static const struct iap_stmt insert = {
	.name = "signin_attempt_insert",
	.sql = "INSERT INTO signin_attempt (account, address, at_ms) VALUES (?, ?, ?)",
};

static const struct iap_stmt forget = {
	.name = "signin_attempt_forget",
	.sql = "DELETE FROM signin_attempt WHERE address = ? AND at_ms < ? LIMIT 200",
};

static const struct iap_stmt delete_pair = {
	.name = "signin_attempt_delete",
	.sql = "DELETE FROM signin_attempt WHERE address = ? AND account = ?",
};

static const struct iap_stmt *const statements[] = {
	&count, &insert, &forget, &delete_pair,
};
const struct iap_statements iap_signin_attempt_statements = {
	statements, IAP_LENGTH(statements),
};

static struct iap_value
account_value(const char *account)
{
	size_t length = strnlen(account, ACCOUNT_MAX_BYTES);

	while (length > 0 && !iap_text_is_utf8(account, length))
		length--;
	return iap_bytes_value(account, length);
}

enum iap_status
iap_signin_attempt_count(struct iap_db *db, struct iap_arena *arena, const char *account,
    const char *address, int64_t since_ms, struct iap_signin_attempts *out,
    struct iap_error *err)
{
	const struct iap_value values[] = {
		account_value(account), account_value(account), iap_text(address), iap_i64(since_ms),
	};

	return iap_db_one(db, arena, &count, values, IAP_LENGTH(values), out, err);
}

enum iap_status
iap_signin_attempt_insert(struct iap_db *db, const char *account, const char *address,
    int64_t now_ms, int64_t forget_ms, struct iap_error *err)
{
	const struct iap_value values[] = {
		account_value(account), iap_text(address), iap_i64(now_ms),
	};
	const struct iap_value old[] = { iap_text(address), iap_i64(forget_ms) };

	if (iap_db_run(db, &insert, values, IAP_LENGTH(values), NULL, err) != IAP_OK)
		return err->status;
	return iap_db_run(db, &forget, old, IAP_LENGTH(old), NULL, err);
}

enum iap_status
iap_signin_attempt_delete(struct iap_db *db, const char *account, const char *address,
    struct iap_error *err)
{
	const struct iap_value values[] = { iap_text(address), account_value(account) };

	return iap_db_run(db, &delete_pair, values, IAP_LENGTH(values), NULL, err);
}
