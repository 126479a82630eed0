/* SPDX-License-Identifier: Apache-2.0 */
#include "model/user.h"

#include <string.h>

#include "base/text.h"
#include "db/tx.h"
#include "db/value.h"
#include "model/session.h"
#include "model/statements.h"

enum { NAME_MAX_BYTES = 191, REGION_MAX_BYTES = 128, DIVISION_MAX_BYTES = 255 };

static const struct iap_column columns[] = {
	IAP_COLUMN(iap_user, id),
	IAP_COLUMN(iap_user, issuer),
	IAP_COLUMN(iap_user, subject),
	IAP_COLUMN(iap_user, name),
	IAP_COLUMN(iap_user, mail),
	IAP_COLUMN(iap_user, role),
	IAP_COLUMN(iap_user, all_regions),
	IAP_COLUMN(iap_user, all_divisions),
	IAP_COLUMN(iap_user, regions),
	IAP_COLUMN(iap_user, divisions),
	IAP_COLUMN(iap_user, has_password),
	IAP_COLUMN(iap_user, created_ms),
	IAP_COLUMN(iap_user, disabled_ms),
	IAP_COLUMN(iap_user, last_signin_ms),
};

static const struct iap_stmt list = {
	.name = "user_list",
	.sql = "SELECT u.id, u.issuer, u.subject, u.name, u.mail, u.role, u.all_regions,"
	       " u.all_divisions,"
	       " (SELECT GROUP_CONCAT(r.region ORDER BY r.region SEPARATOR '\n')"
	       "    FROM user_region r WHERE r.user_id = u.id) AS regions,"
	       " (SELECT GROUP_CONCAT(d.division ORDER BY d.division SEPARATOR '\n')"
	       "    FROM user_division d WHERE d.user_id = u.id) AS divisions,"
	       " u.password_hash IS NOT NULL AS has_password,"
	       " u.created_ms, u.disabled_ms, u.last_signin_ms"
	       "  FROM user u ORDER BY u.issuer, u.name",
	.columns = columns,
	.column_count = IAP_LENGTH(columns),
	.row_size = sizeof(struct iap_user),
};

static const struct iap_column secret_columns[] = {
	IAP_COLUMN(iap_user_secret, id),
	IAP_COLUMN(iap_user_secret, issuer),
	IAP_COLUMN(iap_user_secret, subject),
	IAP_COLUMN(iap_user_secret, password_hash),
	IAP_COLUMN(iap_user_secret, disabled),
};

static const struct iap_stmt secret_find = {
	.name = "user_secret_find",
	.sql = "SELECT id, issuer, subject, password_hash, disabled_ms IS NOT NULL AS disabled"
	       "  FROM user WHERE issuer = 'local' AND subject = ?",
	.columns = secret_columns,
	.column_count = IAP_LENGTH(secret_columns),
	.row_size = sizeof(struct iap_user_secret),
};

struct role_found {
	bool found;
};

static const struct iap_column role_columns[] = {
	IAP_COLUMN(role_found, found),
};

static const struct iap_stmt role_find = {
	.name = "role_find",
	.sql = "SELECT EXISTS (SELECT 1 FROM role WHERE name = ?) AS found",
	.columns = role_columns,
	.column_count = IAP_LENGTH(role_columns),
	.row_size = sizeof(struct role_found),
};

static const struct iap_stmt insert = {
	.name = "user_insert",
	.sql = "INSERT INTO user (issuer, subject, name, mail, role, all_regions, all_divisions,"
	       " password_hash, created_ms) VALUES ('local', ?, ?, ?, ?, ?, ?, ?, ?)",
};

static const struct iap_stmt insert_region = {
	.name = "user_region_insert",
	.sql = "INSERT INTO user_region (user_id, region) VALUES (?, ?)",
};

static const struct iap_stmt insert_division = {
	.name = "user_division_insert",
	.sql = "INSERT INTO user_division (user_id, division) VALUES (?, ?)",
};

static const struct iap_stmt disable = {
	.name = "user_disable",
	.sql = "UPDATE user SET disabled_ms = COALESCE(disabled_ms, ?) WHERE id = ?",
};

static const struct iap_stmt update_signin = {
	.name = "user_update_signin",
	.sql = "UPDATE user SET last_signin_ms = ? WHERE id = ?",
};

static const struct iap_stmt update_password = {
	.name = "user_update_password",
	.sql = "UPDATE user SET password_hash = ? WHERE id = ?",
};

static const struct iap_stmt *const statements[] = {
	&list, &secret_find, &role_find, &insert, &insert_region, &insert_division, &disable,
	&update_signin, &update_password,
};
const struct iap_statements iap_user_statements = { statements, IAP_LENGTH(statements) };

static enum iap_status
check_text(const char *what, const char *text, size_t most, struct iap_error *err)
{
	size_t length = text != NULL ? strlen(text) : 0;

	if (length == 0 || length > most)
		return iap_error_set(err, IAP_INVALID, "a %s has 1 to %zu bytes", what, most);
	if (!iap_text_is_utf8(text, length))
		return iap_error_set(err, IAP_INVALID, "a %s is UTF-8", what);
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ')
			return iap_error_set(err, IAP_INVALID, "a %s has no control characters", what);
	return IAP_OK;
}

/* The path without slashes at its end, as archives write it. */
static const char *
trim_division(struct iap_arena *arena, const char *division)
{
	size_t length = strlen(division);

	while (length > 0 && division[length - 1] == '/')
		length--;
	return iap_arena_copy_bytes(arena, division, length);
}

static enum iap_status
insert_regions(struct iap_db *db, uint64_t user_id, const struct iap_user_new *user,
    struct iap_error *err)
{
	for (size_t i = 0; i < user->region_count; i++) {
		const struct iap_value values[] = { iap_u64(user_id), iap_text(user->regions[i]) };

		if (check_text("region", user->regions[i], REGION_MAX_BYTES, err) != IAP_OK ||
		    iap_db_run(db, &insert_region, values, IAP_LENGTH(values), NULL, err) != IAP_OK)
			return iap_error_context(err, "region %zu", i + 1);
	}
	return IAP_OK;
}

static enum iap_status
insert_divisions(struct iap_db *db, struct iap_arena *arena, uint64_t user_id,
    const struct iap_user_new *user, struct iap_error *err)
{
	for (size_t i = 0; i < user->division_count; i++) {
		const char *division = trim_division(arena, user->divisions[i]);
		const struct iap_value values[] = { iap_u64(user_id), iap_text(division) };

		if (*division == '\0' && *user->divisions[i] == '/')
			return iap_error_set(err, IAP_INVALID,
			    "/ is no division: it would be all of them, which is a right of its own");
		if (check_text("division", division, DIVISION_MAX_BYTES, err) != IAP_OK ||
		    iap_db_run(db, &insert_division, values, IAP_LENGTH(values), NULL,
		    err) != IAP_OK)
			return iap_error_context(err, "division %zu", i + 1);
	}
	return IAP_OK;
}

static enum iap_status
check_user(struct iap_db *db, struct iap_arena *arena, const struct iap_user_new *user,
    struct iap_error *err)
{
	const struct iap_value values[] = { iap_text(user->role) };
	struct role_found role;

	if (check_text("user name", user->name, NAME_MAX_BYTES, err) != IAP_OK ||
	    iap_db_one(db, arena, &role_find, values, IAP_LENGTH(values), &role, err) != IAP_OK)
		return err->status;
	if (!role.found)
		return iap_error_set(err, IAP_INVALID, "there is no role %s", user->role);
	return IAP_OK;
}

enum iap_status
iap_user_insert(struct iap_db *db, struct iap_arena *arena, const struct iap_user_new *user,
    struct iap_error *err)
{
	const struct iap_value values[] = {
		iap_text(user->name), iap_text(user->name),
		iap_text(user->mail != NULL ? user->mail : ""), iap_text(user->role),
		iap_u64(user->all_regions), iap_u64(user->all_divisions),
		iap_text(user->password_hash), iap_i64(user->created_ms),
	};
	IAP_CLEANUP(iap_tx_end) struct iap_tx *tx = NULL;
	struct iap_done done;

	if (check_user(db, arena, user, err) != IAP_OK || iap_tx_begin(db, &tx, err) != IAP_OK)
		return err->status;
	if (iap_db_run(db, &insert, values, IAP_LENGTH(values), &done, err) != IAP_OK) {
		if (iap_db_duplicate(db))
			return iap_error_set(err, IAP_CONFLICT, "there is a user %s already",
			    user->name);
		return err->status;
	}
	if (insert_regions(db, done.insert_id, user, err) != IAP_OK ||
	    insert_divisions(db, arena, done.insert_id, user, err) != IAP_OK)
		return err->status;
	return iap_tx_commit(&tx, err);
}

enum iap_status
iap_user_list(struct iap_db *db, struct iap_arena *arena, struct iap_rows *out,
    struct iap_error *err)
{
	return iap_db_all(db, arena, &list, NULL, 0, out, err);
}

enum iap_status
iap_user_secret_find(struct iap_db *db, struct iap_arena *arena, const char *name,
    struct iap_user_secret *out, struct iap_error *err)
{
	const struct iap_value values[] = { iap_text(name) };

	return iap_db_one(db, arena, &secret_find, values, IAP_LENGTH(values), out, err);
}

enum iap_status
iap_user_disable(struct iap_db *db, struct iap_arena *arena, const char *name, int64_t now_ms,
    struct iap_rows *ended, struct iap_error *err)
{
	IAP_CLEANUP(iap_tx_end) struct iap_tx *tx = NULL;
	struct iap_user_secret user;

	if (iap_user_secret_find(db, arena, name, &user, err) != IAP_OK)
		return err->status == IAP_NOT_FOUND ?
		    iap_error_set(err, IAP_NOT_FOUND, "there is no local user %s", name) :
		    err->status;
	{
		const struct iap_value values[] = { iap_i64(now_ms), iap_u64(user.id) };

		if (iap_tx_begin(db, &tx, err) != IAP_OK ||
		    iap_db_run(db, &disable, values, IAP_LENGTH(values), NULL, err) != IAP_OK ||
		    iap_session_delete_of(db, arena, user.id, ended, err) != IAP_OK)
			return err->status;
	}
	return iap_tx_commit(&tx, err);
}

enum iap_status
iap_user_update_signin(struct iap_db *db, uint64_t user_id, int64_t now_ms,
    struct iap_error *err)
{
	const struct iap_value values[] = { iap_i64(now_ms), iap_u64(user_id) };

	return iap_db_run(db, &update_signin, values, IAP_LENGTH(values), NULL, err);
}

enum iap_status
iap_user_update_password(struct iap_db *db, uint64_t user_id, const char *password_hash,
    struct iap_error *err)
{
	const struct iap_value values[] = { iap_text(password_hash), iap_u64(user_id) };

	return iap_db_run(db, &update_password, values, IAP_LENGTH(values), NULL, err);
}
