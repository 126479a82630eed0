/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in against a real database, with the real cost of a hash; what is right is told by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/ended.h"
#include "auth/signin.h"
#include "auth/slot.h"
#include "auth/token.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/password.h"
#include "model/schema.h"
#include "model/user.h"
#include "tests/support/database.h"

struct world {
	struct iap_db *db;
	struct iap_arena *arena;
	char folder[64];
};

static const struct iap_session_limits limits = { 60000, 600000 };

struct count_row {
	uint64_t count;
};

static const struct iap_column count_columns[] = {
	IAP_COLUMN(count_row, count),
};

static uint64_t
count(struct world *world, const char *sql)
{
	const struct iap_stmt stmt = { .name = "count", .sql = sql, .columns = count_columns,
	    .column_count = 1, .row_size = sizeof(struct count_row) };
	struct iap_error err = { 0 };
	struct count_row row;

	if (iap_db_one(world->db, world->arena, &stmt, NULL, 0, &row, &err) != IAP_OK)
		fail_msg("%s", err.detail);
	return row.count;
}

static void
run(struct world *world, const char *sql)
{
	struct iap_error err = { 0 };

	if (iap_db_script(world->db, sql, &err) != IAP_OK)
		fail_msg("%s: %s", sql, err.detail);
}

static void
add_user(struct world *world, const char *name, const char *password,
    const struct iap_password_cost *cost)
{
	struct iap_user_new user = { .name = name, .role = "admin", .all_regions = true,
	    .all_divisions = true, .created_ms = 1 };
	struct iap_error err = { 0 };

	if (iap_password_format(world->arena, password, cost, &user.password_hash, &err) != IAP_OK ||
	    iap_user_insert(world->db, world->arena, &user, &err) != IAP_OK)
		fail_msg("%s", err.detail);
}

static int
begin(void **state)
{
	static struct world world = { .folder = "/tmp/iap-signin-XXXXXX" };
	const char *srcdir = getenv("srcdir");
	struct iap_schema_done done;
	struct iap_error err = { 0 };
	char folder[4096];

	assert_non_null(mkdtemp(world.folder));
	world.arena = iap_arena_new((size_t)1 << 28);
	world.db = test_database_open("signin");
	snprintf(folder, sizeof folder, "%s/schema", srcdir != NULL ? srcdir : ".");
	if (iap_schema_migrate(world.db, folder, test_database_name("signin"), &done,
	    &err) != IAP_OK)
		fail_msg("%s", err.detail);
	add_user(&world, "ana", "right", &iap_password_cost);
	*state = &world;
	return 0;
}

static int
end(void **state)
{
	struct world *world = *state;
	char command[128];

	iap_db_close(&world->db);
	iap_arena_free(&world->arena);
	snprintf(command, sizeof command, "rm -rf %s", world->folder);
	return system(command) == 0 ? 0 : 1;
}

static enum iap_status
sign_in(struct world *world, const char *name, const char *password, const char *address,
    struct iap_signin_done *done)
{
	const struct iap_signin signin = {
		.name = name, .password = password, .address = address, .agent = "test",
		.request_id = "r", .ended = world->folder, .limits = &limits,
	};
	struct iap_error err = { 0 };

	return iap_signin_begin(world->db, world->arena, &signin, done, &err);
}

static void
the_right_password_begins_a_session_that_only_its_token_opens(void **state)
{
	struct world *world = *state;
	unsigned char hash[IAP_SESSION_HASH_SIZE], by_hand[IAP_SHA256_SIZE];
	struct iap_signin_done done;
	struct iap_session session;
	struct iap_error err = { 0 };
	unsigned char *token;
	size_t size;

	assert_int_equal(sign_in(world, "ana", "right", "::1", &done), IAP_OK);
	token = iap_text_from_base64url(world->arena, done.token, strlen(done.token), &size);
	assert_int_equal(size, 32);
	iap_hash_sha256(token, size, by_hand);
	assert_true(iap_token_hash(world->arena, done.token, hash));
	assert_memory_equal(hash, by_hand, sizeof hash);
	assert_int_equal(iap_session_find(world->db, world->arena, hash, &limits,
	    iap_clock_now_ms(), &session, &err), IAP_OK);
	assert_string_equal(session.viewer.name, "ana");
	assert_true(session.viewer.permissions & IAP_PERM_AUDIT);
	hash[0] ^= 1;
	assert_int_equal(iap_session_find(world->db, world->arena, hash, &limits,
	    iap_clock_now_ms(), &session, &err), IAP_UNAUTHENTICATED);
}

static void
what_cannot_be_a_token_is_none(void **state)
{
	static const char *const texts[] = { "", "x", "AAAA", "====",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+A" };
	struct world *world = *state;
	unsigned char hash[IAP_SESSION_HASH_SIZE];

	for (size_t i = 0; i < IAP_LENGTH(texts); i++)
		assert_false(iap_token_hash(world->arena, texts[i], hash));
}

static void
sessions_end_by_rest_and_by_age(void **state)
{
	static const struct { int64_t created_ms, seen_ms, now_ms; enum iap_status status; } cases[] = {
		{ 0, 0, 59999, IAP_OK },
		{ 0, 0, 60000, IAP_UNAUTHENTICATED },
		{ 0, 590000, 599999, IAP_OK },
		{ 0, 590000, 600000, IAP_UNAUTHENTICATED },
	};
	struct world *world = *state;
	struct iap_session_new fresh = { .user_id = 1, .address = "::1", .token_hash = { 9 } };
	struct iap_session session;

	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		struct iap_error err = { 0 };

		fresh.token_hash[1] = (unsigned char)i;
		fresh.created_ms = cases[i].created_ms;
		assert_int_equal(iap_session_insert(world->db, &fresh, &err), IAP_OK);
		run(world, iap_arena_format(world->arena, "UPDATE session SET seen_ms = %lld"
		    " WHERE created_ms = 0 AND HEX(token_hash) LIKE '09%02zx%%'",
		    (long long)cases[i].seen_ms, i));
		assert_int_equal(iap_session_find(world->db, world->arena, fresh.token_hash, &limits,
		    cases[i].now_ms, &session, &err), cases[i].status);
	}
}

static void
use_is_noted_once_a_minute(void **state)
{
	struct world *world = *state;
	struct iap_session_new fresh = { .user_id = 1, .address = "::1", .token_hash = { 7 },
	    .created_ms = 1000 };
	struct iap_session session;
	struct iap_error err = { 0 };

	assert_int_equal(iap_session_insert(world->db, &fresh, &err), IAP_OK);
	assert_int_equal(iap_session_find(world->db, world->arena, fresh.token_hash, &limits, 1001,
	    &session, &err), IAP_OK);
	assert_int_equal(iap_session_update_seen(world->db, &session, 60999, &err), IAP_OK);
	assert_int_equal(count(world, "SELECT COUNT(*) AS count FROM session WHERE seen_ms = 1000"), 1);
	assert_int_equal(iap_session_update_seen(world->db, &session, 61000, &err), IAP_OK);
	assert_int_equal(count(world, "SELECT COUNT(*) AS count FROM session WHERE seen_ms = 61000"),
	    1);
}

static void
wrong_unknown_and_disabled_are_one_answer(void **state)
{
	struct world *world = *state;
	struct iap_signin_done done;
	struct iap_error err = { 0 };
	struct iap_rows ended;

	add_user(world, "gone", "right", &iap_password_cost);
	assert_int_equal(iap_user_disable(world->db, world->arena, "gone", 5, &ended, &err), IAP_OK);
	assert_int_equal(sign_in(world, "ana", "wrong", "::2", &done), IAP_UNAUTHENTICATED);
	assert_int_equal(sign_in(world, "nobody", "right", "::2", &done), IAP_UNAUTHENTICATED);
	assert_int_equal(sign_in(world, "gone", "right", "::2", &done), IAP_UNAUTHENTICATED);
	assert_int_equal(count(world, "SELECT COUNT(*) AS count FROM audit"
	    " WHERE action = 'signin' AND result = 'denied' AND address = '::2'"), 3);
}

/* Tells the hashing apart from looking a name up: an unknown name must cost a hash, too. */
static void
an_unknown_name_takes_as_long_as_a_wrong_password(void **state)
{
	struct world *world = *state;
	struct iap_signin_done done;
	int64_t begun = iap_clock_ticks_ms(), known_ms, unknown_ms;

	(void)sign_in(world, "ana", "wrong", "::3", &done);
	known_ms = iap_clock_ticks_ms() - begun;
	begun = iap_clock_ticks_ms();
	(void)sign_in(world, "nobody", "wrong", "::3", &done);
	unknown_ms = iap_clock_ticks_ms() - begun;
	assert_true(known_ms >= 20);
	assert_true(unknown_ms > known_ms / 4 && known_ms > unknown_ms / 4);
}

static void
ten_wrong_ones_shut_a_name_for_one_address(void **state)
{
	struct world *world = *state;
	struct iap_signin_done done;
	int64_t now_ms = iap_clock_now_ms();

	run(world, iap_arena_format(world->arena, "INSERT INTO signin_attempt"
	    " (account, address, at_ms) SELECT 'ana', '::4', %lld FROM seq_1_to_9",
	    (long long)now_ms));
	assert_int_equal(sign_in(world, "ana", "wrong", "::4", &done), IAP_UNAUTHENTICATED);
	assert_int_equal(sign_in(world, "ana", "right", "::4", &done), IAP_TOO_MANY);
	assert_in_range(done.retry_after_s, 800, 900);
	assert_int_equal(sign_in(world, "ana", "right", "::5", &done), IAP_OK);
	run(world, "UPDATE signin_attempt SET at_ms = at_ms - 900001 WHERE address = '::4'");
	assert_int_equal(sign_in(world, "ana", "right", "::4", &done), IAP_OK);
	assert_int_equal(count(world, "SELECT COUNT(*) AS count FROM signin_attempt"
	    " WHERE address = '::4'"), 0);
}

static void
a_hundred_wrong_ones_shut_an_address(void **state)
{
	struct world *world = *state;
	struct iap_signin_done done;

	run(world, iap_arena_format(world->arena, "INSERT INTO signin_attempt"
	    " (account, address, at_ms) SELECT CONCAT('n', seq), '::6', %lld FROM seq_1_to_100",
	    (long long)iap_clock_now_ms()));
	assert_int_equal(sign_in(world, "ana", "right", "::6", &done), IAP_TOO_MANY);
	assert_int_equal(sign_in(world, "ana", "right", "::7", &done), IAP_OK);
}

static void
a_hash_of_yesterdays_cost_is_renewed(void **state)
{
	static const struct iap_password_cost cheap = { .memory = 8 << 20, .passes = 1 };
	struct world *world = *state;
	struct iap_user_secret before, after;
	struct iap_signin_done done;
	struct iap_error err = { 0 };

	add_user(world, "old", "right", &cheap);
	assert_int_equal(iap_user_secret_find(world->db, world->arena, "old", &before, &err), IAP_OK);
	assert_int_equal(sign_in(world, "old", "right", "::8", &done), IAP_OK);
	assert_int_equal(iap_user_secret_find(world->db, world->arena, "old", &after, &err), IAP_OK);
	assert_string_not_equal(before.password_hash, after.password_hash);
	assert_non_null(strstr(after.password_hash, "m=65536,t=3"));
	assert_int_equal(sign_in(world, "old", "right", "::8", &done), IAP_OK);
}

static void
slots_are_few_and_come_back(void **state)
{
	struct world *world = *state;
	struct iap_error err = { 0 };
	int first, second, third;

	assert_int_equal(iap_slot_open(world->folder, 2, &first, &err), IAP_OK);
	assert_int_equal(iap_slot_open(world->folder, 2, &second, &err), IAP_OK);
	assert_int_equal(iap_slot_open(world->folder, 2, &third, &err), IAP_TOO_MANY);
	iap_file_close(&first);
	assert_int_equal(iap_slot_open(world->folder, 2, &third, &err), IAP_OK);
	iap_file_close(&second);
	iap_file_close(&third);
	assert_int_equal(iap_slot_open("/nonexistent", 2, &third, &err), IAP_UNAVAILABLE);
}

static void
ended_sessions_are_named_by_their_hash(void **state)
{
	struct world *world = *state;
	unsigned char hash[IAP_SESSION_HASH_SIZE] = { 0xab, 0x01 };
	struct iap_error err = { 0 };
	struct stat st;

	assert_int_equal(iap_ended_save(world->folder, hash, &err), IAP_OK);
	assert_int_equal(iap_ended_save(world->folder, hash, &err), IAP_OK);
	assert_int_equal(stat(iap_arena_format(world->arena, "%s/ab01%060d", world->folder, 0), &st),
	    0);
	assert_int_equal(st.st_size, 0);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_right_password_begins_a_session_that_only_its_token_opens),
		cmocka_unit_test(what_cannot_be_a_token_is_none),
		cmocka_unit_test(sessions_end_by_rest_and_by_age),
		cmocka_unit_test(use_is_noted_once_a_minute),
		cmocka_unit_test(wrong_unknown_and_disabled_are_one_answer),
		cmocka_unit_test(an_unknown_name_takes_as_long_as_a_wrong_password),
		cmocka_unit_test(ten_wrong_ones_shut_a_name_for_one_address),
		cmocka_unit_test(a_hundred_wrong_ones_shut_an_address),
		cmocka_unit_test(a_hash_of_yesterdays_cost_is_renewed),
		cmocka_unit_test(slots_are_few_and_come_back),
		cmocka_unit_test(ended_sessions_are_named_by_their_hash),
	};

	(void)argc;
	test_database_begin(argv);
	return cmocka_run_group_tests(tests, begin, end);
}
