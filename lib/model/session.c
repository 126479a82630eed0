/* SPDX-License-Identifier: Apache-2.0 */
#include "model/session.h"

#include <string.h>

#include "base/text.h"
#include "db/value.h"
#include "model/statements.h"

enum { AGENT_MAX_BYTES = 255, SEEN_EVERY_MS = 60000 };

struct session_row {
	struct iap_bytes csrf;
	int64_t created_ms;
	int64_t seen_ms;
	uint64_t user_id;
	const char *issuer;
	const char *subject;
	const char *name;
	const char *role;
	bool all_regions;
	bool all_divisions;
	const char *permissions;
	const char *regions;
	const char *divisions;
};

static const struct iap_column columns[] = {
	IAP_COLUMN(session_row, csrf),
	IAP_COLUMN(session_row, created_ms),
	IAP_COLUMN(session_row, seen_ms),
	IAP_COLUMN(session_row, user_id),
	IAP_COLUMN(session_row, issuer),
	IAP_COLUMN(session_row, subject),
	IAP_COLUMN(session_row, name),
	IAP_COLUMN(session_row, role),
	IAP_COLUMN(session_row, all_regions),
	IAP_COLUMN(session_row, all_divisions),
	IAP_COLUMN(session_row, permissions),
	IAP_COLUMN(session_row, regions),
	IAP_COLUMN(session_row, divisions),
};

static const struct iap_stmt find = {
	.name = "session_find",
	.sql = "SELECT s.csrf, s.created_ms, s.seen_ms, s.user_id, u.issuer, u.subject, u.name,"
	       " u.role, u.all_regions, u.all_divisions,"
	       " (SELECT GROUP_CONCAT(p.permission SEPARATOR ' ')"
	       "    FROM role_permission p WHERE p.role = u.role) AS permissions,"
	       " (SELECT GROUP_CONCAT(r.region ORDER BY r.region SEPARATOR '\n')"
	       "    FROM user_region r WHERE r.user_id = u.id) AS regions,"
	       " (SELECT GROUP_CONCAT(d.division ORDER BY d.division SEPARATOR '\n')"
	       "    FROM user_division d WHERE d.user_id = u.id) AS divisions"
	       "  FROM session s JOIN user u ON u.id = s.user_id"
	       " WHERE s.token_hash = ? AND s.seen_ms > ? AND s.created_ms > ?"
	       "   AND u.disabled_ms IS NULL",
	.columns = columns,
	.column_count = IAP_LENGTH(columns),
	.row_size = sizeof(struct session_row),
};

static const struct iap_stmt insert = {
	.name = "session_insert",
	.sql = "INSERT INTO session (token_hash, user_id, csrf, created_ms, seen_ms, address, agent)"
	       " VALUES (?, ?, ?, ?, ?, ?, ?)",
};

static const struct iap_stmt update_seen = {
	.name = "session_update_seen",
	.sql = "UPDATE session SET seen_ms = ? WHERE token_hash = ?",
};

static const struct iap_stmt delete_one = {
	.name = "session_delete",
	.sql = "DELETE FROM session WHERE token_hash = ?",
};

static const struct iap_column ended_columns[] = {
	IAP_COLUMN(iap_session_ended, token_hash),
};

/* Two statements: MariaDB tells no columns of a prepared DELETE ... RETURNING. */
static const struct iap_stmt lock_of = {
	.name = "session_lock_of",
	.sql = "SELECT token_hash FROM session WHERE user_id = ? FOR UPDATE",
	.columns = ended_columns,
	.column_count = IAP_LENGTH(ended_columns),
	.row_size = sizeof(struct iap_session_ended),
};

static const struct iap_stmt delete_of = {
	.name = "session_delete_of",
	.sql = "DELETE FROM session WHERE user_id = ?",
};

static const struct iap_stmt delete_ended = {
	.name = "session_delete_ended",
	.sql = "DELETE FROM session WHERE seen_ms <= ? OR created_ms <= ? LIMIT 1000",
};

static const struct iap_column row_columns[] = {
	IAP_COLUMN(iap_session_row, token_hash),
	IAP_COLUMN(iap_session_row, user),
	IAP_COLUMN(iap_session_row, created_ms),
	IAP_COLUMN(iap_session_row, seen_ms),
	IAP_COLUMN(iap_session_row, address),
	IAP_COLUMN(iap_session_row, agent),
};

static const struct iap_stmt list = {
	.name = "session_list",
	.sql = "SELECT s.token_hash, u.name AS user, s.created_ms, s.seen_ms, s.address, s.agent"
	       "  FROM session s JOIN user u ON u.id = s.user_id"
	       " WHERE ? IS NULL OR u.name = ? ORDER BY s.seen_ms DESC LIMIT 10000",
	.columns = row_columns,
	.column_count = IAP_LENGTH(row_columns),
	.row_size = sizeof(struct iap_session_row),
};

static const struct iap_stmt *const statements[] = {
	&find, &insert, &update_seen, &delete_one, &lock_of, &delete_of, &delete_ended, &list,
};
const struct iap_statements iap_session_statements = { statements, IAP_LENGTH(statements) };

/* The lines of a text that the database joined with newlines. */
static const char **
split_lines(struct iap_arena *arena, const char *text, size_t *count_out)
{
	size_t room = 1;
	const char **lines;

	*count_out = 0;
	if (text == NULL)
		return NULL;
	for (const char *c = text; *c != '\0'; c++)
		room += *c == '\n';
	lines = iap_arena_array(arena, room, sizeof *lines);
	for (size_t i = 0; i < room; i++) {
		size_t length = strcspn(text, "\n");

		lines[i] = iap_arena_copy_bytes(arena, text, length);
		text += length + 1;
	}
	*count_out = room;
	return lines;
}

static void
fill_viewer(struct iap_arena *arena, const struct session_row *row, struct iap_viewer *viewer)
{
	*viewer = (struct iap_viewer){
		.user_id = row->user_id,
		.issuer = row->issuer,
		.subject = row->subject,
		.name = row->name,
		.role = row->role,
		.permissions = iap_permissions_parse(row->permissions),
		.all_regions = row->all_regions,
		.all_divisions = row->all_divisions,
	};
	viewer->regions = split_lines(arena, row->regions, &viewer->region_count);
	viewer->divisions = split_lines(arena, row->divisions, &viewer->division_count);
}

enum iap_status
iap_session_insert(struct iap_db *db, const struct iap_session_new *session,
    struct iap_error *err)
{
	size_t agent_size = session->agent != NULL ? strlen(session->agent) : 0;

	/* A browser's words are cut, and dropped when the cut leaves half a character. */
	if (agent_size > AGENT_MAX_BYTES)
		agent_size = AGENT_MAX_BYTES;
	if (agent_size > 0 && !iap_text_is_utf8(session->agent, agent_size))
		agent_size = 0;
	{
		const struct iap_value values[] = {
			iap_bytes_value(session->token_hash, sizeof session->token_hash),
			iap_u64(session->user_id),
			iap_bytes_value(session->csrf, sizeof session->csrf),
			iap_i64(session->created_ms), iap_i64(session->created_ms),
			iap_text(session->address),
			iap_bytes_value(agent_size > 0 ? session->agent : "", agent_size),
		};

		return iap_db_run(db, &insert, values, IAP_LENGTH(values), NULL, err);
	}
}

enum iap_status
iap_session_find(struct iap_db *db, struct iap_arena *arena,
    const unsigned char token_hash[IAP_SESSION_HASH_SIZE],
    const struct iap_session_limits *limits, int64_t now_ms, struct iap_session *out,
    struct iap_error *err)
{
	const struct iap_value values[] = {
		iap_bytes_value(token_hash, IAP_SESSION_HASH_SIZE),
		iap_i64(now_ms - limits->idle_ms),
		iap_i64(now_ms - limits->absolute_ms),
	};
	struct session_row row;

	if (iap_db_one(db, arena, &find, values, IAP_LENGTH(values), &row, err) != IAP_OK)
		return err->status == IAP_NOT_FOUND ?
		    iap_error_set(err, IAP_UNAUTHENTICATED, "no such session") : err->status;
	if (row.csrf.size != sizeof out->csrf)
		return iap_error_set(err, IAP_CORRUPT, "session: csrf of %zu bytes", row.csrf.size);
	memcpy(out->token_hash, token_hash, sizeof out->token_hash);
	memcpy(out->csrf, row.csrf.bytes, sizeof out->csrf);
	out->created_ms = row.created_ms;
	out->seen_ms = row.seen_ms;
	fill_viewer(arena, &row, &out->viewer);
	return IAP_OK;
}

enum iap_status
iap_session_update_seen(struct iap_db *db, const struct iap_session *session, int64_t now_ms,
    struct iap_error *err)
{
	const struct iap_value values[] = {
		iap_i64(now_ms), iap_bytes_value(session->token_hash, sizeof session->token_hash),
	};

	if (now_ms - session->seen_ms < SEEN_EVERY_MS)
		return IAP_OK;
	return iap_db_run(db, &update_seen, values, IAP_LENGTH(values), NULL, err);
}

enum iap_status
iap_session_delete(struct iap_db *db, const unsigned char token_hash[IAP_SESSION_HASH_SIZE],
    struct iap_error *err)
{
	const struct iap_value values[] = { iap_bytes_value(token_hash, IAP_SESSION_HASH_SIZE) };

	return iap_db_run(db, &delete_one, values, IAP_LENGTH(values), NULL, err);
}

enum iap_status
iap_session_delete_of(struct iap_db *db, struct iap_arena *arena, uint64_t user_id,
    struct iap_rows *ended, struct iap_error *err)
{
	const struct iap_value values[] = { iap_u64(user_id) };

	if (iap_db_all(db, arena, &lock_of, values, IAP_LENGTH(values), ended, err) != IAP_OK)
		return err->status;
	return iap_db_run(db, &delete_of, values, IAP_LENGTH(values), NULL, err);
}

enum iap_status
iap_session_delete_ended(struct iap_db *db, const struct iap_session_limits *limits,
    int64_t now_ms, struct iap_error *err)
{
	const struct iap_value values[] = {
		iap_i64(now_ms - limits->idle_ms), iap_i64(now_ms - limits->absolute_ms),
	};

	return iap_db_run(db, &delete_ended, values, IAP_LENGTH(values), NULL, err);
}

enum iap_status
iap_session_list(struct iap_db *db, struct iap_arena *arena, const char *name,
    struct iap_rows *out, struct iap_error *err)
{
	const struct iap_value values[] = { iap_text(name), iap_text(name) };

	return iap_db_all(db, arena, &list, values, IAP_LENGTH(values), out, err);
}
