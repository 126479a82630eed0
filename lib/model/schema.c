/* SPDX-License-Identifier: Apache-2.0 */
#include "model/schema.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "db/script.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "model/statements.h"

enum { FILE_LIMIT = 1 << 20, ARENA_LIMIT = 16 << 20, VERSION_DIGITS = 4, VERSIONS_MAX = 1000 };

/* A file of the folder. */
struct migration {
	unsigned int version;
	const char *name;
};

struct migrations {
	struct migration items[VERSIONS_MAX];
	size_t count;
};

struct version_row {
	uint64_t version;
	uint64_t steps;
	bool complete;
};

static const struct iap_column version_columns[] = {
	IAP_COLUMN(version_row, version),
	IAP_COLUMN(version_row, steps),
	IAP_COLUMN(version_row, complete),
};

static const struct iap_stmt latest = {
	.name = "schema_latest",
	.sql = "SELECT version, steps, applied_ms IS NOT NULL AS complete"
	       "  FROM schema_version ORDER BY version DESC LIMIT 1",
	.columns = version_columns,
	.column_count = IAP_LENGTH(version_columns),
	.row_size = sizeof(struct version_row),
};

static const struct iap_stmt begin_version = {
	.name = "schema_begin",
	.sql = "INSERT INTO schema_version (version, name, steps) VALUES (?, ?, 0)",
};

static const struct iap_stmt count_step = {
	.name = "schema_step",
	.sql = "UPDATE schema_version SET steps = ? WHERE version = ?",
};

static const struct iap_stmt end_version = {
	.name = "schema_end",
	.sql = "UPDATE schema_version SET applied_ms = ? WHERE version = ?",
};

struct flag {
	bool set;
};

static const struct iap_column flag_columns[] = { IAP_COLUMN(flag, set) };

static const struct iap_stmt lock = {
	.name = "schema_lock",
	.sql = "SELECT GET_LOCK('iap_schema', 0) = 1 AS `set`",
	.columns = flag_columns,
	.column_count = 1,
};

static const struct iap_stmt exists = {
	.name = "schema_exists",
	.sql = "SELECT COUNT(*) > 0 AS `set` FROM information_schema.tables"
	       " WHERE table_schema = DATABASE() AND table_name = 'schema_version'",
	.columns = flag_columns,
	.column_count = 1,
};

static const struct iap_stmt *const statements[] = {
	&latest, &begin_version, &count_step, &end_version, &lock, &exists,
};

const struct iap_statements iap_schema_statements = { statements, IAP_LENGTH(statements) };

static int
compare_migrations(const void *a, const void *b)
{
	const struct migration *x = a, *y = b;

	return (x->version > y->version) - (x->version < y->version);
}

/* Whether a file is called NNNN-subject.sql. */
static bool
is_migration(const char *name)
{
	return strspn(name, "0123456789") == VERSION_DIGITS && name[VERSION_DIGITS] == '-' &&
	    strlen(name) > VERSION_DIGITS + 4 && strcmp(name + strlen(name) - 4, ".sql") == 0;
}

static enum iap_status
list_migrations(struct iap_arena *arena, const char *folder, struct migrations *out,
    struct iap_error *err)
{
	DIR *dir = opendir(folder);

	out->count = 0;
	if (dir == NULL)
		return iap_error_errno(err, IAP_NOT_FOUND, errno, "schema: %s", folder);
	for (struct dirent *entry; (entry = readdir(dir)) != NULL && out->count < VERSIONS_MAX;)
		if (is_migration(entry->d_name))
			out->items[out->count++] = (struct migration){
				.version = (unsigned int)strtoul(entry->d_name, NULL, 10),
				.name = iap_arena_copy(arena, entry->d_name),
			};
	closedir(dir);
	qsort(out->items, out->count, sizeof *out->items, compare_migrations);
	for (size_t i = 0; i < out->count; i++)
		if (out->items[i].version != i + 1)
			return iap_error_set(err, IAP_FAILED, "schema: %s: file number %zu is %s", folder,
			    i + 1, out->items[i].name);
	if (out->count != IAP_SCHEMA_VERSION)
		return iap_error_set(err, IAP_FAILED,
		    "schema: %s has %zu files, this program was built for version %d", folder,
		    out->count, IAP_SCHEMA_VERSION);
	return IAP_OK;
}

/* Runs the statements of a file from number `done` on, counting each. */
static enum iap_status
apply_steps(struct iap_db *db, struct iap_arena *arena, const char *sql,
    const struct version_row *row, struct iap_error *err)
{
	const char *statement;

	for (uint64_t step = 1; (statement = iap_script_next(arena, &sql)) != NULL; step++) {
		const struct iap_value counted[] = { iap_u64(step), iap_u64(row->version) };

		if (step <= row->steps)
			continue;
		/* The first step may have been done, and its count lost. */
		if (iap_db_script(db, statement, err) != IAP_OK &&
		    !(step == row->steps + 1 && iap_db_applied(db)))
			return iap_error_context(err, "statement %llu", (unsigned long long)step);
		if (iap_db_run(db, &count_step, counted, IAP_LENGTH(counted), NULL, err) != IAP_OK)
			return err->status;
	}
	return IAP_OK;
}

static enum iap_status
apply(struct iap_db *db, struct iap_arena *arena, const char *folder,
    const struct migration *migration, const struct version_row *row, struct iap_error *err)
{
	const char *path = iap_arena_format(arena, "%s/%s", folder, migration->name);
	const struct iap_value ended[] = { iap_i64(iap_clock_now_ms()), iap_u64(row->version) };
	char *sql;
	size_t size;

	if (iap_file_load(arena, path, FILE_LIMIT, &sql, &size, err) != IAP_OK)
		return err->status;
	if (apply_steps(db, arena, sql, row, err) != IAP_OK)
		return iap_error_context(err, "schema: %s", migration->name);
	return iap_db_run(db, &end_version, ended, IAP_LENGTH(ended), NULL, err);
}

static enum iap_status
apply_missing(struct iap_db *db, struct iap_arena *arena, const char *folder,
    struct version_row row, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *file_arena = iap_arena_new(ARENA_LIMIT);
	struct migrations *migrations = iap_arena_alloc(arena, sizeof *migrations);

	if (list_migrations(arena, folder, migrations, err) != IAP_OK)
		return err->status;
	for (size_t i = 0; i < migrations->count; i++) {
		const struct migration *migration = &migrations->items[i];
		const struct iap_value begun[] = { iap_u64(migration->version),
			iap_text(migration->name) };

		iap_arena_reset(file_arena);
		if (migration->version < row.version ||
		    (migration->version == row.version && row.complete))
			continue;
		if (migration->version > row.version) {
			row = (struct version_row){ .version = migration->version };
			if (iap_db_run(db, &begin_version, begun, IAP_LENGTH(begun), NULL, err) != IAP_OK)
				return err->status;
		}
		if (apply(db, file_arena, folder, migration, &row, err) != IAP_OK)
			return err->status;
	}
	return IAP_OK;
}

static enum iap_status
use_database(struct iap_db *db, struct iap_arena *arena, const char *name, struct iap_error *err)
{
	const char *quoted = iap_db_quote_name(arena, name);

	if (iap_db_script(db, iap_arena_format(arena, "CREATE DATABASE IF NOT EXISTS %s"
	    " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", quoted), err) != IAP_OK ||
	    iap_db_script(db, iap_arena_format(arena, "USE %s", quoted), err) != IAP_OK)
		return err->status;
	return iap_db_script(db, "CREATE TABLE IF NOT EXISTS schema_version ("
	    " version INT UNSIGNED NOT NULL,"
	    " name VARCHAR(255) NOT NULL COMMENT 'file in schema/',"
	    " steps INT UNSIGNED NOT NULL COMMENT 'statements done',"
	    " applied_ms BIGINT NULL COMMENT 'NULL: begun and not ended',"
	    " PRIMARY KEY (version)"
	    ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin", err);
}

enum iap_status
iap_schema_migrate(struct iap_db *db, const char *folder, const char *name,
    struct iap_schema_done *out, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	struct version_row row = { 0 };
	struct flag locked = { 0 };

	if (use_database(db, arena, name, err) != IAP_OK ||
	    iap_db_one(db, arena, &lock, NULL, 0, &locked, err) != IAP_OK)
		return err->status;
	if (!locked.set)
		return iap_error_set(err, IAP_CONFLICT, "schema: another migration is running");
	if (iap_db_one(db, arena, &latest, NULL, 0, &row, err) != IAP_OK &&
	    err->status != IAP_NOT_FOUND)
		return err->status;
	if (row.version > IAP_SCHEMA_VERSION)
		return iap_error_set(err, IAP_CONFLICT,
		    "schema: the database has version %llu, this program was built for %d: "
		    "install the newer IAP", (unsigned long long)row.version, IAP_SCHEMA_VERSION);
	*out = (struct iap_schema_done){ (unsigned int)row.version, IAP_SCHEMA_VERSION };
	if (apply_missing(db, arena, folder, row, err) != IAP_OK)
		return err->status;
	return iap_db_script(db, "DO RELEASE_LOCK('iap_schema')", err);
}

static enum iap_status
make_user(struct iap_db *db, struct iap_arena *arena, const char *account, const char *password,
    const char *require, struct iap_error *err)
{
	const char *how = password == NULL ? "VIA unix_socket" :
	    iap_arena_format(arena, "BY %s", iap_db_quote(db, arena, password));

	if (iap_db_script(db, iap_arena_format(arena, "CREATE USER IF NOT EXISTS %s IDENTIFIED %s",
	    account, how), err) != IAP_OK)
		return err->status;
	return iap_db_script(db, iap_arena_format(arena, "ALTER USER %s IDENTIFIED %s REQUIRE %s",
	    account, how, require), err);
}

/* `sql` with each placeholder replaced. */
static const char *
fill_in(struct iap_arena *arena, const char *sql, const char *const (*pairs)[2], size_t count)
{
	struct iap_buf buf;

	iap_buf_open(&buf, arena);
	while (*sql != '\0') {
		size_t i = 0;

		while (i < count && strncmp(sql, pairs[i][0], strlen(pairs[i][0])) != 0)
			i++;
		if (i < count) {
			iap_buf_text(&buf, pairs[i][1]);
			sql += strlen(pairs[i][0]);
		} else {
			iap_buf_char(&buf, *sql++);
		}
	}
	return buf.bytes;
}

static const char *
account_of(struct iap_db *db, struct iap_arena *arena, const char *user, const char *host)
{
	return iap_arena_format(arena, "%s@%s", iap_db_quote(db, arena, user),
	    iap_db_quote(db, arena, host));
}

enum iap_status
iap_schema_grant(struct iap_db *db, const char *folder, const struct iap_schema_users *users,
    struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	const char *web = account_of(db, arena, users->web_user, users->host);
	const char *worker = account_of(db, arena, users->worker_user, users->host);
	const char *require = strcmp(users->host, "localhost") == 0 ? "NONE" : "SSL";
	const char *const pairs[][2] = {
		{ "@db@", iap_db_quote_name(arena, users->database) },
		{ "@web@", web },
		{ "@worker@", worker },
	};
	const char *rest, *statement;
	char *sql;
	size_t size;

	if (make_user(db, arena, web, users->web_password, require, err) != IAP_OK ||
	    make_user(db, arena, worker, users->worker_password, require, err) != IAP_OK ||
	    iap_file_load(arena, iap_arena_format(arena, "%s/grants.sql", folder), FILE_LIMIT, &sql,
	    &size, err) != IAP_OK)
		return iap_error_context(err, "schema: users");
	rest = sql;
	while ((statement = iap_script_next(arena, &rest)) != NULL)
		if (iap_db_script(db, fill_in(arena, statement, pairs, IAP_LENGTH(pairs)), err) != IAP_OK)
			return iap_error_context(err, "schema: grants.sql: %s", statement);
	return IAP_OK;
}

enum iap_status
iap_schema_check(struct iap_db *db, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	struct version_row row = { 0 };
	struct flag there = { 0 };

	if (iap_db_one(db, arena, &exists, NULL, 0, &there, err) != IAP_OK)
		return err->status;
	if (there.set && iap_db_one(db, arena, &latest, NULL, 0, &row, err) != IAP_OK &&
	    err->status != IAP_NOT_FOUND)
		return err->status;
	if (row.version == IAP_SCHEMA_VERSION && row.complete)
		return IAP_OK;
	return iap_error_set(err, IAP_FAILED, "schema: the database has version %llu%s, this program"
	    " was built for %d%s", (unsigned long long)row.version,
	    row.version != 0 && !row.complete ? " (not complete)" : "", IAP_SCHEMA_VERSION,
	    row.version > IAP_SCHEMA_VERSION ? "" : ": run iapctl db migrate");
}
