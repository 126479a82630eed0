/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages, orders and filters. The oracle is plain SQL over the same tables in
 * one statement, without windows, cursors or parameters; conditions are
 * written anew here, in other words than the code's.
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
#include "model/interaction_find.h"
#include "model/interaction_list.h"
#include "model/schema.h"
#include "tests/support/database.h"

enum { CALLS = 400, EVERYTHING = 1000 };

struct world {
	struct iap_db *db;
	struct iap_arena *arena;
	struct iap_scopes scopes;
	struct iap_viewer all;
};

struct id_row {
	uint64_t id;
};

static const struct iap_column id_columns[] = {
	IAP_COLUMN(id_row, id),
};

static void
run(struct world *world, const char *sql)
{
	struct iap_error err = { 0 };

	if (iap_db_script(world->db, sql, &err) != IAP_OK)
		fail_msg("%s: %s", sql, err.detail);
}

static struct iap_rows
ask_oracle(struct world *world, const char *condition, const char *order)
{
	const struct iap_stmt stmt = {
		.name = "oracle",
		.sql = iap_arena_format(world->arena,
		    "SELECT id FROM interaction WHERE %s ORDER BY %s", condition, order),
		.columns = id_columns, .column_count = 1, .row_size = sizeof(struct id_row),
	};
	struct iap_error err = { 0 };
	struct iap_rows rows;

	if (iap_db_all(world->db, world->arena, &stmt, NULL, 0, &rows, &err) != IAP_OK)
		fail_msg("%s", err.detail);
	return rows;
}

/* A call every 5 days or so for five years, and some without a start or a duration. */
static void
make_call(struct world *world, int i)
{
	static const char *const types[] = { "inbound", "outbound", "internal", "unknown" };
	static const char *const states[] = { "ok", "ok", "empty", "missing", "no_key" };
	static const char *const callers[] = {
		"'+61 2 5550 1234', '61255501234'", "'61255509999', '61255509999'",
		"'anonymous', NULL", "'100%_sure', '100'", "NULL, NULL", "'sip:77@pbx', '77'",
	};
	bool dated = i % 97 != 3;
	long long started_ms = 1500000000000LL + i * 433333333LL;
	unsigned long long id = dated ? ((unsigned long long)started_ms << 22) + (unsigned)i : (unsigned)i;
	char sql[1000], started[32] = "NULL", duration[32] = "NULL";

	if (dated)
		snprintf(started, sizeof started, "%lld", started_ms);
	if (i % 7 != 0)
		snprintf(duration, sizeof duration, "%d", i % 11 * 1000);
	snprintf(sql, sizeof sql, "INSERT INTO interaction (id, recording_id, source_id, scope_id,"
	    " started_ms, duration_ms, caller, caller_digits, dialed, dialed_digits, call_type,"
	    " state, reviewed, valid, encrypted, has_screen, media_count, agents) VALUES (%llu,"
	    " 'R-%d', %d, %d, %s, %s, %s, '1300', '1300', '%s', '%s', 1, %d, %d, 0, 1,"
	    " '[{\"user\":\"u%d\",\"name\":\"%s\"}]')", id, i, 1 + i % 2, 1 + i % 3, started,
	    duration, callers[i % 6], types[i % 4], states[i % 5], i % 5 < 2, i % 3 == 0, i % 10,
	    i % 10 == 4 ? "Zo\xc3\xab M\xc3\xbcller" : "Ann Smith");
	run(world, sql);
	snprintf(sql, sizeof sql, "INSERT INTO participant (interaction_id, seq, kind, user_name)"
	    " VALUES (%llu, 0, 'user', 'u%d'), (%llu, 1, 'external', 'u%d')", id, i % 10, id,
	    (i + 1) % 10);
	run(world, sql);
	snprintf(sql, sizeof sql, "INSERT INTO attribute (interaction_id, seq, name, value) VALUES"
	    " (%llu, 0, 'Segment', '%s'), (%llu, 1, 'Case', 'C%d')", id, i % 2 ? "Gold" : "gold",
	    id, i % 50);
	run(world, sql);
}

static int
begin(void **state)
{
	static struct world world;
	const char *srcdir = getenv("srcdir");
	struct iap_schema_done done;
	struct iap_error err = { 0 };
	char folder[4096];

	world.arena = iap_arena_new((size_t)1 << 30);
	world.db = test_database_open("list");
	snprintf(folder, sizeof folder, "%s/schema", srcdir != NULL ? srcdir : ".");
	if (iap_schema_migrate(world.db, folder, test_database_name("list"), &done, &err) != IAP_OK)
		fail_msg("%s", err.detail);
	run(&world, "INSERT INTO source (id, name, kind, added_ms) VALUES (1, 'one', 'local', 0),"
	    " (2, 'two', 'local', 0)");
	run(&world, "INSERT INTO scope (id, region, divisions_hash, divisions) VALUES"
	    " (1, 'EU', UNHEX(MD5('1')), '[\"/US/East\"]'), (2, 'US', UNHEX(MD5('2')), '[\"/USA\"]'),"
	    " (3, '', UNHEX(MD5('3')), '[\"/EU\",\"/US\"]')");
	for (int i = 0; i < CALLS; i++)
		make_call(&world, i);
	if (iap_scopes_load(world.db, world.arena, &world.scopes, &err) != IAP_OK)
		fail_msg("%s", err.detail);
	world.all.all_regions = world.all.all_divisions = true;
	iap_viewer_resolve(&world.all, world.arena, &world.scopes);
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

static struct iap_interaction_page
list(struct world *world, const struct iap_interaction_search *search)
{
	struct iap_interaction_page page;
	struct iap_error err = { 0 };

	if (iap_interaction_list(world->db, world->arena, &world->all, search, &page,
	    &err) != IAP_OK)
		fail_msg("%s", err.detail);
	return page;
}

/* Walks through all pages and holds what they have against the oracle's ids. */
static void
walk(struct world *world, struct iap_interaction_search search, const struct iap_rows *expected)
{
	const struct id_row *ids = expected->items;
	size_t seen = 0, rounds = 0;
	struct iap_interaction_page page;

	do {
		page = list(world, &search);
		assert_true(page.count <= search.limit);
		for (size_t i = 0; i < page.count; i++, seen++) {
			assert_true(seen < expected->count);
			assert_true(page.items[i].id == ids[seen].id);
		}
		if (!page.searched_back_ms.set)
			assert_int_equal(page.total, expected->count);
		search.after = page.next;
		assert_true(++rounds < 5000);
	} while (page.next.set);
	assert_int_equal(seen, expected->count);
}

static void
every_order_and_page_size_gives_every_call_once(void **state)
{
	static const char *const orders[] = {
		[IAP_SORT_NEWEST] = "id DESC",
		[IAP_SORT_OLDEST] = "id",
		[IAP_SORT_SHORTEST] = "duration_ms IS NOT NULL, duration_ms, id",
		[IAP_SORT_LONGEST] = "duration_ms IS NULL, duration_ms DESC, id DESC",
	};
	static const size_t limits[] = { 1, 7, 50, 500 };
	struct world *world = *state;

	for (int sort = 0; sort < IAP_SORT_COUNT; sort++) {
		struct iap_rows expected = ask_oracle(world, "TRUE", orders[sort]);

		assert_int_equal(expected.count, CALLS);
		for (size_t l = 0; l < IAP_LENGTH(limits); l++) {
			const struct iap_interaction_search search = {
				.sort = (enum iap_interaction_sort)sort, .limit = limits[l],
				.budget_ms = 60000,
			};

			walk(world, search, &expected);
		}
	}
}

static void
without_time_to_search_every_call_is_found_in_the_end(void **state)
{
	struct world *world = *state;
	struct iap_rows newest = ask_oracle(world, "caller = 'anonymous'", "id DESC");
	struct iap_rows oldest = ask_oracle(world, "caller = 'anonymous'", "id");
	struct iap_interaction_search search = {
		.filter = { .caller = "anonymous" }, .limit = 30, .budget_ms = 0,
	};
	struct iap_interaction_page page = list(world, &search);

	/* Five years are more than one window. */
	assert_true(page.searched_back_ms.set && page.next.set);
	assert_false(page.total_exact);
	walk(world, search, &newest);
	search.sort = IAP_SORT_OLDEST;
	walk(world, search, &oldest);
}

static void
filters_narrow_as_sql_does(void **state)
{
	static const struct iap_attribute_filter gold[] = { { "Segment", "Gold" } };
	static const struct iap_attribute_filter both[] = { { "Segment", "gold" }, { "Case", "C8" } };
	static const struct { struct iap_interaction_filter filter; const char *condition; } cases[] = {
		{ { .from_ms = { true, 1550000000000 } }, "started_ms >= 1550000000000" },
		{ { .until_ms = { true, 1550000000000 } },
		  "started_ms IS NULL OR started_ms < 1550000000000" },
		{ { .from_ms = { true, 1500433333333 }, .until_ms = { true, 1500866666666 } },
		  "recording_id = 'R-1'" },
		{ { .agent = "u4" }, "agents LIKE '%\"u4\"%'" },
		{ { .agent = "ann SMITH" }, "agents LIKE '%Ann Smith%'" },
		{ { .agent = "ZO\xc3\x8b m\xc3\x9cLLER" }, "agents LIKE '%u4%'" },
		{ { .agent = "zo\xc3\xab*" }, "agents LIKE '%u4%'" },
		{ { .agent = "Ann" }, "FALSE" },
		{ { .agent = "An%" }, "FALSE" },
		{ { .agent = "u*" }, "TRUE" },
		{ { .caller = "+61 (2) 5550-1234" }, "caller = '+61 2 5550 1234'" },
		{ { .caller = "61255501234" }, "caller = '+61 2 5550 1234'" },
		{ { .caller = "6125550*" }, "caller_digits IN ('61255501234', '61255509999')" },
		{ { .caller = "anonymous" }, "caller = 'anonymous'" },
		{ { .caller = "anon*" }, "caller = 'anonymous'" },
		{ { .caller = "100%_s*" }, "caller = '100%_sure'" },
		{ { .caller = "a%*" }, "FALSE" },
		{ { .caller = "sip:77@pbx" }, "caller = 'sip:77@pbx'" },
		{ { .dialed = "1300" }, "TRUE" },
		{ { .dialed = "13" }, "FALSE" },
		{ { .call_type = "outbound" }, "call_type = 3" },
		{ { .state = "no_key" }, "state = 6" },
		{ { .source = "two" }, "source_id = 2" },
		{ { .source = "three" }, "FALSE" },
		{ { .region = "EU" }, "scope_id = 1" },
		{ { .division = "/US" }, "scope_id IN (1, 3)" },
		{ { .division = "/US/East" }, "scope_id = 1" },
		{ { .division = "/U" }, "FALSE" },
		{ { .region = "US", .division = "/US" }, "FALSE" },
		{ { .encrypted = { true, 1 } }, "encrypted = 1" },
		{ { .encrypted = { true, 0 } }, "encrypted <> 1" },
		{ { .duration_min_ms = { true, 9000 } }, "duration_ms > 8999" },
		{ { .duration_max_ms = { true, 0 } }, "duration_ms = 0" },
		{ { .attributes = gold, .attribute_count = 1 }, "MOD(SUBSTR(recording_id, 3), 2) = 1" },
		{ { .attributes = both, .attribute_count = 2 }, "MOD(SUBSTR(recording_id, 3), 50) = 8" },
		{ { .failed = true }, "state IN ('empty', 'missing', 'no_key')" },
		{ { .failed = true, .state = "empty", .agent = "u7" },
		  "state = 'empty' AND agents LIKE '%u7%'" },
		{ { .words = "R-17" }, "recording_id = 'R-17'" },
		{ { .words = "+61-2-5550-1234" }, "caller = '+61 2 5550 1234'" },
		{ { .words = "m\xc3\xbcll" }, "agents LIKE '%u4%'" },
		{ { .words = "C8" }, "MOD(SUBSTR(recording_id, 3), 50) = 8" },
	};
	struct world *world = *state;

	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		const struct iap_interaction_search search = {
			.filter = cases[i].filter, .limit = EVERYTHING, .budget_ms = 60000,
		};
		struct iap_rows expected = ask_oracle(world, cases[i].condition, "id DESC");
		const struct id_row *ids = expected.items;
		struct iap_interaction_page page = list(world, &search);

		if (page.count != expected.count)
			fail_msg("%s: %zu calls, not %zu", cases[i].condition, page.count,
			    expected.count);
		for (size_t c = 0; c < page.count; c++)
			if (page.items[c].id != ids[c].id)
				fail_msg("%s: call %s", cases[i].condition,
				    page.items[c].recording_id);
	}
}

static void
totals_are_told_up_to_a_thousand(void **state)
{
	struct world *world = *state;
	const struct iap_interaction_search search = { .limit = 10, .budget_ms = 60000 };
	struct iap_interaction_page page = list(world, &search);

	assert_int_equal(page.total, CALLS);
	assert_true(page.total_exact);
	run(world, "INSERT INTO interaction SELECT id + 1000, CONCAT(recording_id, 'b'), source_id,"
	    " scope_id, started_ms, ended_ms, duration_ms, caller, caller_digits, dialed,"
	    " dialed_digits, call_type, state, reviewed, valid, encrypted, has_screen, media_count,"
	    " agents FROM interaction");
	run(world, "INSERT INTO interaction SELECT id + 10000, CONCAT(recording_id, 'c'), source_id,"
	    " scope_id, started_ms, ended_ms, duration_ms, caller, caller_digits, dialed,"
	    " dialed_digits, call_type, state, reviewed, valid, encrypted, has_screen, media_count,"
	    " agents FROM interaction WHERE recording_id < 'R-3'");
	page = list(world, &search);
	assert_int_equal(page.total, 1000);
	assert_false(page.total_exact);
	run(world, "DELETE FROM interaction WHERE recording_id LIKE '%b' OR recording_id LIKE '%c'");
}

static void
causes_are_counted_without_their_own_filter(void **state)
{
	struct world *world = *state;
	const struct iap_interaction_filter filter = { .state = "empty", .source = "one" };
	const struct iap_failed_cause *causes;
	struct iap_error err = { 0 };
	struct iap_rows rows;

	assert_int_equal(iap_failed_causes_list(world->db, world->arena, &world->all, &filter,
	    &rows, &err), IAP_OK);
	causes = rows.items;
	assert_int_equal(rows.count, 3);
	for (size_t i = 0; i < rows.count; i++) {
		struct iap_rows expected = ask_oracle(world, iap_arena_format(world->arena,
		    "source_id = 1 AND state = '%s'", causes[i].state), "id");

		assert_int_equal(causes[i].count, expected.count);
	}
}

static void
an_old_id_leads_to_the_call(void **state)
{
	struct world *world = *state;
	struct iap_rows newest = ask_oracle(world, "started_ms IS NOT NULL", "id DESC");
	uint64_t id = ((const struct id_row *)newest.items)->id;
	struct iap_viewer nobody = { .user_id = 1 };
	struct iap_interaction found;
	struct iap_error err = { 0 };

	run(world, iap_arena_format(world->arena, "INSERT INTO alias VALUES (5000, %llu)",
	    (unsigned long long)id));
	assert_int_equal(iap_interaction_find(world->db, world->arena, &world->all, 5000, &found,
	    &err), IAP_OK);
	assert_true(found.id == id);
	iap_viewer_resolve(&nobody, world->arena, &world->scopes);
	assert_int_equal(iap_interaction_find(world->db, world->arena, &nobody, 5000, &found,
	    &err), IAP_NOT_FOUND);
	assert_int_equal(iap_interaction_find(world->db, world->arena, &world->all, 5001, &found,
	    &err), IAP_NOT_FOUND);
}

static void
own_is_whom_the_call_names_as_agent(void **state)
{
	struct world *world = *state;
	struct iap_rows rows = ask_oracle(world, "recording_id = 'R-14'", "id");
	const struct iap_viewer agent = { .name = "u4" }, customer = { .name = "u5" };
	struct iap_interaction call = { .id = ((const struct id_row *)rows.items)->id };
	struct iap_error err = { 0 };
	bool own = false;

	assert_int_equal(iap_interaction_check_own(world->db, world->arena, &agent, &call, &own,
	    &err), IAP_OK);
	assert_true(own);
	assert_int_equal(iap_interaction_check_own(world->db, world->arena, &customer, &call, &own,
	    &err), IAP_OK);
	assert_false(own);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_order_and_page_size_gives_every_call_once),
		cmocka_unit_test(without_time_to_search_every_call_is_found_in_the_end),
		cmocka_unit_test(filters_narrow_as_sql_does),
		cmocka_unit_test(totals_are_told_up_to_a_thousand),
		cmocka_unit_test(causes_are_counted_without_their_own_filter),
		cmocka_unit_test(an_old_id_leads_to_the_call),
		cmocka_unit_test(own_is_whom_the_call_names_as_agent),
	};

	(void)argc;
	test_database_begin(argv);
	return cmocka_run_group_tests(tests, begin, end);
}
