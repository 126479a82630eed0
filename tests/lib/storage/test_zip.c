/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zips made by Info-ZIP's zip and by hand: what was put in comes out, by name, whole
 * and by range; torn and joined ones give what they can, and those made to do
 * harm are refused, soon and in little memory.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "storage/storage.h"
#include "storage/zips.h"

static char dir[] = "/tmp/iap-zip-XXXXXX";
static bool have_zip;

static void
run(const char *command)
{
	char whole[4096];

	snprintf(whole, sizeof whole, "cd '%s' && { %s; }", dir, command);
	assert_int_equal(system(whole), 0);
}

static int
begin(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	have_zip = system("command -v zip >/dev/null") == 0;
	run("mkdir -p in/calls/1 in/b z; printf '{\"id\":1}' >in/calls/1/one.json; : >in/b/empty;"
	    "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); echo \"line $i of many\"; done >in/b/text;"
	    "head -c 3000000 /dev/urandom >in/calls/1/noise.mp3; ln -s /etc/passwd in/link");
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
open_folder(void)
{
	const struct iap_storage_conf conf = { .name = "test", .kind = "local", .root = dir };
	struct iap_storage *storage = NULL;
	struct iap_error err;

	assert_int_equal(iap_storage_open(&conf, &storage, &err), IAP_OK);
	return storage;
}

/* All bytes of an object; the status of what failed. */
static enum iap_status
slurp(struct iap_storage *storage, const char *key, unsigned char **bytes, size_t *size)
{
	IAP_CLEANUP(iap_reader_close) struct iap_reader *reader = NULL;
	struct iap_error err;

	*bytes = NULL;
	if (iap_storage_read(storage, key, &reader, &err) != IAP_OK)
		return err.status;
	*bytes = malloc(reader->size + 1);
	if (iap_reader_read_at(reader, 0, *bytes, reader->size, size, &err) == IAP_OK)
		return IAP_OK;
	free(*bytes);
	*bytes = NULL;
	return err.status;
}

static void
assert_same(struct iap_storage *storage, const char *zip, const char *name)
{
	char key[256], file[256];
	unsigned char *got, *wanted;
	size_t got_size, wanted_size;

	snprintf(key, sizeof key, "%s//%s", zip, name);
	snprintf(file, sizeof file, "in/%s", name);
	assert_int_equal(slurp(storage, file, &wanted, &wanted_size), IAP_OK);
	assert_int_equal(slurp(storage, key, &got, &got_size), IAP_OK);
	assert_int_equal(got_size, wanted_size);
	assert_memory_equal(got, wanted, wanted_size);
	free(got);
	free(wanted);
}

static void
assert_ranges(struct iap_storage *storage, const char *zip, const char *name)
{
	IAP_CLEANUP(iap_reader_close) struct iap_reader *reader = NULL;
	char key[256], file[256], bytes[1000];
	unsigned char *wanted;
	struct iap_error err;
	size_t size, got;

	snprintf(key, sizeof key, "%s//%s", zip, name);
	snprintf(file, sizeof file, "in/%s", name);
	assert_int_equal(slurp(storage, file, &wanted, &size), IAP_OK);
	assert_int_equal(iap_storage_read(storage, key, &reader, &err), IAP_OK);
	srandom(7);
	for (int i = 0; i < 40; i++) {
		uint64_t at = (uint64_t)random() % size;
		size_t expected = size - at < sizeof bytes ? size - at : sizeof bytes;

		assert_int_equal(iap_reader_read_at(reader, at, bytes, sizeof bytes, &got, &err), IAP_OK);
		assert_int_equal(got, expected);
		assert_memory_equal(bytes, wanted + at, expected);
	}
	free(wanted);
}

static size_t
notes_of(struct iap_storage *storage, const char *zip)
{
	IAP_CLEANUP(iap_zip_close) struct iap_zip *opened = NULL;
	struct iap_error err;
	size_t count;

	assert_int_equal(iap_zips_open(storage, zip, &opened, &err), IAP_OK);
	iap_zip_notes(opened, &count);
	return count;
}

static const char *const everything[] = { "calls/1/one.json", "calls/1/noise.mp3", "b/empty",
	"b/text" };

static void
what_zip_packs_is_read(void **state)
{
	IAP_CLEANUP(iap_storage_close) struct iap_storage *storage = open_folder();
	static const char *const zips[] = { "z/stored.zip", "z/deflated.ZIP", "z/streamed.zip",
		"z/wide.zip", "z/prefixed.zip", "z/commented.zip" };

	(void)state;
	if (!have_zip)
		skip();
	run("cd in && zip -qry0 ../z/stored.zip . && zip -qry9 ../z/deflated.ZIP . &&"
	    "zip -qry - . | cat >../z/streamed.zip && zip -qry -fz ../z/wide.zip . &&"
	    "{ printf '#!/bin/sh\\nexit\\n'; cat ../z/stored.zip; } >../z/prefixed.zip &&"
	    "echo a comment | zip -qryz ../z/commented.zip . >/dev/null");
	for (size_t i = 0; i < IAP_LENGTH(zips); i++) {
		assert_int_equal(notes_of(storage, zips[i]), 0);
		for (size_t k = 0; k < IAP_LENGTH(everything); k++)
			assert_same(storage, zips[i], everything[k]);
		assert_ranges(storage, zips[i], "b/text");
		assert_ranges(storage, zips[i], "calls/1/noise.mp3");
	}
}

static void
a_zip_is_listed_as_a_folder(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	IAP_CLEANUP(iap_storage_close) struct iap_storage *storage = open_folder();
	struct iap_storage_page page;
	struct iap_object object;
	struct iap_error err;

	(void)state;
	if (!have_zip)
		skip();
	assert_int_equal(iap_storage_list(storage, arena, "z/stored.zip/", &page, &err), IAP_OK);
	assert_int_equal(page.count, 2);
	assert_int_equal(page.skipped, 1); /* the link */
	assert_string_equal(page.entries[0].name, "b");
	assert_true(page.entries[0].directory);
	assert_int_equal(iap_storage_list(storage, arena, "z/stored.zip//calls/1", &page, &err), IAP_OK);
	assert_int_equal(page.count, 2);
	assert_string_equal(page.entries[0].name, "noise.mp3");
	assert_true(!page.entries[0].directory && page.entries[0].size == 3000000);
	assert_int_equal(iap_storage_list(storage, arena, "z/stored.zip//none", &page, &err),
	    IAP_NOT_FOUND);
	assert_int_equal(iap_storage_stat(storage, arena, "z/stored.zip//b/empty", &object, &err), IAP_OK);
	assert_true(object.size == 0);
	assert_int_equal(iap_storage_stat(storage, arena, "z/stored.zip//link", &object, &err),
	    IAP_NOT_FOUND);
	assert_int_equal(iap_storage_stat(storage, arena, "z/stored.zip//../x", &object, &err),
	    IAP_INVALID);
	assert_int_equal(iap_storage_stat(storage, arena, "in/b//text", &object, &err), IAP_INVALID);
}

static void
a_range_of_a_stored_entry_costs_little(void **state)
{
	IAP_CLEANUP(iap_storage_close) struct iap_storage *storage = open_folder();
	IAP_CLEANUP(iap_reader_close) struct iap_reader *archive = NULL, *lent = NULL, *reader = NULL;
	IAP_CLEANUP(iap_zip_close) struct iap_zip *zip = NULL;
	struct iap_error err;
	char bytes[4096];
	uint64_t before;
	size_t got;

	(void)state;
	if (!have_zip)
		skip();
	assert_int_equal(iap_storage_read(storage, "z/stored.zip", &archive, &err), IAP_OK);
	assert_int_equal(iap_zip_open(archive, &zip, &err), IAP_OK);
	before = archive->fetched;
	lent = iap_reader_lend(archive);
	assert_int_equal(iap_zip_read(iap_zip_find(zip, "calls/1/noise.mp3"), "", &lent, &reader, &err),
	    IAP_OK);
	assert_int_equal(iap_reader_read_at(reader, 2000000, bytes, sizeof bytes, &got, &err), IAP_OK);
	assert_true(archive->fetched - before <= sizeof bytes + 100);
}

static void
torn_and_joined_zips_give_what_they_can(void **state)
{
	IAP_CLEANUP(iap_storage_close) struct iap_storage *storage = open_folder();
	unsigned char *bytes;
	size_t size;

	(void)state;
	if (!have_zip)
		skip();
	/* The list in the middle, so that the last entry is the one that is lost. */
	run("cd in && zip -q ../z/a.zip calls/1/one.json b/text calls/1/noise.mp3 &&"
	    "zip -q - calls/1/one.json b/text calls/1/noise.mp3 | cat >../z/s.zip && cd ../z &&"
	    "for i in a s; do head -c -1000000 $i.zip >cut-$i.zip; head -c -30 $i.zip >lost-$i.zip; done;"
	    "cd ../in && zip -q ../z/b.zip b/empty && cat ../z/a.zip ../z/b.zip >../z/joined.zip");
	for (size_t i = 0; i < 4; i++) {
		static const char *const zips[] = { "z/cut-a.zip", "z/cut-s.zip", "z/lost-a.zip",
			"z/lost-s.zip" };
		char key[64];

		assert_true(notes_of(storage, zips[i]) > 0);
		assert_same(storage, zips[i], "calls/1/one.json");
		assert_same(storage, zips[i], "b/text");
		snprintf(key, sizeof key, "%s//calls/1/noise.mp3", zips[i]);
		if (i >= 2) {
			assert_same(storage, zips[i], "calls/1/noise.mp3");
		} else {
			assert_int_equal(slurp(storage, key, &bytes, &size), IAP_NOT_FOUND);
		}
	}
	assert_int_equal(notes_of(storage, "z/joined.zip"), 1);
	assert_same(storage, "z/joined.zip", "b/empty");
	assert_same(storage, "z/joined.zip", "b/text");
}

static void
wrong_bytes_are_noticed(void **state)
{
	IAP_CLEANUP(iap_storage_close) struct iap_storage *storage = open_folder();
	unsigned char *bytes;
	size_t size;

	(void)state;
	if (!have_zip)
		skip();
	run("cp z/stored.zip z/bad.zip; cp z/a.zip z/bad2.zip; for f in z/bad.zip z/bad2.zip; do"
	    " printf 'XYZ' | dd of=$f bs=1 seek=1500 conv=notrunc 2>/dev/null; done;"
	    "s=$(stat -c %s z/bad.zip); printf 'XYZ' | dd of=z/bad.zip bs=1 seek=$((s/2))"
	    " conv=notrunc 2>/dev/null; printf 'no zip at all' >z/none.zip; : >z/nil.zip;"
	    "cd in && zip -q -P secret ../z/locked.zip b/text");
	assert_int_equal(slurp(storage, "z/bad.zip//calls/1/noise.mp3", &bytes, &size), IAP_CORRUPT);
	assert_int_equal(slurp(storage, "z/bad2.zip//b/text", &bytes, &size), IAP_CORRUPT);
	assert_int_equal(slurp(storage, "z/none.zip//x", &bytes, &size), IAP_CORRUPT);
	assert_int_equal(slurp(storage, "z/nil.zip//x", &bytes, &size), IAP_CORRUPT);
	assert_int_equal(slurp(storage, "z/locked.zip//b/text", &bytes, &size), IAP_FORBIDDEN);
	assert_int_equal(slurp(storage, "z/absent.zip//x", &bytes, &size), IAP_NOT_FOUND);
}

/* A zip by hand, field by field (APPNOTE 4.3.7, 4.3.12, 4.3.16). */
struct made {
	struct iap_arena *arena;
	struct iap_buf bytes;
	struct iap_buf directory;
	unsigned int count;
};

static void
number(struct iap_buf *buf, uint64_t value, int size)
{
	for (int i = 0; i < size; i++)
		iap_buf_char(buf, i < 8 ? (char)(value >> 8 * i) : 0);
}

/* The fields that both headers have, from the version to the length of the name. */
static void
common(struct iap_buf *buf, int method, uint64_t packed, uint64_t size, const char *name)
{
	number(buf, 20, 2);
	number(buf, 0, 2);
	number(buf, (uint64_t)method, 2);
	number(buf, 0x58210000, 4);
	number(buf, 0, 4);
	number(buf, packed, 4);
	number(buf, size, 4);
	number(buf, strlen(name), 2);
}

static void
directory_entry(struct made *made, uint64_t at, int method, uint64_t packed, uint64_t size,
    const char *name)
{
	number(&made->directory, 0x02014b50, 4);
	number(&made->directory, 20, 2);
	common(&made->directory, method, packed, size, name);
	number(&made->directory, 0, 12);
	number(&made->directory, at, 4);
	iap_buf_text(&made->directory, name);
	made->count++;
}

static uint64_t
local_entry(struct made *made, int method, uint64_t packed, uint64_t size, const char *name)
{
	uint64_t at = made->bytes.length;

	number(&made->bytes, 0x04034b50, 4);
	common(&made->bytes, method, packed, size, name);
	number(&made->bytes, 0, 2);
	iap_buf_text(&made->bytes, name);
	return at;
}

static struct made *
make(void)
{
	static struct made made;

	made = (struct made){ .arena = iap_arena_new((size_t)1 << 30) };
	iap_buf_open(&made.bytes, made.arena);
	iap_buf_open(&made.directory, made.arena);
	return &made;
}

/* Opens it as a zip: the status, after a look at time and memory. */
static enum iap_status
finish(struct made *made, struct iap_zip **zip)
{
	IAP_CLEANUP(iap_reader_close) struct iap_reader *reader = NULL;
	uint64_t at = made->bytes.length;
	struct timespec before, after;
	struct iap_error err;
	enum iap_status status;

	iap_buf_add(&made->bytes, made->directory.bytes, made->directory.length);
	number(&made->bytes, 0x06054b50, 4);
	number(&made->bytes, 0, 4);
	number(&made->bytes, made->count & 0xffff, 2);
	number(&made->bytes, made->count & 0xffff, 2);
	number(&made->bytes, made->directory.length, 4);
	number(&made->bytes, at, 4);
	number(&made->bytes, 0, 2);
	reader = iap_reader_open_bytes(made->bytes.bytes, made->bytes.length);
	clock_gettime(CLOCK_MONOTONIC, &before);
	status = iap_zip_open(reader, zip, &err);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_true((double)(after.tv_sec - before.tv_sec) +
	    (double)(after.tv_nsec - before.tv_nsec) / 1e9 < 1.0);
	iap_arena_free(&made->arena);
	return status;
}

static void
bombs_are_refused(void **state)
{
	IAP_CLEANUP(iap_zip_close) struct iap_zip *zip = NULL;
	struct made *made = make();
	uint64_t at;

	(void)state;
	/* Many names for one kernel (Fifield 2019): full overlap, then quoted headers. */
	at = local_entry(made, 0, 4, 4, "k");
	iap_buf_text(&made->bytes, "data");
	directory_entry(made, at, 0, 4, 4, "k");
	directory_entry(made, at, 0, 4, 4, "l");
	assert_int_equal(finish(made, &zip), IAP_INVALID);
	made = make();
	at = local_entry(made, 0, 35, 35, "a");
	directory_entry(made, at, 0, 35, 35, "a");
	at = local_entry(made, 0, 4, 4, "b");
	iap_buf_text(&made->bytes, "data");
	directory_entry(made, at, 0, 4, 4, "b");
	assert_int_equal(finish(made, &zip), IAP_INVALID);
	/* A hundred bytes that would be 2 GB. */
	made = make();
	at = local_entry(made, 8, 4, 0x7fffffff, "zeros");
	iap_buf_text(&made->bytes, "data");
	directory_entry(made, at, 8, 4, 0x7fffffff, "zeros");
	assert_int_equal(finish(made, &zip), IAP_INVALID);
	/* A million entries. */
	made = make();
	for (int i = 0; i < 1000000; i++)
		directory_entry(made, local_entry(made, 0, 0, 0, "0123456789"), 0, 0, 0, "0123456789");
	assert_int_equal(finish(made, &zip), IAP_INVALID);
	/* Headers of entries that never end. */
	made = make();
	for (int i = 0; i < 100000; i++) {
		at = local_entry(made, 8, 0, 0, "x");
		made->bytes.bytes[at + 6] = 8;
	}
	made->directory.length = 0;
	assert_int_equal(finish(made, &zip), IAP_OK);
	assert_int_equal(iap_zip_count(zip), 0);
}

static void
names_that_lead_elsewhere_are_passed_over(void **state)
{
	static const char *const wrong[] = { "../up", "a/../../b", "/etc/passwd", "C:\\x", "..\\up",
		"a//b", "./../c", "a/./b", "\\\\host\\share", "..", "." };
	IAP_CLEANUP(iap_zip_close) struct iap_zip *zip = NULL;
	struct made *made = make();

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(wrong); i++)
		directory_entry(made, local_entry(made, 0, 0, 0, wrong[i]), 0, 0, 0, wrong[i]);
	directory_entry(made, local_entry(made, 0, 0, 0, "win\\dows.json"), 0, 0, 0, "win\\dows.json");
	directory_entry(made, local_entry(made, 0, 0, 0, "./dot.json"), 0, 0, 0, "./dot.json");
	assert_int_equal(finish(made, &zip), IAP_OK);
	assert_int_equal(iap_zip_count(zip), 2);
	assert_non_null(iap_zip_find(zip, "win/dows.json"));
	assert_non_null(iap_zip_find(zip, "dot.json"));
}

/* Whatever stands in a zip, opening and reading it ends. */
static void
mutated_zips_do_no_harm(void **state)
{
	IAP_CLEANUP(iap_storage_close) struct iap_storage *storage = open_folder();
	unsigned char *bytes;
	size_t size;

	(void)state;
	if (!have_zip)
		skip();
	run("cd in && zip -q - calls/1/one.json b/text | cat >../z/fuzz.zip");
	assert_int_equal(slurp(storage, "z/fuzz.zip", &bytes, &size), IAP_OK);
	srandom(11);
	for (int i = 0; i < 3000; i++) {
		IAP_CLEANUP(iap_zip_close) struct iap_zip *zip = NULL;
		unsigned char *copy = malloc(size);
		struct iap_reader *reader;
		struct iap_error err;
		size_t length = i % 3 == 0 ? (size_t)random() % size + 1 : size, got;

		memcpy(copy, bytes, size);
		for (int k = 0; k < i % 8; k++) {
			/* Most of the sense is in the headers at the end and the start. */
			size_t at = random() % 2 == 0 ? (size_t)random() % 100 : length - 1 -
			    (size_t)random() % (length < 250 ? length : 250);

			copy[at < length ? at : 0] = (unsigned char)random();
		}
		reader = iap_reader_open_bytes(copy, length);
		if (iap_zip_open(reader, &zip, &err) == IAP_OK)
			for (size_t k = 0; k < 2; k++) {
				const struct iap_zip_entry *entry = iap_zip_find(zip,
				    k == 0 ? "b/text" : "calls/1/one.json");
				struct iap_reader *lent = iap_reader_lend(reader), *entered = NULL;
				char some[5000];

				if (entry != NULL && iap_zip_read(entry, "", &lent, &entered, &err) == IAP_OK)
					(void)(iap_reader_read_at(entered, entered->size / 2, some, sizeof some,
					    &got, &err) == IAP_OK);
				iap_reader_close(&entered);
				iap_reader_close(&lent);
			}
		iap_reader_close(&reader);
		free(copy);
	}
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_zip_packs_is_read),
		cmocka_unit_test(a_zip_is_listed_as_a_folder),
		cmocka_unit_test(a_range_of_a_stored_entry_costs_little),
		cmocka_unit_test(torn_and_joined_zips_give_what_they_can),
		cmocka_unit_test(wrong_bytes_are_noticed),
		cmocka_unit_test(bombs_are_refused),
		cmocka_unit_test(names_that_lead_elsewhere_are_passed_over),
		cmocka_unit_test(mutated_zips_do_no_harm),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
