/* SPDX-License-Identifier: Apache-2.0 */
/* Every statement of the product is prepared against the schema, and no file's list is left out. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "model/schema.h"
#include "model/statements.h"
#include "tests/support/database.h"

#define LIST(name) { #name, &name }

static const struct {
	const char *name;
	const struct iap_statements *list;
} lists[] = {
	LIST(iap_audit_statements),
	LIST(iap_fault_statements),
	LIST(iap_interaction_filter_statements),
	LIST(iap_interaction_find_statements),
	LIST(iap_interaction_list_statements),
	LIST(iap_interaction_resolve_statements),
	LIST(iap_interaction_rows_statements),
	LIST(iap_interaction_write_statements),
	LIST(iap_key_inventory_statements),
	LIST(iap_lease_statements),
	LIST(iap_media_check_statements),
	LIST(iap_media_deep_statements),
	LIST(iap_object_statements),
	LIST(iap_partition_statements),
	LIST(iap_pass_statements),
	LIST(iap_recipient_statements),
	LIST(iap_schema_statements),
	LIST(iap_scope_list_statements),
	LIST(iap_scope_statements),
	LIST(iap_server_statements),
	LIST(iap_session_statements),
	LIST(iap_signin_attempt_statements),
	LIST(iap_source_list_statements),
	LIST(iap_source_statements),
	LIST(iap_user_statements),
	LIST(iap_zip_statements),
};

static const char *
source_folder(const char *below)
{
	static char folder[4096];
	const char *srcdir = getenv("srcdir");

	snprintf(folder, sizeof folder, "%s/%s", srcdir != NULL ? srcdir : ".", below);
	return folder;
}

static void
every_statement_is_accepted_by_the_server(void **state)
{
	struct iap_db *db = test_database_open("statements");
	struct iap_schema_done done;
	struct iap_error err = { 0 };
	size_t prepared = 0;

	(void)state;
	if (iap_schema_migrate(db, source_folder("schema"), test_database_name("statements"), &done,
	    &err) != IAP_OK)
		fail_msg("%s", err.detail);
	for (size_t i = 0; i < IAP_LENGTH(lists); i++)
		for (size_t k = 0; k < lists[i].list->count; k++, prepared++)
			if (iap_db_check(db, lists[i].list->items[k], &err) != IAP_OK)
				fail_msg("%s", err.detail);
	assert_true(prepared > 60);
	iap_db_close(&db);
}

/* Statements with a text of their own, which the file's list must hold; shapes of queries have none. */
static size_t
count_definitions(const char *text)
{
	static const char begin[] = "\nstatic const struct iap_stmt ";
	size_t count = 0;

	while ((text = strstr(text, begin)) != NULL) {
		const char *sql, *end;

		text += strlen(begin);
		sql = strstr(text, ".sql = ");
		end = strstr(text, "};");
		count += *text != '*' && sql != NULL && end != NULL && sql < end;
	}
	return count;
}

static void
every_file_with_statements_offers_them(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new((size_t)16 << 20);
	DIR *dir = opendir(source_folder("lib/model"));
	size_t files = 0;

	(void)state;
	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		struct iap_error err = { 0 };
		char *text, *stem;
		size_t size, i = 0;

		if (strlen(entry->d_name) < 3 ||
		    strcmp(entry->d_name + strlen(entry->d_name) - 2, ".c") != 0)
			continue;
		assert_int_equal(iap_file_load(arena, iap_arena_format(arena, "%s/%s",
		    source_folder("lib/model"), entry->d_name), 1 << 20, &text, &size, &err), IAP_OK);
		if (count_definitions(text) == 0)
			continue;
		stem = iap_arena_copy_bytes(arena, entry->d_name, strlen(entry->d_name) - 2);
		stem = iap_arena_format(arena, "iap_%s_statements", stem);
		while (i < IAP_LENGTH(lists) && strcmp(lists[i].name, stem) != 0)
			i++;
		if (i == IAP_LENGTH(lists))
			fail_msg("%s is not in this test", stem);
		if (lists[i].list->count < count_definitions(text))
			fail_msg("%s defines %zu statements, its list has %zu", entry->d_name,
			    count_definitions(text), lists[i].list->count);
		files++;
	}
	closedir(dir);
	assert_int_equal(files, IAP_LENGTH(lists));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_statement_is_accepted_by_the_server),
		cmocka_unit_test(every_file_with_statements_offers_them),
	};

	(void)argc;
	test_database_begin(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
