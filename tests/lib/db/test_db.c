/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values are counted by hand, or asked of the server by other statements. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "db/db.h"
#include "db/query.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "tests/support/database.h"

struct thing {
	uint64_t id;
	int64_t amount;
	const char *name;
	struct iap_bytes blob;
	struct iap_maybe_i64 maybe;
	bool flag;
	unsigned int colour;
};

static const struct iap_column columns[] = {
	IAP_COLUMN(thing, id),
	IAP_COLUMN(thing, amount),
	IAP_COLUMN(thing, name),
	IAP_COLUMN(thing, blob),
	IAP_COLUMN(thing, maybe),
	IAP_COLUMN(thing, flag),
	IAP_COLUMN(thing, colour),
};

static const struct iap_stmt insert = {
	.name = "thing_insert",
	.sql = "INSERT INTO thing (id, amount, name, `blob`, maybe, flag, colour)"
	       " VALUES (?, ?, ?, ?, ?, ?, ?)",
};

static const struct iap_stmt find = {
	.name = "thing_find",
	.sql = "SELECT id, colour, name, `blob`, maybe, flag, amount FROM thing WHERE id = ?",
	.columns = columns,
	.column_count = IAP_LENGTH(columns),
	.row_size = sizeof(struct thing),
};

struct total {
	uint64_t total;
};

static const struct iap_column total_columns[] = { IAP_COLUMN(total, total) };

static const struct iap_stmt count_all = {
	.name = "thing_count",
	.sql = "SELECT COUNT(*) AS total FROM thing",
	.columns = total_columns,
	.column_count = 1,
	.row_size = sizeof(struct total),
};

struct fixture {
	struct iap_db *db;
	struct iap_arena *arena;
	struct iap_error err;
};

static uint64_t
total_of(struct fixture *f)
{
	struct total total = { 0 };

	assert_int_equal(iap_db_one(f->db, f->arena, &count_all, NULL, 0, &total, &f->err), IAP_OK);
	return total.total;
}

static int
setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){ .arena = iap_arena_new((size_t)256 << 20) };
	f.db = test_database_open("db");
	assert_int_equal(iap_db_script(f.db, "CREATE TABLE thing (id BIGINT UNSIGNED PRIMARY KEY,"
	    " amount BIGINT NOT NULL, name MEDIUMTEXT, `blob` LONGBLOB, maybe BIGINT,"
	    " flag TINYINT UNSIGNED NOT NULL, colour INT UNSIGNED NOT NULL)", &f.err), IAP_OK);
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	iap_db_close(&f->db);
	iap_arena_free(&f->arena);
	return 0;
}

static void
insert_thing(struct fixture *f, uint64_t id, const char *name)
{
	const struct iap_value values[] = { iap_u64(id), iap_i64(-7), iap_text(name), iap_null(),
		iap_null(), iap_u64(0), iap_u64(3) };

	if (iap_db_run(f->db, &insert, values, IAP_LENGTH(values), NULL, &f->err) != IAP_OK)
		fail_msg("%s", f->err.detail);
}

static void
values_come_back_as_they_went(void **state)
{
	struct fixture *f = *state;
	char *longer = iap_arena_alloc(f->arena, 100001);
	struct iap_done done = { 0 };
	struct thing thing = { 0 };
	const struct iap_value values[] = { iap_u64(UINT64_MAX), iap_i64(INT64_MIN),
		iap_text(memset(longer, 'x', 100000)), iap_bytes_value("a\0\xff", 3),
		iap_maybe((struct iap_maybe_i64){ true, 0 }), iap_u64(1), iap_u64(UINT32_MAX) };
	const struct iap_value key[] = { iap_u64(UINT64_MAX) };

	assert_int_equal(iap_db_run(f->db, &insert, values, IAP_LENGTH(values), &done, &f->err),
	    IAP_OK);
	assert_int_equal(done.matched, 1);
	assert_int_equal(iap_db_one(f->db, f->arena, &find, key, 1, &thing, &f->err), IAP_OK);
	assert_true(thing.id == UINT64_MAX);
	assert_true(thing.amount == INT64_MIN);
	assert_string_equal(thing.name, longer);
	assert_int_equal(thing.blob.size, 3);
	assert_memory_equal(thing.blob.bytes, "a\0\xff", 3);
	assert_true(thing.maybe.set);
	assert_true(thing.maybe.value == 0);
	assert_true(thing.flag);
	assert_true(thing.colour == UINT32_MAX);
}

static void
null_is_not_empty(void **state)
{
	struct fixture *f = *state;
	struct thing thing = { 0 };
	const struct iap_value empty = iap_u64(2), null = iap_u64(1), absent = iap_u64(3);

	insert_thing(f, 1, NULL);
	insert_thing(f, 2, "");
	assert_int_equal(iap_db_one(f->db, f->arena, &find, &null, 1, &thing, &f->err), IAP_OK);
	assert_null(thing.name);
	assert_null(thing.blob.bytes);
	assert_false(thing.maybe.set);
	assert_int_equal(iap_db_one(f->db, f->arena, &find, &empty, 1, &thing, &f->err), IAP_OK);
	assert_string_equal(thing.name, "");
	assert_int_equal(iap_db_one(f->db, f->arena, &find, &absent, 1, &thing, &f->err),
	    IAP_NOT_FOUND);
}

static void
a_unique_key_is_a_conflict(void **state)
{
	struct fixture *f = *state;
	const struct iap_value values[] = { iap_u64(1), iap_i64(0), iap_null(), iap_null(),
		iap_null(), iap_u64(0), iap_u64(0) };

	insert_thing(f, 1, NULL);
	assert_int_equal(iap_db_run(f->db, &insert, values, IAP_LENGTH(values), NULL, &f->err),
	    IAP_CONFLICT);
	assert_true(iap_db_duplicate(f->db));
	assert_false(iap_db_retryable(f->db));
}

static void
columns_are_checked_by_name(void **state)
{
	static const struct iap_column named_wrongly[] = { { "totl", 0, IAP_TYPE_U64 } };
	struct fixture *f = *state;
	struct iap_stmt stmt = count_all;

	stmt.columns = named_wrongly;
	assert_int_equal(iap_db_check(f->db, &stmt, &f->err), IAP_FAILED);
	assert_non_null(strstr(f->err.detail, "total"));
	stmt.columns = NULL;
	stmt.column_count = 0;
	assert_int_equal(iap_db_check(f->db, &stmt, &f->err), IAP_FAILED);
	stmt = (struct iap_stmt){ .name = "bad", .sql = "SELEC 1" };
	assert_int_equal(iap_db_check(f->db, &stmt, &f->err), IAP_FAILED);
	assert_int_equal(iap_db_check(f->db, &insert, &f->err), IAP_OK);
}

static void
a_bulk_stores_every_row_whatever_its_size(void **state)
{
	enum { ROWS = 3000 };
	struct fixture *f = *state;
	struct thing *things = iap_arena_array(f->arena, ROWS, sizeof *things);
	struct iap_bulk bulk = { columns, IAP_LENGTH(columns), things, sizeof *things, ROWS };
	char *longer = iap_arena_alloc(f->arena, 5000001);
	struct thing thing = { 0 };
	struct iap_value key;

	memset(longer, 'y', 5000000);
	for (size_t i = 0; i < ROWS; i++)
		things[i] = (struct thing){ .id = i, .amount = -(int64_t)i,
		    .name = i % 3 == 0 ? NULL : "n\xc3\xa9", .blob = { longer, i % 1000 == 7 ? 5000000 : i },
		    .maybe = { i % 2 == 0, (int64_t)i }, .flag = i % 5 == 0, .colour = (unsigned int)i };
	if (iap_db_bulk(f->db, &insert, &bulk, &f->err) != IAP_OK)
		fail_msg("%s", f->err.detail);
	assert_int_equal(total_of(f), ROWS);
	key = iap_u64(1007);
	assert_int_equal(iap_db_one(f->db, f->arena, &find, &key, 1, &thing, &f->err), IAP_OK);
	assert_int_equal(thing.blob.size, 5000000);
	assert_memory_equal(thing.blob.bytes, longer, 5000000);
	assert_true(thing.amount == -1007);
	assert_false(thing.maybe.set);
	assert_string_equal(thing.name, "n\xc3\xa9");
	key = iap_u64(30);
	assert_int_equal(iap_db_one(f->db, f->arena, &find, &key, 1, &thing, &f->err), IAP_OK);
	assert_null(thing.name);
	assert_true(thing.maybe.set && thing.maybe.value == 30);
	assert_true(thing.flag);
}

static void
a_transaction_that_is_not_committed_leaves_nothing(void **state)
{
	struct fixture *f = *state;

	{
		IAP_CLEANUP(iap_tx_end) struct iap_tx *tx = NULL;

		assert_int_equal(iap_tx_begin(f->db, &tx, &f->err), IAP_OK);
		insert_thing(f, 1, NULL);
	}
	assert_int_equal(total_of(f), 0);
	{
		IAP_CLEANUP(iap_tx_end) struct iap_tx *tx = NULL;

		assert_int_equal(iap_tx_begin(f->db, &tx, &f->err), IAP_OK);
		insert_thing(f, 1, NULL);
		assert_int_equal(iap_tx_commit(&tx, &f->err), IAP_OK);
		assert_null(tx);
	}
	assert_int_equal(total_of(f), 1);
}

static enum iap_status
fail_twice(struct iap_db *db, void *context, struct iap_error *err)
{
	static const struct iap_stmt signal_deadlock = {
		.name = "deadlock",
		.sql = "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'as if'",
	};
	const struct iap_value values[] = { iap_u64(5), iap_i64(0), iap_null(), iap_null(),
		iap_null(), iap_u64(0), iap_u64(0) };

	if (iap_db_run(db, &insert, values, IAP_LENGTH(values), NULL, err) != IAP_OK)
		return err->status;
	if (++*(int *)context < 3)
		return iap_db_run(db, &signal_deadlock, NULL, 0, NULL, err);
	return IAP_OK;
}

static void
a_deadlock_is_tried_again(void **state)
{
	struct fixture *f = *state;
	int attempts = 0;

	if (iap_tx_retry(f->db, fail_twice, &attempts, &f->err) != IAP_OK)
		fail_msg("%s", f->err.detail);
	assert_int_equal(attempts, 3);
	assert_int_equal(total_of(f), 1);
	/* The same key again is no deadlock: it is not tried again. */
	attempts = 0;
	assert_int_equal(iap_tx_retry(f->db, fail_twice, &attempts, &f->err), IAP_CONFLICT);
	assert_int_equal(attempts, 0);
}

static void
a_lost_connection_comes_back_by_itself(void **state)
{
	struct fixture *f = *state;
	struct iap_db_conf conf = test_database_conf(NULL);
	struct iap_db *other = NULL;

	insert_thing(f, 1, NULL);
	assert_int_equal(iap_db_open(&conf, &other, &f->err), IAP_OK);
	assert_int_equal(iap_db_script(other, "BEGIN NOT ATOMIC FOR t IN (SELECT id FROM"
	    " information_schema.processlist WHERE id <> CONNECTION_ID() AND user = 'root')"
	    " DO KILL t.id; END FOR; END", &f->err), IAP_OK);
	iap_db_close(&other);
	assert_int_equal(iap_db_ensure(f->db, &f->err), IAP_OK);
	assert_int_equal(iap_db_script(f->db, "SELECT 1 INTO @x", &f->err), IAP_OK);
}

static void
a_server_that_is_away_is_unavailable_at_once(void **state)
{
	struct iap_db_conf conf = { .socket = "/nowhere/my.sock", .user = "root" };
	struct iap_error err = { 0 };
	struct iap_db *db = NULL;
	int64_t begun = iap_clock_ticks_ms();

	(void)state;
	assert_int_equal(iap_db_open(&conf, &db, &err), IAP_UNAVAILABLE);
	assert_null(db);
	db = iap_db_new(&conf);
	assert_int_equal(iap_db_ensure(db, &err), IAP_UNAVAILABLE);
	assert_int_equal(iap_db_check(db, &insert, &err), IAP_UNAVAILABLE);
	iap_db_close(&db);
	assert_true(iap_clock_ticks_ms() - begun < 2000);
}

static void
queries_are_made_of_fragments_and_values(void **state)
{
	struct fixture *f = *state;
	const uint64_t wanted[] = { 2, 3, 9 };
	struct iap_query query;
	struct iap_rows rows;

	insert_thing(f, 1, "a");
	insert_thing(f, 2, "b' OR '1'='1");
	insert_thing(f, 3, "c");
	iap_query_open(&query, f->arena, "SELECT id, colour, name, `blob`, maybe, flag, amount"
	    " FROM thing WHERE id < ?");
	iap_query_value(&query, iap_u64(100));
	iap_query_and(&query, "name = ? OR colour = 9", iap_text("b' OR '1'='1"));
	iap_query_and_in(&query, "id", wanted, IAP_LENGTH(wanted));
	iap_query_add(&query, " ORDER BY id");
	assert_int_equal(iap_query_all(f->db, f->arena, &query, &find, &rows, &f->err), IAP_OK);
	assert_int_equal(rows.count, 1);
	assert_true(((struct thing *)rows.items)[0].id == 2);
	iap_query_open(&query, f->arena, "SELECT COUNT(*) AS total FROM thing WHERE TRUE");
	iap_query_and_in(&query, "id", wanted, 0);
	{
		struct total total = { 77 };

		assert_int_equal(iap_query_one(f->db, f->arena, &query, &count_all, &total, &f->err),
		    IAP_OK);
		assert_int_equal(total.total, 0);
	}
}

static void
more_statements_than_are_kept_still_work(void **state)
{
	struct fixture *f = *state;

	insert_thing(f, 1, "a");
	for (unsigned int i = 0; i < 400; i++) {
		struct iap_stmt stmt = count_all;
		struct total total = { 0 };

		stmt.sql = iap_arena_format(f->arena, "SELECT COUNT(*) + %u AS total FROM thing", i);
		assert_int_equal(iap_db_one(f->db, f->arena, &stmt, NULL, 0, &total, &f->err), IAP_OK);
		assert_int_equal(total.total, i + 1);
	}
	assert_int_equal(total_of(f), 1);
}

static void
quoting_survives_every_byte(void **state)
{
	struct fixture *f = *state;
	const char *text = "a'b\"c\\d`e\n\x1a%_\xc3\xa9";
	const char *sql = iap_arena_format(f->arena,
	    "INSERT INTO thing SET id = 1, amount = 0, flag = 0, colour = 0, name = %s",
	    iap_db_quote(f->db, f->arena, text));
	const struct iap_value key = iap_u64(1);
	struct thing thing = { 0 };

	assert_int_equal(iap_db_script(f->db, sql, &f->err), IAP_OK);
	assert_int_equal(iap_db_one(f->db, f->arena, &find, &key, 1, &thing, &f->err), IAP_OK);
	assert_string_equal(thing.name, text);
	assert_string_equal(iap_db_quote_name(f->arena, "a`b"), "`a``b`");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(values_come_back_as_they_went, setup, teardown),
		cmocka_unit_test_setup_teardown(null_is_not_empty, setup, teardown),
		cmocka_unit_test_setup_teardown(a_unique_key_is_a_conflict, setup, teardown),
		cmocka_unit_test_setup_teardown(columns_are_checked_by_name, setup, teardown),
		cmocka_unit_test_setup_teardown(a_bulk_stores_every_row_whatever_its_size, setup, teardown),
		cmocka_unit_test_setup_teardown(a_transaction_that_is_not_committed_leaves_nothing, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(a_deadlock_is_tried_again, setup, teardown),
		cmocka_unit_test_setup_teardown(a_lost_connection_comes_back_by_itself, setup, teardown),
		cmocka_unit_test(a_server_that_is_away_is_unavailable_at_once),
		cmocka_unit_test_setup_teardown(queries_are_made_of_fragments_and_values, setup, teardown),
		cmocka_unit_test_setup_teardown(more_statements_than_are_kept_still_work, setup, teardown),
		cmocka_unit_test_setup_teardown(quoting_survives_every_byte, setup, teardown),
	};

	(void)argc;
	test_database_begin(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
