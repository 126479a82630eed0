/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who sees what. The oracle is SQL over the tables of users and scopes, which
 * shares nothing with the code under test; a few plain cases are by hand.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "db/query.h"
#include "model/interaction_find.h"
#include "model/interaction_list.h"
#include "model/schema.h"
#include "model/session.h"
#include "model/user.h"
#include "model/viewer.h"
#include "tests/support/database.h"

enum { SCOPES = 60, USERS = 1000 };

static const char *const regions[] = { "", "EU", "US", "US-East", "APAC" };
static const char *const divisions[] = {
	"/US", "/US/East", "/US/East/Claims", "/USA", "/EU", "/EU/Sales", "claims", "claims/motor",
	"claimsx", "/%", "/_S", "/M\xc3\xbcnchen",
};

struct world {
	struct iap_db *db;
	struct iap_arena *arena;
	struct iap_scopes scopes;
	uint64_t seed;
};

/* The same numbers on every run (xorshift64). */
static size_t
pick(struct world *world, size_t count)
{
	world->seed ^= world->seed << 13;
	world->seed ^= world->seed >> 7;
	world->seed ^= world->seed << 17;
	return (size_t)(world->seed % count);
}

static void
run(struct world *world, const char *sql)
{
	struct iap_error err = { 0 };

	if (iap_db_script(world->db, sql, &err) != IAP_OK)
		fail_msg("%s: %s", sql, err.detail);
}

struct id_row {
	uint64_t id;
};

static const struct iap_column id_columns[] = {
	IAP_COLUMN(id_row, id),
};

/* What the database says for a user: the ids of the scopes that the user may see. */
static struct iap_rows
ask_oracle(struct world *world, uint64_t user_id)
{
	static const struct iap_stmt oracle = {
		.name = "oracle",
		.sql = "SELECT s.id FROM scope s, user u WHERE u.id = ?"
		       "   AND (u.all_regions = 1 OR (s.region <> '' AND s.region IN"
		       "       (SELECT r.region FROM user_region r WHERE r.user_id = u.id)))"
		       "   AND (u.all_divisions = 1 OR 0 < (SELECT COUNT(*)"
		       "         FROM scope_division d, user_division g"
		       "        WHERE d.scope_id = s.id AND g.user_id = u.id"
		       "          AND CONCAT(g.division, '/') ="
		       "              LEFT(CONCAT(d.division, '/'), CHAR_LENGTH(g.division) + 1)))"
		       " ORDER BY s.id",
		.columns = id_columns,
		.column_count = IAP_LENGTH(id_columns),
		.row_size = sizeof(struct id_row),
	};
	const struct iap_value values[] = { iap_u64(user_id) };
	struct iap_error err = { 0 };
	struct iap_rows rows;

	if (iap_db_all(world->db, world->arena, &oracle, values, 1, &rows, &err) != IAP_OK)
		fail_msg("%s", err.detail);
	return rows;
}

/* Scopes of random divisions, and one call in each. */
static void
make_scopes(struct world *world)
{
	char sql[600];

	run(world, "INSERT INTO source (id, name, kind, added_ms) VALUES (1, 's', 'local', 0)");
	for (int id = 1; id <= SCOPES; id++) {
		unsigned int set = 0;
		char json[300] = "[";

		for (size_t d = pick(world, 4); d > 0; d--)
			set |= 1u << pick(world, IAP_LENGTH(divisions));
		for (size_t d = 0; d < IAP_LENGTH(divisions); d++) {
			if ((set & (1u << d)) == 0)
				continue;
			snprintf(sql, sizeof sql, "INSERT INTO scope_division VALUES (%d, '%s')", id,
			    divisions[d]);
			run(world, sql);
			snprintf(json + strlen(json), sizeof json - strlen(json), "%s\"%s\"",
			    json[1] == '\0' ? "" : ",", divisions[d]);
		}
		snprintf(sql, sizeof sql, "INSERT INTO scope (id, region, divisions_hash, divisions)"
		    " VALUES (%d, '%s', UNHEX(MD5('%d')), '%s]')", id,
		    regions[pick(world, IAP_LENGTH(regions))], id, json);
		run(world, sql);
		snprintf(sql, sizeof sql, "INSERT INTO interaction (id, recording_id, source_id,"
		    " scope_id, started_ms, call_type, state, reviewed, valid, encrypted, has_screen,"
		    " media_count, agents) VALUES (%llu, 'r%d', 1, %d, %d, 'inbound', 'ok', 1, 1, 0, 0,"
		    " 1, '[]')", ((unsigned long long)(1600000000000 + id * 86400000LL)) << 22, id, id,
		    id);
		run(world, sql);
	}
}

static void
make_user(struct world *world, int number)
{
	const char *own_regions[3], *own_divisions[3];
	char name[32];
	struct iap_user_new user = {
		.name = name, .role = "analyst", .regions = own_regions, .divisions = own_divisions,
		.all_regions = pick(world, 4) == 0, .all_divisions = pick(world, 4) == 0,
	};
	struct iap_error err = { 0 };
	unsigned int taken = 0;

	snprintf(name, sizeof name, "user%d", number);
	for (size_t i = pick(world, 4); i > 0; i--) {
		size_t region = 1 + pick(world, IAP_LENGTH(regions) - 1);

		if ((taken & (1u << region)) == 0)
			own_regions[user.region_count++] = regions[region];
		taken |= 1u << region;
	}
	taken = 0;
	for (size_t i = pick(world, 4); i > 0; i--) {
		size_t division = pick(world, IAP_LENGTH(divisions));

		if ((taken & (1u << division)) == 0)
			own_divisions[user.division_count++] = divisions[division];
		taken |= 1u << division;
	}
	if (iap_user_insert(world->db, world->arena, &user, &err) != IAP_OK)
		fail_msg("%s", err.detail);
}

static int
begin(void **state)
{
	static struct world world = { .seed = 88172645463325252ULL };
	struct iap_schema_done done;
	struct iap_error err = { 0 };
	char folder[4096];
	const char *srcdir = getenv("srcdir");

	world.arena = iap_arena_new((size_t)1 << 30);
	world.db = test_database_open("viewer");
	snprintf(folder, sizeof folder, "%s/schema", srcdir != NULL ? srcdir : ".");
	if (iap_schema_migrate(world.db, folder, test_database_name("viewer"), &done,
	    &err) != IAP_OK)
		fail_msg("%s", err.detail);
	make_scopes(&world);
	for (int i = 0; i < USERS; i++)
		make_user(&world, i);
	if (iap_scopes_load(world.db, world.arena, &world.scopes, &err) != IAP_OK)
		fail_msg("%s", err.detail);
	*state = &world;
	return 0;
}

static int
end(void **state)
{
	struct world *world = *state;

	iap_scopes_free(&world->scopes);
	iap_db_close(&world->db);
	iap_arena_free(&world->arena);
	return 0;
}

/* The viewer of a user, as a session gives it. */
static struct iap_viewer
viewer_of(struct world *world, uint64_t user_id)
{
	const struct iap_session_limits limits = { 60000, 60000 };
	struct iap_session_new session = {
		.user_id = user_id, .created_ms = 1000, .address = "::1", .agent = "test",
	};
	struct iap_error err = { 0 };
	struct iap_session found;

	memcpy(session.token_hash, &user_id, sizeof user_id);
	if (iap_session_insert(world->db, &session, &err) != IAP_OK ||
	    iap_session_find(world->db, world->arena, session.token_hash, &limits, 2000, &found,
	    &err) != IAP_OK)
		fail_msg("%s", err.detail);
	iap_viewer_resolve(&found.viewer, world->arena, &world->scopes);
	return found.viewer;
}

static void
check_list(struct world *world, const struct iap_viewer *viewer, const struct iap_rows *expected)
{
	const struct iap_interaction_search search = {
		.sort = IAP_SORT_OLDEST, .limit = SCOPES + 1, .budget_ms = 60000,
	};
	const struct id_row *ids = expected->items;
	struct iap_interaction_page page;
	struct iap_error err = { 0 };

	if (iap_interaction_list(world->db, world->arena, viewer, &search, &page, &err) != IAP_OK)
		fail_msg("%s", err.detail);
	assert_int_equal(page.count, expected->count);
	assert_int_equal(page.total, expected->count);
	for (size_t i = 0; i < page.count; i++)
		assert_true(page.items[i].scope_id == ids[i].id);
}

/* The call of each scope is found or not found, as the oracle says. */
static void
check_finds(struct world *world, const struct iap_viewer *viewer,
    const struct iap_rows *expected)
{
	const struct id_row *ids = expected->items;

	for (uint64_t id = 1, next = 0; id <= SCOPES; id++) {
		bool visible = next < expected->count && ids[next].id == id;
		struct iap_interaction interaction;
		struct iap_error err = { 0 };
		enum iap_status status = iap_interaction_find(world->db, world->arena, viewer,
		    (1600000000000 + id * 86400000ULL) << 22, &interaction, &err);

		assert_int_equal(status, visible ? IAP_OK : IAP_NOT_FOUND);
		next += visible;
	}
}

static void
a_thousand_users_see_what_sql_says(void **state)
{
	struct world *world = *state;
	size_t seen = 0, blind = 0;

	for (uint64_t user_id = 1; user_id <= USERS; user_id++) {
		struct iap_rows expected = ask_oracle(world, user_id);
		const struct id_row *ids = expected.items;
		struct iap_viewer viewer = viewer_of(world, user_id);

		assert_int_equal(viewer.scope_count, expected.count);
		for (size_t i = 0; i < expected.count; i++)
			assert_true(viewer.scopes[i] == ids[i].id);
		check_list(world, &viewer, &expected);
		if (user_id % 10 == 0)
			check_finds(world, &viewer, &expected);
		seen += expected.count;
		blind += expected.count == 0;
		if (user_id % 50 == 0)
			iap_arena_reset(world->arena);
	}
	/* Neither everything nor nothing: the oracle had something to say. */
	assert_true(seen > USERS && seen < (size_t)USERS * SCOPES / 2);
	assert_true(blind > USERS / 10 && blind < USERS);
}

static void
plain_cases_by_hand(void **state)
{
	static const char *us[] = { "/US" }, *eu_region[] = { "EU" };
	static const char *inner[] = { "/US/East" }, *other[] = { "/USA" };
	const struct iap_scope east = { .region = "EU", .divisions = inner, .division_count = 1 };
	const struct iap_scope usa = { .region = "EU", .divisions = other, .division_count = 1 };
	const struct iap_scope homeless = { .region = "", .divisions = inner, .division_count = 1 };
	const struct iap_scope undivided = { .region = "EU" };
	const struct iap_viewer own = { .regions = eu_region, .region_count = 1, .divisions = us,
	    .division_count = 1 };
	const struct iap_viewer all = { .all_regions = true, .all_divisions = true };
	const struct iap_viewer all_regions = { .all_regions = true, .divisions = us,
	    .division_count = 1 };
	const struct iap_viewer nobody = { .user_id = 1 };

	(void)state;
	assert_true(iap_viewer_check_scope(&own, &east));
	assert_false(iap_viewer_check_scope(&own, &usa));
	assert_false(iap_viewer_check_scope(&own, &homeless));
	assert_false(iap_viewer_check_scope(&own, &undivided));
	assert_true(iap_viewer_check_scope(&all, &undivided));
	assert_true(iap_viewer_check_scope(&all, &homeless));
	assert_true(iap_viewer_check_scope(&all_regions, &homeless));
	assert_false(iap_viewer_check_scope(&all_regions, &undivided));
	assert_false(iap_viewer_check_scope(&nobody, &east));
}

static void
a_viewer_that_was_not_resolved_sees_nothing(void **state)
{
	struct world *world = *state;
	const struct iap_viewer careless = { .all_regions = true, .all_divisions = true };
	const struct iap_interaction_search search = { .limit = 10, .budget_ms = 1000 };
	struct iap_interaction_page page;
	struct iap_error err = { 0 };

	assert_int_equal(iap_interaction_list(world->db, world->arena, &careless, &search, &page,
	    &err), IAP_OK);
	assert_int_equal(page.count, 0);
}

static void
a_new_scope_is_noticed(void **state)
{
	struct world *world = *state;
	struct iap_error err = { 0 };
	size_t before = world->scopes.count;

	run(world, "INSERT INTO scope (id, region, divisions_hash, divisions)"
	    " VALUES (7000, 'EU', UNHEX(MD5('new')), '[\"/US\"]')");
	assert_int_equal(iap_scopes_load(world->db, world->arena, &world->scopes, &err), IAP_OK);
	assert_int_equal(world->scopes.count, before + 1);
	assert_string_equal(iap_scopes_find(&world->scopes, 7000)->divisions[0], "/US");
	assert_null(iap_scopes_find(&world->scopes, 6999));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_cases_by_hand),
		cmocka_unit_test(a_thousand_users_see_what_sql_says),
		cmocka_unit_test(a_viewer_that_was_not_resolved_sees_nothing),
		cmocka_unit_test(a_new_scope_is_noticed),
	};

	(void)argc;
	test_database_begin(argv);
	return cmocka_run_group_tests(tests, begin, end);
}
