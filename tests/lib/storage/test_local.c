/* SPDX-License-Identifier: Apache-2.0 */
/* A folder made by the shell; nothing outside it can be named, opened or listed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/macros.h"
#include "storage/storage.h"

static char dir[] = "/tmp/iap-storage-XXXXXX";
static char root[64];

static void
run(const char *command)
{
	char whole[2048];

	snprintf(whole, sizeof whole, "cd '%s' && { %s; }", dir, command);
	assert_int_equal(system(whole), 0);
}

static int
begin(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(root, sizeof root, "%s/root", dir);
	run("mkdir -p root/a/b root/empty outside; printf secret >outside/file;"
	    "printf hello >root/a/call.json; printf x >root/a/b/deep; printf '' >root/a/zero;"
	    "ln -s ../../outside/file root/a/link; ln -s ../outside root/out; ln -s call.json root/a/in;"
	    "mkfifo root/a/fifo; printf n >\"$(printf 'root/a/\\377\\n name')\"");
	return 0;
}

static int
end(void **state)
{
	char whole[128];

	(void)state;
	snprintf(whole, sizeof whole, "rm -rf -- '%s'", dir);
	return system(whole);
}

static struct iap_storage *
open_root(void)
{
	const struct iap_storage_conf conf = { .name = "test", .kind = "local", .root = root };
	struct iap_storage *storage = NULL;
	struct iap_error err;

	assert_int_equal(iap_storage_open(&conf, &storage, &err), IAP_OK);
	return storage;
}

static enum iap_status
try_key(struct iap_storage *storage, struct iap_arena *arena, const char *key)
{
	IAP_CLEANUP(iap_reader_close) struct iap_reader *reader = NULL;
	struct iap_object object;
	struct iap_error err;
	enum iap_status looked = iap_storage_stat(storage, arena, key, &object, &err);
	enum iap_status opened = iap_storage_read(storage, key, &reader, &err);

	assert_int_equal(looked, opened);
	return opened;
}

static void
only_regular_files_below_the_root_are_objects(void **state)
{
	static const struct { const char *key; enum iap_status status; } cases[] = {
		{ "a/call.json", IAP_OK }, { "a/b/deep", IAP_OK }, { "a/zero", IAP_OK },
		{ "a/\xff\n name", IAP_OK },
		{ "a", IAP_NOT_FOUND }, { "a/b", IAP_NOT_FOUND }, { "a/nothing", IAP_NOT_FOUND },
		{ "a/call.json/x", IAP_NOT_FOUND }, { "a/link", IAP_NOT_FOUND },
		{ "a/in", IAP_NOT_FOUND }, { "out/file", IAP_NOT_FOUND }, { "a/fifo", IAP_NOT_FOUND },
		{ "", IAP_INVALID }, { "/", IAP_INVALID }, { "a/", IAP_INVALID }, { "/a", IAP_INVALID },
		{ "a//call.json", IAP_INVALID }, { ".", IAP_INVALID }, { "./a", IAP_INVALID },
		{ "a/./call.json", IAP_INVALID }, { "a/.", IAP_INVALID },
		{ "..a/call.json", IAP_NOT_FOUND }, { "a/...", IAP_NOT_FOUND },
	};
	IAP_CLEANUP(iap_storage_close) struct iap_storage *storage = open_root();
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++)
		if (try_key(storage, arena, cases[i].key) != cases[i].status)
			fail_msg("%s", cases[i].key);
}

/* Every way to write "up" in every place of a path: 5 * 6 * 5 = 150 names. */
static void
no_name_leads_out_of_the_root(void **state)
{
	static const char *const before[] = { "", "a/", "a/b/", "/", "./" };
	static const char *const up[] = { "..", "../..", "../../..", "b/../..", ".././..", "...//.." };
	static const char *const after[] = { "/outside/file", "/../outside/file", "", "/",
		"/etc/passwd" };
	IAP_CLEANUP(iap_storage_close) struct iap_storage *storage = open_root();
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	char key[256];

	(void)state;
	for (size_t b = 0; b < IAP_LENGTH(before); b++)
		for (size_t u = 0; u < IAP_LENGTH(up); u++)
			for (size_t a = 0; a < IAP_LENGTH(after); a++) {
				struct iap_storage_page page;
				struct iap_error err;

				snprintf(key, sizeof key, "%s%s%s", before[b], up[u], after[a]);
				assert_int_equal(try_key(storage, arena, key), IAP_INVALID);
				assert_int_equal(iap_storage_list(storage, arena, key, &page, &err),
				    IAP_INVALID);
			}
}

static void
a_directory_is_listed_whole_and_in_order(void **state)
{
	static const struct { const char *name; bool directory; uint64_t size; } wanted[] = {
		{ "b", true, 0 }, { "call.json", false, 5 }, { "zero", false, 0 },
		{ "\xff\n name", false, 1 },
	};
	IAP_CLEANUP(iap_storage_close) struct iap_storage *storage = open_root();
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_storage_page page;
	struct iap_error err;

	(void)state;
	assert_int_equal(iap_storage_list(storage, arena, "a", &page, &err), IAP_OK);
	assert_int_equal(page.count, IAP_LENGTH(wanted));
	assert_int_equal(page.skipped, 3);
	for (size_t i = 0; i < page.count; i++) {
		assert_string_equal(page.entries[i].name, wanted[i].name);
		assert_int_equal(page.entries[i].directory, wanted[i].directory);
		assert_int_equal(page.entries[i].size, wanted[i].size);
		assert_true(page.entries[i].mtime_ns > 1700000000 * INT64_C(1000000000));
	}
	assert_int_equal(iap_storage_list(storage, arena, "", &page, &err), IAP_OK);
	assert_int_equal(page.count, 2);
	assert_int_equal(iap_storage_list(storage, arena, "empty", &page, &err), IAP_OK);
	assert_int_equal(page.count, 0);
	assert_int_equal(iap_storage_list(storage, arena, "out", &page, &err), IAP_NOT_FOUND);
	assert_int_equal(iap_storage_list(storage, arena, "a/zero", &page, &err), IAP_NOT_FOUND);
	run("rmdir root/empty");
	assert_int_equal(iap_storage_list(storage, arena, "empty", &page, &err), IAP_NOT_FOUND);
}

static void
bytes_are_read_anywhere_and_the_end_is_seen(void **state)
{
	IAP_CLEANUP(iap_storage_close) struct iap_storage *storage = open_root();
	IAP_CLEANUP(iap_reader_close) struct iap_reader *reader = NULL;
	struct iap_error err;
	char bytes[16];
	size_t got;

	(void)state;
	assert_int_equal(iap_storage_read(storage, "a/call.json", &reader, &err), IAP_OK);
	iap_storage_close(&storage);
	assert_int_equal(reader->size, 5);
	assert_int_equal(iap_reader_read_at(reader, 2, bytes, sizeof bytes, &got, &err), IAP_OK);
	assert_int_equal(got, 3);
	assert_memory_equal(bytes, "llo", 3);
	assert_int_equal(iap_reader_read_at(reader, 5, bytes, 1, &got, &err), IAP_OK);
	assert_int_equal(got, 0);
	run(": >root/a/call.json");
	assert_int_equal(iap_reader_read_at(reader, 0, bytes, 5, &got, &err), IAP_OK);
	assert_int_equal(got, 0);
	run("printf hello >root/a/call.json");
}

static void
what_is_no_storage_is_said_clearly(void **state)
{
	struct iap_storage_conf conf = { .name = "x", .kind = "tape", .root = "/" };
	struct iap_storage *storage = NULL;
	struct iap_error err;

	(void)state;
	assert_int_equal(iap_storage_open(&conf, &storage, &err), IAP_INVALID);
	assert_non_null(strstr(err.detail, "source x: unknown kind \"tape\"; known: local"));
	conf.kind = "local";
	conf.root = "relative";
	assert_int_equal(iap_storage_open(&conf, &storage, &err), IAP_INVALID);
	conf.root = "/nonexistent/folder";
	assert_int_equal(iap_storage_open(&conf, &storage, &err), IAP_UNAVAILABLE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_regular_files_below_the_root_are_objects),
		cmocka_unit_test(no_name_leads_out_of_the_root),
		cmocka_unit_test(a_directory_is_listed_whole_and_in_order),
		cmocka_unit_test(bytes_are_read_anywhere_and_the_end_is_seen),
		cmocka_unit_test(what_is_no_storage_is_said_clearly),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
