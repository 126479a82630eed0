/* SPDX-License-Identifier: Apache-2.0 */
/* The files that say where a source lies. */
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

#include "conf/source.h"

static char folder[64];

static int
make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/iap-source-XXXXXX");
	return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static void
write_file(const char *name, const char *text)
{
	char path[160];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void
remove_file(const char *name)
{
	char path[160];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_int_equal(unlink(path), 0);
}

static void
a_source_is_saved_listed_read_and_removed(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	const struct iap_source_conf wanted = { "b-2", "local", "/a path/Andr\xc3\xa9 = #1" };
	struct iap_source_conf got;
	struct iap_error err = { 0 };
	const char *const *names;
	size_t count;

	(void)state;
	assert_int_equal(iap_source_conf_save(arena, folder, &wanted, &err), IAP_OK);
	write_file("a.conf", "# by hand\nkind = local\nroot = /r\n");
	write_file(".hidden.conf", "");
	write_file("a.conf.old", "");
	assert_int_equal(iap_source_conf_list(arena, folder, &names, &count, &err), IAP_OK);
	assert_int_equal(count, 2);
	assert_string_equal(names[0], "a");
	assert_string_equal(names[1], "b-2");
	assert_int_equal(iap_source_conf_load(arena, folder, "b-2", &got, &err), IAP_OK);
	assert_string_equal(got.root, wanted.root);
	assert_string_equal(got.kind, "local");
	assert_int_equal(iap_source_conf_load(arena, folder, "a", &got, &err), IAP_OK);
	assert_string_equal(got.root, "/r");
	assert_int_equal(iap_source_conf_delete(arena, folder, "b-2", &err), IAP_OK);
	assert_int_equal(iap_source_conf_delete(arena, folder, "b-2", &err), IAP_NOT_FOUND);
	assert_int_equal(iap_source_conf_load(arena, folder, "b-2", &got, &err), IAP_NOT_FOUND);
	remove_file("a.conf");
	remove_file(".hidden.conf");
	remove_file("a.conf.old");
}

static void
names_and_roots_cannot_leave_their_place(void **state)
{
	static const char *const names[] = { "", "..", "../a", "a/b", ".a", "-a", "a b", "a\n",
		"0123456789012345678901234567890123456789012345678901234567890123x" };
	static const char *const roots[] = { "relative", "", "/a\nkind = x", "/a ", "/\xff" };
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_source_conf source;
	struct iap_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(names); i++) {
		assert_int_equal(iap_source_conf_load(arena, folder, names[i], &source, &err), IAP_INVALID);
		source = (struct iap_source_conf){ names[i], "local", "/r" };
		assert_int_equal(iap_source_conf_save(arena, folder, &source, &err), IAP_INVALID);
	}
	for (size_t i = 0; i < IAP_LENGTH(roots); i++) {
		source = (struct iap_source_conf){ "a", "local", roots[i] };
		assert_int_equal(iap_source_conf_save(arena, folder, &source, &err), IAP_INVALID);
	}
}

static void
a_wrong_file_is_refused_with_its_line(void **state)
{
	static const struct { const char *text, *says; } cases[] = {
		{ "kind = local\n", "root must be an absolute path" },
		{ "root = /r\n", "kind must be local" },
		{ "kind = s4\nroot = /r\n", "kind must be local" },
		{ "kind = local\nroot = r\n", "root must be an absolute path" },
		{ "kind = local\nrot = /r\n", "a.conf:2: unknown setting rot" },
		{ "[x]\nkind = local\n", "a.conf:2: a source has no sections" },
	};
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_source_conf source;
	struct iap_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		write_file("a.conf", cases[i].text);
		assert_int_equal(iap_source_conf_load(arena, folder, "a", &source, &err), IAP_INVALID);
		if (strstr(err.detail, cases[i].says) == NULL)
			fail_msg("\"%s\" does not say \"%s\"", err.detail, cases[i].says);
	}
	remove_file("a.conf");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_source_is_saved_listed_read_and_removed),
		cmocka_unit_test(names_and_roots_cannot_leave_their_place),
		cmocka_unit_test(a_wrong_file_is_refused_with_its_line),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
