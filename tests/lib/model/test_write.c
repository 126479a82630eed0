/* SPDX-License-Identifier: Apache-2.0 */
/* Interactions are written once, moved, joined and kept apart as the architecture says. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "model/interaction_id.h"
#include "model/interaction_write.h"
#include "model/key.h"
#include "model/key_inventory.h"
#include "model/lease.h"
#include "model/media_check.h"
#include "model/partition.h"
#include "model/recipient.h"
#include "model/schema.h"
#include "model/scope.h"
#include "model/source.h"
#include "tests/support/database.h"

/* 2021-02-03T04:05:06.789Z, by date(1). */
#define START INT64_C(1612325106789)

struct fixture {
	struct iap_db *db;
	struct iap_arena *arena;
	struct iap_error err;
};

static void
must(enum iap_status status, const struct iap_error *err)
{
	if (status != IAP_OK)
		fail_msg("%s", err->detail);
}

static int
setup(void **state)
{
	static struct fixture f;
	struct iap_schema_done done;
	const char *srcdir = getenv("srcdir");
	char folder[4096];

	f = (struct fixture){ .arena = iap_arena_new((size_t)256 << 20) };
	f.db = test_database_open("write");
	snprintf(folder, sizeof folder, "%s/schema", srcdir != NULL ? srcdir : ".");
	must(iap_schema_migrate(f.db, folder, test_database_name("write"), &done, &f.err), &f.err);
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

/* What the server answers to a statement of one number. */
static uint64_t
ask(struct fixture *f, const char *expression)
{
	struct row {
		uint64_t x;
	} row = { 0 };
	const struct iap_column columns[] = { IAP_COLUMN(row, x) };
	const struct iap_stmt stmt = { .name = "ask", .sql = iap_arena_format(f->arena,
	    "SELECT %s AS x", expression), .columns = columns, .column_count = 1 };

	must(iap_db_one(f->db, f->arena, &stmt, NULL, 0, &row, &f->err), &f->err);
	return row.x;
}

static const char *
ask_text(struct fixture *f, const char *expression)
{
	struct row {
		const char *x;
	} row = { 0 };
	const struct iap_column columns[] = { IAP_COLUMN(row, x) };
	const struct iap_stmt stmt = { .name = "ask_text", .sql = iap_arena_format(f->arena,
	    "SELECT %s AS x", expression), .columns = columns, .column_count = 1 };

	must(iap_db_one(f->db, f->arena, &stmt, NULL, 0, &row, &f->err), &f->err);
	return row.x;
}

static struct iap_draft
draft_of(struct fixture *f, uint64_t source, const char *key, const char *recording,
    int64_t started)
{
	struct iap_draft draft = {
		.row = { .recording_id = recording, .source_id = source, .scope_id = 1,
			.started_ms = { started >= 0, started }, .call_type = "inbound",
			.state = "unchecked", .media_count = 1, .agents = "[]", .events = "[]",
			.labels = "[]" },
		.place = { .source_id = source, .key_hash = iap_key_hash128(f->arena, key),
			.object_key = key, .size = 10, .slice_end = 10, .blanks = "[]" },
		.media = iap_arena_alloc(f->arena, sizeof(struct iap_draft_media)),
		.media_count = 1,
		.participants = iap_arena_alloc(f->arena, sizeof(struct iap_draft_participant)),
		.participant_count = 1,
		.attributes = iap_arena_array(f->arena, 2, sizeof(struct iap_draft_attribute)),
		.attribute_count = 2,
		.names = iap_arena_alloc(f->arena, sizeof(struct iap_draft_name)),
		.name_count = 1,
	};

	draft.media[0] = (struct iap_draft_media){ .kind = "audio", .type = "audio/mpeg",
		.names = "a.mp3", .document_key = key, .source_id = source, .envelope = "none",
		.state = "unchecked", .masks = "[]" };
	draft.participants[0] = (struct iap_draft_participant){ .kind = "user", .user_name = "ana" };
	draft.attributes[0] = (struct iap_draft_attribute){ .seq = 0, .name = "k", .value = key };
	draft.attributes[1] = (struct iap_draft_attribute){ .seq = 1, .name = "l", .value = "" };
	draft.names[0] = (struct iap_draft_name){ .source_id = source,
		.bare_hash = iap_key_hash64(recording) };
	return draft;
}

static void
write_batch(struct fixture *f, struct iap_draft *drafts, size_t count)
{
	IAP_CLEANUP(iap_tx_end) struct iap_tx *tx = NULL;

	must(iap_tx_begin(f->db, &tx, &f->err), &f->err);
	must(iap_interaction_write(f->db, f->arena, drafts, count, &f->err), &f->err);
	must(iap_tx_commit(&tx, &f->err), &f->err);
}

static void
ids_are_time_and_hash(void **state)
{
	struct iap_maybe_i64 start = { true, START }, none = { false, 0 };
	uint64_t id = iap_interaction_id(start, "abc");

	(void)state;
	/* FIPS 180-4: SHA-256("abc") = ba7816bf...; its first 22 bits are 0x2e9e05. */
	assert_true(id >> 22 == (uint64_t)START);
	assert_true((id & 0x3fffff) == 0x2e9e05);
	assert_true(iap_interaction_id(none, "abc") == 0x2e9e05);
	assert_true(iap_interaction_id_next((5u << 22) | 0x3fffff) == 5u << 22);
	assert_true(iap_interaction_id_next(5u << 22) == ((5u << 22) | 1));
}

static void
writing_twice_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct iap_draft drafts[] = { draft_of(f, 1, "a/1.json", "R1", START),
		draft_of(f, 1, "a/2.json", "R2", START), draft_of(f, 1, "a/3.json", "R3", -1) };

	write_batch(f, drafts, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(drafts[i].outcome, IAP_DRAFT_INSERTED);
	write_batch(f, drafts, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(drafts[i].outcome, IAP_DRAFT_UPDATED);
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM interaction)"), 3);
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM media)"), 3);
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM attribute)"), 6);
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM participant)"), 3);
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM place WHERE own = 1)"), 3);
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM media_name)"), 3);
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM interaction WHERE id >> 22 = 0)"), 1);
}

static void
a_corrected_start_moves_and_leaves_an_alias(void **state)
{
	struct fixture *f = *state;
	struct iap_draft draft = draft_of(f, 1, "a/1.json", "R1", START);
	struct iap_draft second = draft_of(f, 2, "b/1.json", "R1", START);
	uint64_t first_id, second_id;

	write_batch(f, &draft, 1);
	write_batch(f, &second, 1);
	assert_int_equal(second.outcome, IAP_DRAFT_PLACED);
	first_id = draft.row.id;
	draft.row.started_ms.value = START + 1000;
	write_batch(f, &draft, 1);
	second_id = draft.row.id;
	assert_int_equal(draft.outcome, IAP_DRAFT_UPDATED);
	assert_true(second_id >> 22 == (uint64_t)START + 1000);
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM interaction)"), 1);
	assert_true(ask(f, "(SELECT old_id FROM alias)") == first_id);
	assert_true(ask(f, "(SELECT interaction_id FROM alias)") == second_id);
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM media)"), 1);
	assert_int_equal(ask(f, "(SELECT COUNT(DISTINCT interaction_id) FROM place)"), 1);
	/* And back again: the alias turns round. */
	draft.row.started_ms.value = START;
	write_batch(f, &draft, 1);
	assert_true(draft.row.id == first_id);
	assert_true(ask(f, "(SELECT old_id FROM alias)") == second_id);
	assert_true(ask(f, "(SELECT interaction_id FROM alias)") == first_id);
}

static void
the_same_call_from_two_sources_is_one_row(void **state)
{
	struct fixture *f = *state;
	struct iap_draft first = draft_of(f, 1, "a/1.json", "R1", START);
	struct iap_draft second = draft_of(f, 2, "b/1.json", "R1", START);
	struct iap_draft other = draft_of(f, 2, "b/2.json", "R1", START + 1);

	first.row.scope_id = 7;
	write_batch(f, &first, 1);
	second.row.scope_id = 8;
	write_batch(f, &second, 1);
	write_batch(f, &other, 1);
	write_batch(f, &second, 1);
	assert_int_equal(second.outcome, IAP_DRAFT_PLACED);
	assert_true(second.row.id == first.row.id);
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM interaction)"), 2);
	assert_int_equal(ask(f, iap_arena_format(f->arena,
	    "(SELECT scope_id * 10 + source_id FROM interaction WHERE id = %llu)",
	    (unsigned long long)first.row.id)), 71);
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM place)"), 3);
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM place WHERE own = 0)"), 1);
}

static void
a_clash_takes_the_next_id_and_never_anothers_row(void **state)
{
	struct fixture *f = *state;
	struct iap_draft mine = draft_of(f, 1, "a/1.json", "R1", START);
	struct iap_draft again = draft_of(f, 1, "a/1.json", "R1", START);
	uint64_t wanted = iap_interaction_id(mine.row.started_ms, "R1");

	must(iap_db_script(f->db, iap_arena_format(f->arena, "INSERT INTO interaction SET id = %llu,"
	    " recording_id = 'stranger', source_id = 9, scope_id = 1, started_ms = %lld, call_type ="
	    " 'unknown', state = 'ok', reviewed = 1, valid = 1, encrypted = 0, has_screen = 0,"
	    " media_count = 0, agents = '[]'", (unsigned long long)wanted, (long long)START), &f->err),
	    &f->err);
	must(iap_db_script(f->db, iap_arena_format(f->arena, "INSERT INTO tombstone VALUES (%llu,"
	    " UNHEX(REPEAT('00', 16)), 1)", (unsigned long long)wanted + 1), &f->err), &f->err);
	must(iap_db_script(f->db, iap_arena_format(f->arena, "INSERT INTO alias VALUES (%llu, 5)",
	    (unsigned long long)wanted + 2), &f->err), &f->err);
	write_batch(f, &mine, 1);
	assert_true(mine.row.id == wanted + 3);
	write_batch(f, &again, 1);
	assert_true(again.row.id == wanted + 3);
	assert_string_equal(ask_text(f, iap_arena_format(f->arena,
	    "(SELECT recording_id FROM interaction WHERE id = %llu)", (unsigned long long)wanted)),
	    "stranger");
}

static void
an_erased_call_stays_erased(void **state)
{
	struct fixture *f = *state;
	struct iap_draft draft = draft_of(f, 1, "a/1.json", "R1", START);

	must(iap_db_script(f->db, iap_arena_format(f->arena, "INSERT INTO tombstone VALUES (%llu,"
	    " LEFT(UNHEX(SHA2('R1', 256)), 16), 1)",
	    (unsigned long long)iap_interaction_id(draft.row.started_ms, "R1")), &f->err), &f->err);
	write_batch(f, &draft, 1);
	assert_int_equal(draft.outcome, IAP_DRAFT_ERASED);
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM interaction)"), 0);
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM place)"), 0);
}

static void
one_batch_may_tell_of_a_call_twice(void **state)
{
	struct fixture *f = *state;
	struct iap_draft drafts[] = { draft_of(f, 1, "a/1.json", "R1", START),
		draft_of(f, 1, "a/2.json", "R1", START), draft_of(f, 1, "a/3.json", "R2", START) };

	/* Two elements of one file, which change places. */
	drafts[2].place.element = 1;
	drafts[2].place.key_hash = drafts[0].place.key_hash;
	drafts[2].place.object_key = drafts[0].place.object_key;
	write_batch(f, drafts, 3);
	assert_int_equal(drafts[1].outcome, IAP_DRAFT_PLACED);
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM interaction)"), 2);
	drafts[0].place.element = 1;
	drafts[2].place.element = 0;
	write_batch(f, drafts, 3);
	assert_int_equal(drafts[0].outcome, IAP_DRAFT_UPDATED);
	assert_int_equal(drafts[1].outcome, IAP_DRAFT_PLACED);
	assert_int_equal(drafts[2].outcome, IAP_DRAFT_UPDATED);
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM interaction)"), 2);
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM place)"), 3);
}

static void
each_quarter_has_its_own_partition(void **state)
{
	struct fixture *f = *state;
	/* The first moments of quarters and the last before, by date(1). */
	const int64_t moments[] = { 1612325106789, 1609459200000, 1609459199999, 1617235200000,
		4102444800000, 0 };
	uint64_t ids[IAP_LENGTH(moments)];

	for (size_t i = 0; i < IAP_LENGTH(moments); i++)
		ids[i] = iap_interaction_id_floor(moments[i]) + 7;
	must(iap_partition_ensure(f->db, ids, 2, &f->err), &f->err);
	must(iap_partition_ensure(f->db, ids, IAP_LENGTH(ids), &f->err), &f->err);
	must(iap_partition_ensure(f->db, ids, IAP_LENGTH(ids), &f->err), &f->err);
	for (const char *const *table = iap_partitioned_tables; *table != NULL; table++)
		assert_string_equal(ask_text(f, iap_arena_format(f->arena,
		    "(SELECT GROUP_CONCAT(partition_name ORDER BY partition_ordinal_position) FROM"
		    " information_schema.partitions WHERE table_schema = DATABASE() AND table_name = '%s')",
		    *table)),
		    "p_first,p2020q4,p2021q1,p2021q2,p_from_2021q3,p2100q1,p_last");
	assert_int_equal(ask(f, iap_arena_format(f->arena, "(SELECT partition_description FROM"
	    " information_schema.partitions WHERE table_schema = DATABASE() AND table_name = 'media'"
	    " AND partition_name = 'p2021q1')")) >> 22, 1617235200000);
}

static void
workers_that_split_at_once_do_not_disturb_each_other(void **state)
{
	enum { WORKERS = 4, QUARTERS = 6 };
	struct fixture *f = *state;
	int status;

	for (int worker = 0; worker < WORKERS; worker++) {
		if (fork() != 0)
			continue;
		struct iap_db_conf conf = test_database_conf(getenv("IAP_TEST_NAME"));
		struct iap_error err = { 0 };
		struct iap_db *db = NULL;
		bool ok = iap_db_open(&conf, &db, &err) == IAP_OK;

		for (int i = 0; ok && i < QUARTERS; i++) {
			uint64_t id = iap_interaction_id_floor(START + (int64_t)i * 92 * 86400000);

			ok = iap_partition_ensure(db, &id, 1, &err) == IAP_OK;
		}
		if (!ok)
			fprintf(stderr, "# %s\n", err.detail);
		_exit(ok ? 0 : 1);
	}
	for (int worker = 0; worker < WORKERS; worker++) {
		wait(&status);
		assert_int_equal(status, 0);
	}
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM information_schema.partitions WHERE table_schema"
	    " = DATABASE() AND table_name = 'interaction')"), QUARTERS + 2);
}

static void
a_lease_is_one_workers_until_it_ends(void **state)
{
	struct fixture *f = *state;
	const struct iap_source source = { .name = "s", .kind = "local", .region = "",
		.division_rule = "tenant" };
	const char *owner = iap_lease_owner(f->arena);
	struct iap_source found;
	char *dead;

	must(iap_source_insert(f->db, &source, &f->err), &f->err);
	assert_int_equal(iap_source_insert(f->db, &source, &f->err), IAP_CONFLICT);
	must(iap_source_find(f->db, f->arena, "s", &found, &f->err), &f->err);
	must(iap_lease_begin(f->db, found.id, owner, &f->err), &f->err);
	assert_int_equal(iap_lease_begin(f->db, found.id, "elsewhere:1:2:abc:d", &f->err), IAP_CONFLICT);
	assert_non_null(strstr(f->err.detail, owner));
	must(iap_lease_renew(f->db, found.id, owner, &f->err), &f->err);
	assert_false(iap_lease_owner_ended(owner));
	/* When it began and on which kernel are part of the name. */
	assert_null(strstr(owner, ":0:"));
	assert_null(strstr(owner, "unknown"));
	must(iap_lease_end(f->db, found.id, owner, &f->err), &f->err);
	must(iap_lease_begin(f->db, found.id, "elsewhere:1:2:abc:d", &f->err), &f->err);
	assert_int_equal(iap_lease_begin(f->db, found.id, owner, &f->err), IAP_CONFLICT);
	assert_int_equal(iap_lease_renew(f->db, found.id, owner, &f->err), IAP_CONFLICT);
	/* One that was killed on this machine is noticed at once. */
	{
		pid_t child = fork();
		int status;

		if (child == 0)
			_exit(0);
		waitpid(child, &status, 0);
		dead = iap_arena_format(f->arena, "%.*s:%d:%s", (int)strcspn(owner, ":"), owner, (int)child,
		    strchr(strchr(owner, ':') + 1, ':') + 1);
	}
	assert_true(iap_lease_owner_ended(dead));
	assert_false(iap_lease_owner_ended("elsewhere:1:2:abc:d"));
	must(iap_source_remove(f->db, "s", &f->err), &f->err);
	assert_int_equal(iap_source_find(f->db, f->arena, "s", &found, &f->err), IAP_NOT_FOUND);
	must(iap_source_insert(f->db, &source, &f->err), &f->err);
}

static void
scopes_and_recipients_are_made_once(void **state)
{
	struct fixture *f = *state;
	const char *items[] = { "/US", "/US/East" };
	const struct iap_texts two = { items, 2 }, none = { NULL, 0 };
	const unsigned char fingerprint[IAP_FINGERPRINT_SIZE] = { 0xff, 0x00, 0x80 };
	uint64_t a, b, c, r, s;

	must(iap_scope_save(f->db, "north", &two, &a, &f->err), &f->err);
	must(iap_scope_save(f->db, "north", &two, &b, &f->err), &f->err);
	must(iap_scope_save(f->db, NULL, &none, &c, &f->err), &f->err);
	assert_true(a == b && a != c);
	assert_string_equal(ask_text(f, "(SELECT divisions FROM scope WHERE region = 'north')"),
	    "[\"/US\",\"/US/East\"]");
	assert_int_equal(ask(f, "(SELECT COUNT(*) FROM scope_division)"), 2);
	must(iap_recipient_save(f->db, fingerprint, "CN=x", "10", &r, &f->err), &f->err);
	must(iap_recipient_save(f->db, fingerprint, "CN=x", "10", &s, &f->err), &f->err);
	assert_true(r == s);
}

static void
an_imported_key_frees_what_it_opens(void **state)
{
	struct fixture *f = *state;
	unsigned char one[IAP_FINGERPRINT_SIZE] = { 1 }, two[IAP_FINGERPRINT_SIZE] = { 2 };
	const struct iap_key_import certificate = { .fingerprint = { one, sizeof one },
		.key_id_fingerprint = { two, sizeof two }, .subject = "CN=s", .issuer = "CN=i",
		.serial = "1", .not_before_ms = 1, .not_after_ms = 2 };
	struct iap_draft drafts[] = { draft_of(f, 1, "a/1.json", "R1", START),
		draft_of(f, 1, "a/2.json", "R2", START) };
	struct iap_draft_recipient recipients[2] = { 0 };
	struct iap_refreshed refreshed;
	struct iap_rows keys;
	const struct iap_key_row *key;
	uint64_t ids[2], count;

	must(iap_recipient_save(f->db, two, "CN=i", "1", &recipients[0].recipient_id, &f->err), &f->err);
	for (size_t i = 0; i < 2; i++)
		drafts[i].media[0].state = "no_key";
	drafts[0].recipients = recipients;
	drafts[0].recipient_count = 1;
	write_batch(f, drafts, 2);
	ids[0] = drafts[0].row.id;
	ids[1] = drafts[1].row.id;
	must(iap_interaction_refresh(f->db, f->arena, ids, 2, &refreshed, &f->err), &f->err);
	assert_int_equal(refreshed.failed, 2);
	must(iap_key_inventory_list(f->db, f->arena, &keys, &f->err), &f->err);
	assert_int_equal(keys.count, 1);
	key = keys.items;
	assert_false(key->present);
	assert_int_equal(key->recordings, 1);
	assert_int_equal(key->shut, 1);
	must(iap_key_inventory_save(f->db, &certificate, &f->err), &f->err);
	must(iap_key_inventory_save(f->db, &certificate, &f->err), &f->err);
	must(iap_media_key_arrived(f->db, &count, &f->err), &f->err);
	assert_int_equal(count, 1);
	must(iap_key_inventory_list(f->db, f->arena, &keys, &f->err), &f->err);
	assert_int_equal(keys.count, 1);
	key = keys.items;
	assert_true(key->present);
	assert_int_equal(key->recordings, 1);
	assert_string_equal(ask_text(f, "(SELECT GROUP_CONCAT(CONCAT(state, reviewed, valid) ORDER BY"
	    " recording_id) FROM interaction)"), "ok11,no_key10");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_time_and_hash),
		cmocka_unit_test_setup_teardown(writing_twice_changes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(a_corrected_start_moves_and_leaves_an_alias, setup, teardown),
		cmocka_unit_test_setup_teardown(the_same_call_from_two_sources_is_one_row, setup, teardown),
		cmocka_unit_test_setup_teardown(a_clash_takes_the_next_id_and_never_anothers_row, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(an_erased_call_stays_erased, setup, teardown),
		cmocka_unit_test_setup_teardown(one_batch_may_tell_of_a_call_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(each_quarter_has_its_own_partition, setup, teardown),
		cmocka_unit_test_setup_teardown(workers_that_split_at_once_do_not_disturb_each_other, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(a_lease_is_one_workers_until_it_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(scopes_and_recipients_are_made_once, setup, teardown),
		cmocka_unit_test_setup_teardown(an_imported_key_frees_what_it_opens, setup, teardown),
	};

	(void)argc;
	test_database_begin(argv);
	setenv("IAP_TEST_NAME", test_database_name("write"), 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
