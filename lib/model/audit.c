/* SPDX-License-Identifier: Apache-2.0 */
#include "model/audit.h"

#include <string.h>

#include "base/text.h"
#include "db/value.h"
#include "model/statements.h"

enum { ACTOR_MAX_BYTES = 512, SESSION_BYTES = 8, VALUES = 11 };

static const char *const results[] = {
	[IAP_AUDIT_OK] = "ok",
	[IAP_AUDIT_DENIED] = "denied",
	[IAP_AUDIT_FAILED] = "failed",
};

static const struct iap_stmt insert = {
	.name = "audit_insert",
	.sql = "INSERT INTO audit (at_ms, user_id, actor, session, address, request_id, action,"
	       " object_type, object_id, result, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
};

static const struct iap_stmt insert_once = {
	.name = "audit_insert_once",
	.sql = "INSERT INTO audit (at_ms, user_id, actor, session, address, request_id, action,"
	       " object_type, object_id, result, detail)"
	       " SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM DUAL WHERE NOT EXISTS"
	       " (SELECT 1 FROM audit WHERE user_id = ? AND at_ms > ? AND session = ?"
	       "   AND action = ? AND object_type = ? AND object_id = ? AND result = ?)",
};

static const struct iap_stmt *const statements[] = { &insert, &insert_once };
const struct iap_statements iap_audit_statements = { statements, IAP_LENGTH(statements) };

/* `text` up to `most` bytes, without half a character at its end. */
static struct iap_value
cut(const char *text, size_t most)
{
	size_t length = strnlen(text, most);

	while (length > 0 && !iap_text_is_utf8(text, length))
		length--;
	return iap_bytes_value(text, length);
}

static void
fill(const struct iap_audit *audit, struct iap_value values[VALUES])
{
	const struct iap_value all[VALUES] = {
		iap_i64(audit->at_ms),
		audit->user_id != 0 ? iap_u64(audit->user_id) : iap_null(),
		cut(audit->actor, ACTOR_MAX_BYTES),
		iap_bytes_value(audit->session, SESSION_BYTES),
		iap_text(audit->address),
		iap_text(audit->request_id),
		iap_text(audit->action),
		iap_text(audit->object_type),
		iap_text(audit->object_id),
		iap_text(results[audit->result]),
		iap_text(audit->detail),
	};

	memcpy(values, all, sizeof all);
}

enum iap_status
iap_audit_insert(struct iap_db *db, const struct iap_audit *audit, struct iap_error *err)
{
	struct iap_value values[VALUES];

	fill(audit, values);
	return iap_db_run(db, &insert, values, VALUES, NULL, err);
}

enum iap_status
iap_audit_insert_once(struct iap_db *db, const struct iap_audit *audit, int64_t since_ms,
    struct iap_error *err)
{
	struct iap_value values[VALUES + 7];

	fill(audit, values);
	values[VALUES] = iap_u64(audit->user_id);
	values[VALUES + 1] = iap_i64(since_ms);
	values[VALUES + 2] = iap_bytes_value(audit->session, SESSION_BYTES);
	values[VALUES + 3] = iap_text(audit->action);
	values[VALUES + 4] = iap_text(audit->object_type);
	values[VALUES + 5] = iap_text(audit->object_id);
	values[VALUES + 6] = iap_text(results[audit->result]);
	return iap_db_run(db, &insert_once, values, IAP_LENGTH(values), NULL, err);
}
