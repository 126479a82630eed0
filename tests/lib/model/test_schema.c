/* SPDX-License-Identifier: Apache-2.0 */
/* The schema applies, is taken up where it stopped, and gives each program what it needs only. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "db/script.h"
#include "model/schema.h"
#include "tests/support/database.h"

static const char *
schema_folder(void)
{
	static char folder[4096];
	const char *srcdir = getenv("srcdir");

	snprintf(folder, sizeof folder, "%s/schema", srcdir != NULL ? srcdir : ".");
	return folder;
}

static void
must(enum iap_status status, const struct iap_error *err)
{
	if (status != IAP_OK)
		fail_msg("%s", err->detail);
}

static void
statements_end_at_their_own_semicolons(void **state)
{
	static const char text[] = "-- a; comment\n CREATE TABLE a (b TEXT COMMENT 'x;''y\\';z');\n"
	    "# more;\n/* and ; more */ ;; INSERT INTO `a;b` VALUES (\"c;d\") -- end;\n;\n"
	    "SELECT 1 -2 /* ; */ + 3";
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	const char *rest = text;

	(void)state;
	assert_string_equal(iap_script_next(arena, &rest),
	    "CREATE TABLE a (b TEXT COMMENT 'x;''y\\';z')");
	assert_string_equal(iap_script_next(arena, &rest),
	    "INSERT INTO `a;b` VALUES (\"c;d\") -- end;\n");
	assert_string_equal(iap_script_next(arena, &rest), "SELECT 1 -2 /* ; */ + 3");
	assert_null(iap_script_next(arena, &rest));
	rest = "  -- nothing\n";
	assert_null(iap_script_next(arena, &rest));
}

static void
an_empty_database_is_refused_and_migrated(void **state)
{
	struct iap_db *db = test_database_open("schema");
	struct iap_schema_done done = { 0 };
	struct iap_error err = { 0 };

	(void)state;
	assert_int_equal(iap_schema_check(db, &err), IAP_FAILED);
	assert_non_null(strstr(err.detail, "version 0"));
	assert_non_null(strstr(err.detail, "iapctl db migrate"));
	must(iap_schema_migrate(db, schema_folder(), test_database_name("schema"), &done, &err), &err);
	assert_int_equal(done.from, 0);
	assert_int_equal(done.to, IAP_SCHEMA_VERSION);
	must(iap_schema_check(db, &err), &err);
	must(iap_schema_migrate(db, schema_folder(), test_database_name("schema"), &done, &err), &err);
	assert_int_equal(done.from, IAP_SCHEMA_VERSION);
	must(iap_db_script(db, "UPDATE schema_version SET version = 99 ORDER BY version DESC LIMIT 1", &err), &err);
	assert_int_equal(iap_schema_check(db, &err), IAP_FAILED);
	assert_non_null(strstr(err.detail, "version 99"));
	assert_int_equal(iap_schema_migrate(db, schema_folder(), test_database_name("schema"), &done,
	    &err), IAP_CONFLICT);
	iap_db_close(&db);
}

static void
an_interrupted_migration_is_taken_up(void **state)
{
	struct iap_db *db = test_database_open("resume");
	struct iap_schema_done done = { 0 };
	struct iap_error err = { 0 };

	(void)state;
	must(iap_schema_migrate(db, schema_folder(), test_database_name("resume"), &done, &err), &err);
	/* As a kill leaves it after the second statement of 0001, whose count was lost. */
	must(iap_db_script(db, "DELETE FROM schema_version WHERE version > 1", &err), &err);
	must(iap_db_script(db, "UPDATE schema_version SET steps = 1, applied_ms = NULL", &err), &err);
	must(iap_db_script(db, "BEGIN NOT ATOMIC FOR t IN (SELECT table_name AS n FROM"
	    " information_schema.tables WHERE table_schema = DATABASE() AND table_name NOT IN"
	    " ('schema_version', 'source', 'pass')) DO EXECUTE IMMEDIATE CONCAT('DROP TABLE `', t.n,"
	    " '`'); END FOR; END", &err), &err);
	assert_int_equal(iap_schema_check(db, &err), IAP_FAILED);
	assert_non_null(strstr(err.detail, "not complete"));
	must(iap_schema_migrate(db, schema_folder(), test_database_name("resume"), &done, &err), &err);
	must(iap_schema_check(db, &err), &err);
	must(iap_db_script(db, "SELECT id FROM interaction LIMIT 0 INTO @x", &err), &err);
	iap_db_close(&db);
}

static bool
may(struct iap_db *db, const char *sql)
{
	struct iap_error err = { 0 };

	return iap_db_script(db, sql, &err) == IAP_OK;
}

static struct iap_db *
open_as(const char *user, const char *password)
{
	struct iap_db_conf conf = test_database_conf(test_database_name("grants"));
	struct iap_error err = { 0 };
	struct iap_db *db = NULL;

	conf.user = user;
	conf.password = password;
	must(iap_db_open(&conf, &db, &err), &err);
	return db;
}

static void
each_program_may_what_it_needs_only(void **state)
{
	struct iap_db *root = test_database_open("grants"), *web, *worker;
	struct iap_schema_users users = { .host = "localhost", .web_user = "iap'web",
		.web_password = "a'b\\", .worker_user = "iap_worker", .worker_password = "old" };
	struct iap_schema_done done = { 0 };
	struct iap_error err = { 0 };

	(void)state;
	must(iap_schema_migrate(root, schema_folder(), test_database_name("grants"), &done, &err), &err);
	users.database = test_database_name("grants");
	must(iap_schema_grant(root, schema_folder(), &users, &err), &err);
	users.worker_password = "new";
	must(iap_schema_grant(root, schema_folder(), &users, &err), &err);
	web = open_as(users.web_user, users.web_password);
	worker = open_as(users.worker_user, "new");
	must(iap_schema_check(web, &err), &err);
	must(iap_schema_check(worker, &err), &err);
	assert_true(may(web, "INSERT INTO audit SET at_ms = 1, actor = 'a', address = '', request_id"
	    " = '', action = 'view', result = 'ok', detail = '{}'"));
	assert_false(may(web, "UPDATE audit SET actor = 'b'"));
	assert_false(may(web, "DELETE FROM audit"));
	assert_false(may(web, "DELETE FROM interaction"));
	assert_false(may(web, "ALTER TABLE session ADD x INT"));
	assert_false(may(web, "DROP TABLE session"));
	assert_false(may(worker, "UPDATE user SET role = 'admin'"));
	assert_false(may(worker, "SELECT COUNT(*) FROM session INTO @x"));
	assert_false(may(worker, "DROP TABLE user"));
	assert_true(may(worker, "DELETE FROM interaction"));
	assert_true(may(worker, "ALTER TABLE interaction REORGANIZE PARTITION p_last INTO"
	    " (PARTITION p1 VALUES LESS THAN (5), PARTITION p_last VALUES LESS THAN MAXVALUE)"));
	iap_db_close(&web);
	iap_db_close(&worker);
	iap_db_close(&root);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statements_end_at_their_own_semicolons),
		cmocka_unit_test(an_empty_database_is_refused_and_migrated),
		cmocka_unit_test(an_interrupted_migration_is_taken_up),
		cmocka_unit_test(each_program_may_what_it_needs_only),
	};

	(void)argc;
	test_database_begin(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
