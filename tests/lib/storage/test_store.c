/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every kind of storage promises, asked of each: built once for local,
 * once for s3 (Ceph's gateway) and once for azure (Azurite). What the store
 * holds was put there, and written down, by tests/support/seed-store.mjs.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "storage/loaded.h"
#include "storage/shelf.h"
#include "tests/support/store.h"

enum { OBJECTS_MAX = 4000, LARGE = 9 * 1024 * 1024 + 5, READ_MAX = 16 * 1024 * 1024 };

struct object {
	char *key;
	uint64_t size;
	const char *sha256;
	bool seen;
};

/* All tests look at one store; each opens it for itself. */
struct fixture {
	struct iap_arena *arena;
	struct iap_storage_conf conf;
	struct iap_storage *storage;
	struct object *objects; /* ordered by key */
	size_t count;
	char *bytes;            /* READ_MAX of them, to read into */
};

static int
compare_objects(const void *a, const void *b)
{
	return strcmp(((const struct object *)a)->key, ((const struct object *)b)->key);
}

static struct object *
find_object(const struct fixture *fixture, const char *key)
{
	struct object wanted = { .key = (char *)(uintptr_t)key };

	return bsearch(&wanted, fixture->objects, fixture->count, sizeof wanted, compare_objects);
}

static int
begin(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	struct iap_error err = { 0 };
	char *text, *next = NULL;
	size_t size;

	fixture->arena = iap_arena_new(64 << 20);
	fixture->bytes = malloc(READ_MAX);
	fixture->conf = test_store_conf(fixture->arena);
	fixture->storage = test_store_open(&fixture->conf);
	fixture->objects = iap_arena_array(fixture->arena, OBJECTS_MAX, sizeof *fixture->objects);
	if (iap_file_load(fixture->arena, test_store_file(fixture->arena, "manifest"), 4 << 20,
	    &text, &size, &err) != IAP_OK)
		return -1;
	for (char *line = strtok_r(text, "\n", &next); line != NULL; line = strtok_r(NULL, "\n", &next)) {
		struct object *object = &fixture->objects[fixture->count++];
		char *word = strtok(line, " ");

		object->key = iap_arena_alloc(fixture->arena, strlen(word) / 2 + 1);
		if (!iap_text_from_hex(word, object->key, strlen(word) / 2) ||
		    !iap_text_parse_u64(strtok(NULL, " "), &object->size))
			return -1;
		object->sha256 = strtok(NULL, " ");
	}
	qsort(fixture->objects, fixture->count, sizeof *fixture->objects, compare_objects);
	*state = fixture;
	return fixture->count > 2000 ? 0 : -1;
}

static int
end(void **state)
{
	struct fixture *fixture = *state;

	iap_storage_close(&fixture->storage);
	iap_arena_free(&fixture->arena);
	free(fixture->bytes);
	free(fixture);
	return 0;
}

/* Lists `dir` and all below it; counts what was found and marks it. */
static void
walk(struct fixture *fixture, const char *dir, size_t *found)
{
	struct iap_error err = { 0 };
	struct iap_storage_page page;

	assert_int_equal(iap_storage_list(fixture->storage, fixture->arena, dir, &page, &err), IAP_OK);
	for (size_t i = 0; i < page.count; i++) {
		const struct iap_storage_entry *entry = &page.entries[i];
		const char *key = iap_arena_format(fixture->arena, "%s%s%s", dir, dir[0] == '\0' ? "" : "/",
		    entry->name);
		struct object *object = find_object(fixture, key);

		if (i != 0)
			assert_true(strcmp(page.entries[i - 1].name, entry->name) <= 0);
		if (entry->directory) {
			walk(fixture, key, found);
			continue;
		}
		assert_non_null(object);
		assert_false(object->seen);
		object->seen = true;
		assert_int_equal(entry->size, object->size);
		assert_true(entry->mtime_ns > INT64_C(1700000000000000000));
		(*found)++;
	}
}

static void
listings_show_every_object_once(void **state)
{
	struct fixture *fixture = *state;
	size_t found = 0;

	walk(fixture, "", &found);
	assert_int_equal(found, fixture->count);
}

static void
names_that_are_no_keys_are_counted(void **state)
{
	struct fixture *fixture = *state;
	struct iap_error err = { 0 };
	struct iap_storage_page page;

	if (strcmp(fixture->conf.kind, "s3") != 0)
		return;
	assert_int_equal(iap_storage_list(fixture->storage, fixture->arena, "twice", &page, &err),
	    IAP_OK);
	assert_int_equal(page.count, 0);
	assert_int_equal(page.skipped, 2);
}

static void
every_object_is_known_and_read(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < fixture->count; i++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
		IAP_CLEANUP(iap_reader_close) struct iap_reader *reader = NULL;
		const struct object *object = &fixture->objects[i];
		unsigned char hash[IAP_SHA256_SIZE];
		struct iap_error err = { 0 };
		struct iap_object known;
		size_t got;

		/* Of the many plain ones a tenth will do. */
		if (iap_text_begins(object->key, "many/") && i % 10 != 0)
			continue;
		assert_int_equal(iap_storage_stat(fixture->storage, arena, object->key, &known, &err),
		    IAP_OK);
		assert_string_equal(known.key, object->key);
		assert_int_equal(known.size, object->size);
		assert_int_equal(iap_storage_read(fixture->storage, object->key, &reader, &err), IAP_OK);
		assert_int_equal(reader->size, object->size);
		assert_true(reader->mtime_ns == known.mtime_ns);
		assert_int_equal(iap_reader_read_at(reader, 0, fixture->bytes, READ_MAX, &got, &err),
		    IAP_OK);
		assert_int_equal(got, object->size);
		iap_hash_sha256(fixture->bytes, got, hash);
		assert_string_equal(iap_text_to_hex(arena, hash, sizeof hash), object->sha256);
	}
}

static void
what_is_listed_is_what_is_known(void **state)
{
	struct fixture *fixture = *state;
	struct iap_error err = { 0 };
	struct iap_storage_page page;
	struct iap_object known;

	assert_int_equal(iap_storage_list(fixture->storage, fixture->arena, "", &page, &err), IAP_OK);
	for (size_t i = 0; i < page.count; i++) {
		if (page.entries[i].directory)
			continue;
		assert_int_equal(iap_storage_stat(fixture->storage, fixture->arena, page.entries[i].name,
		    &known, &err), IAP_OK);
		assert_true(known.mtime_ns == page.entries[i].mtime_ns);
	}
}

static void
ranges_are_read_anywhere(void **state)
{
	struct fixture *fixture = *state;
	struct iap_reader *reader = NULL;
	struct iap_error err = { 0 };
	uint64_t seed = 1;

	assert_int_equal(iap_storage_read(fixture->storage, "large", &reader, &err), IAP_OK);
	for (int i = 0; i < 100; i++) {
		uint64_t offset;
		size_t size, got;

		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		offset = (seed >> 20) % LARGE;
		size = (size_t)(seed >> 45) % (i % 2 == 0 ? 100 : 400000) + 1;
		assert_int_equal(iap_reader_read_at(reader, offset, fixture->bytes, size, &got, &err),
		    IAP_OK);
		assert_int_equal(got, offset + size > LARGE ? LARGE - offset : size);
		for (size_t j = 0; j < got; j++) {
			uint64_t at = offset + j;

			if ((unsigned char)fixture->bytes[j] != (unsigned char)(at ^ (at >> 8) ^ (at >> 16)))
				fail_msg("byte %llu is another", (unsigned long long)at);
		}
	}
	iap_reader_close(&reader);
}

static void
what_is_not_there_is_not_found(void **state)
{
	static const char *const keys[] = { "nothing", "a", "a/b", "many/none", "top.txt/x", "Top.txt" };
	struct fixture *fixture = *state;
	struct iap_reader *reader = NULL;
	struct iap_storage_page page;
	struct iap_object known;

	for (size_t i = 0; i < IAP_LENGTH(keys); i++) {
		struct iap_error err = { 0 };

		assert_int_equal(iap_storage_stat(fixture->storage, fixture->arena, keys[i], &known, &err),
		    IAP_NOT_FOUND);
		assert_int_equal(iap_storage_read(fixture->storage, keys[i], &reader, &err),
		    IAP_NOT_FOUND);
		assert_null(reader);
	}
	for (size_t i = 0; i < 2; i++) {
		struct iap_error err = { 0 };

		assert_int_equal(iap_storage_list(fixture->storage, fixture->arena,
		    i == 0 ? "no folder" : "top.txt", &page, &err), IAP_NOT_FOUND);
	}
}

static void
many_are_loaded_at_once(void **state)
{
	struct fixture *fixture = *state;
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(64 << 20);
	struct iap_storage_load *loads = iap_arena_array(arena, fixture->count + 3, sizeof *loads);
	size_t count = fixture->count;

	for (size_t i = 0; i < count; i++) {
		uint64_t size = fixture->objects[i].size;

		loads[i].key = fixture->objects[i].key;
		/* Just what there is, one more, and of large ones the beginning. */
		loads[i].wanted = size > 1000 ? 1000 : (size_t)size + i % 2;
	}
	loads[count].key = "nothing";
	loads[count].wanted = 10;
	loads[count + 1].key = "../top.txt";
	loads[count + 1].wanted = 10;
	loads[count + 2].key = "empty";
	loads[count + 2].wanted = 10;
	iap_storage_load_all(fixture->storage, arena, loads, count + 3, 32);
	for (size_t i = 0; i < count; i++) {
		const struct object *object = &fixture->objects[i];
		unsigned char hash[IAP_SHA256_SIZE];

		if (loads[i].status != IAP_OK)
			fail_msg("%s", loads[i].detail);
		if (loads[i].wanted == 0)
			continue;
		assert_int_equal(loads[i].whole, object->size);
		assert_int_equal(loads[i].bytes[loads[i].size], '\0');
		if (object->size > 1000) {
			assert_int_equal(loads[i].size, 1000);
			assert_int_equal((unsigned char)loads[i].bytes[999], (999 ^ 3) & 255);
			continue;
		}
		assert_int_equal(loads[i].size, object->size);
		assert_true(object->size == 0 || loads[i].mtime_ns > INT64_C(1700000000000000000));
		iap_hash_sha256(loads[i].bytes, loads[i].size, hash);
		assert_string_equal(iap_text_to_hex(arena, hash, sizeof hash), object->sha256);
	}
	assert_int_equal(loads[count].status, IAP_NOT_FOUND);
	assert_non_null(strstr(loads[count].detail, "read nothing: "));
	assert_int_equal(loads[count + 1].status, IAP_INVALID);
	assert_int_equal(loads[count + 2].status, IAP_OK);
	assert_int_equal(loads[count + 2].size, 0);
}

static void
a_loaded_beginning_is_read_without_asking(void **state)
{
	struct fixture *fixture = *state;
	struct iap_storage_load load = { .key = "large", .wanted = 1000 };
	struct iap_reader *reader;
	struct iap_error err = { 0 };
	size_t got;

	iap_storage_load_all(fixture->storage, fixture->arena, &load, 1, 1);
	assert_int_equal(load.status, IAP_OK);
	reader = iap_reader_open_loaded(fixture->storage, &load);
	assert_int_equal(reader->size, LARGE);
	assert_int_equal(iap_reader_read_at(reader, 0, fixture->bytes, LARGE, &got, &err), IAP_OK);
	assert_int_equal(got, LARGE);
	for (size_t i = 0; i < got; i += 37)
		assert_int_equal((unsigned char)fixture->bytes[i], (unsigned char)(i ^ (i >> 8) ^ (i >> 16)));
	iap_reader_close(&reader);
	/* Nobody is asked: there is nothing of that name. */
	load.key = "nothing";
	reader = iap_reader_open_loaded(fixture->storage, &load);
	assert_int_equal(iap_reader_read_at(reader, 10, fixture->bytes, 990, &got, &err), IAP_OK);
	assert_int_equal(got, 990);
	assert_int_equal(iap_reader_read_at(reader, 999, fixture->bytes, 2, &got, &err), IAP_NOT_FOUND);
	iap_reader_close(&reader);
}

static void
a_reader_outlives_its_storage(void **state)
{
	struct fixture *fixture = *state;
	struct iap_storage *storage = test_store_open(&fixture->conf);
	struct iap_reader *reader = NULL;
	struct iap_error err = { 0 };
	size_t got;

	assert_int_equal(iap_storage_read(storage, "large", &reader, &err), IAP_OK);
	iap_storage_close(&storage);
	assert_int_equal(iap_reader_read_at(reader, LARGE - 3, fixture->bytes, 10, &got, &err), IAP_OK);
	assert_int_equal(got, 3);
	iap_reader_close(&reader);
}

static void
other_ways_lead_to_the_same_objects(void **state)
{
	struct fixture *fixture = *state;
	struct iap_storage_conf conf = fixture->conf;
	struct iap_storage *storage;
	struct iap_storage_page page;
	struct iap_error err = { 0 };
	struct iap_object known;

	if (strcmp(conf.kind, "local") == 0)
		return;
	if (strcmp(conf.kind, "s3") == 0) {
		conf.endpoint = iap_arena_format(fixture->arena, "http://s3.localhost%s",
		    strrchr(conf.endpoint, ':'));
		conf.addressing = "virtual";
	} else {
		conf.credentials = test_store_file(fixture->arena, "sas");
	}
	storage = test_store_open(&conf);
	if (iap_storage_list(storage, fixture->arena, "odd", &page, &err) != IAP_OK)
		fail_msg("%s", err.detail);
	assert_int_equal(page.count, 1000);
	for (size_t i = 0; i < page.count; i += 50)
		assert_int_equal(iap_storage_stat(storage, fixture->arena, iap_arena_format(fixture->arena,
		    "odd/%s", page.entries[i].name), &known, &err), IAP_OK);
	iap_storage_close(&storage);
}

static void
a_shelf_keeps_object_stores_and_notices_changes(void **state)
{
	struct fixture *fixture = *state;
	const struct iap_storage_conf *conf = &fixture->conf;
	struct iap_source_conf source = { .name = "s", .kind = conf->kind, .root = conf->root,
		.endpoint = conf->endpoint, .bucket = conf->bucket, .prefix = conf->prefix,
		.credentials = conf->credentials };
	const char *folder = test_store_file(fixture->arena, ".");
	struct iap_storage_shelf *shelf = iap_storage_shelf_new(folder, 5);
	struct iap_storage *storages[3];
	struct iap_error err = { 0 };
	struct iap_object known;

	assert_int_equal(iap_storage_shelf_find(shelf, fixture->arena, "s", &storages[0], &err),
	    IAP_NOT_FOUND);
	for (int i = 0; i < 3; i++) {
		if (i == 2 && source.root != NULL)
			source.root = test_store_file(fixture->arena, "root/a");
		else if (i == 2)
			source.prefix = "archive one/a";
		assert_int_equal(iap_source_conf_save(fixture->arena, folder, &source, &err), IAP_OK);
		assert_int_equal(iap_storage_shelf_find(shelf, fixture->arena, "s", &storages[i], &err),
		    IAP_OK);
	}
	assert_int_equal(storages[0] == storages[1], conf->root == NULL);
	iap_storage_shelf_free(&shelf);
	assert_int_equal(iap_storage_stat(storages[0], fixture->arena, "a/b/c.txt", &known, &err), IAP_OK);
	assert_int_equal(iap_storage_stat(storages[2], fixture->arena, "b/c.txt", &known, &err), IAP_OK);
	for (int i = 0; i < 3; i++)
		iap_storage_close(&storages[i]);
}

/* How a configuration is told from the right one, and what is said of it. */
static const struct {
	const char *kind;
	const char *label;
	const char *credentials, *bucket, *prefix;
	enum iap_status list, read;
	const char *sentence;
} wrongs[] = {
	{ "s3", "a wrong secret", "wrong", NULL, NULL, IAP_UNAVAILABLE, IAP_UNAVAILABLE,
	    "the secret key of access key IAPTESTKEY from the file" },
	{ "s3", "an unknown access key", "unknown", NULL, NULL, IAP_UNAVAILABLE, IAP_UNAVAILABLE,
	    "the storage does not know the access key IAPNOBODY" },
	{ "s3", "no permission", "other", NULL, NULL, IAP_FORBIDDEN, IAP_FORBIDDEN,
	    "access key IAPOTHERKEY from the file" },
	{ "s3", "no bucket", "right", "nobucket", NULL, IAP_UNAVAILABLE, IAP_UNAVAILABLE,
	    "there is no bucket nobucket at 127.0.0.1:" },
	{ "s3", "no credentials", "nofile", NULL, NULL, IAP_UNAVAILABLE, IAP_UNAVAILABLE,
	    "/nofile: No such file" },
	{ "s3", "another prefix", "right", NULL, "archive", IAP_OK, IAP_NOT_FOUND, "no such object" },
	{ "azure", "a wrong account key", "wrong", NULL, NULL, IAP_UNAVAILABLE, IAP_UNAVAILABLE,
	    "the account key of iapacct from the file" },
	{ "azure", "a signature", "sas", NULL, "archive", IAP_OK, IAP_NOT_FOUND, "no such object" },
	{ "azure", "a signature that ended", "sas-ended", NULL, NULL, IAP_UNAVAILABLE, IAP_UNAVAILABLE,
	    "ended on 2020-01-01T00:00:00.000Z" },
	{ "azure", "a signature of another key", "sas-foreign", NULL, NULL, IAP_UNAVAILABLE,
	    IAP_UNAVAILABLE, "is not one of this account" },
	{ "azure", "no permission", "sas-write", NULL, NULL, IAP_FORBIDDEN, IAP_FORBIDDEN,
	    "does not allow to " },
	{ "azure", "no container", "right", "nobucket", NULL, IAP_UNAVAILABLE, IAP_UNAVAILABLE,
	    "there is no container nobucket at iapacct.blob.localhost:" },
};

static void
each_mistake_has_its_own_sentence(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < IAP_LENGTH(wrongs); i++) {
		struct iap_storage_conf conf = fixture->conf;
		struct iap_storage *storage;
		struct iap_reader *reader = NULL;
		struct iap_storage_page page;
		struct iap_error err = { 0 };
		struct iap_object known;

		if (strcmp(wrongs[i].kind, conf.kind) != 0)
			continue;
		conf.credentials = test_store_file(fixture->arena, wrongs[i].credentials);
		conf.bucket = wrongs[i].bucket != NULL ? wrongs[i].bucket : conf.bucket;
		conf.prefix = wrongs[i].prefix != NULL ? wrongs[i].prefix : conf.prefix;
		storage = test_store_open(&conf);
		if (iap_storage_list(storage, fixture->arena, "", &page, &err) != wrongs[i].list ||
		    (wrongs[i].list != IAP_OK && strstr(err.detail, wrongs[i].sentence) == NULL))
			fail_msg("%s, list: %s", wrongs[i].label, err.detail);
		if (iap_storage_read(storage, "top.txt", &reader, &err) != wrongs[i].read ||
		    strstr(err.detail, wrongs[i].sentence) == NULL)
			fail_msg("%s, read: %s", wrongs[i].label, err.detail);
		if (iap_storage_stat(storage, fixture->arena, "top.txt", &known, &err) != wrongs[i].read ||
		    strstr(err.detail, wrongs[i].sentence) == NULL)
			fail_msg("%s, stat: %s", wrongs[i].label, err.detail);
		iap_storage_close(&storage);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(listings_show_every_object_once),
		cmocka_unit_test(names_that_are_no_keys_are_counted),
		cmocka_unit_test(every_object_is_known_and_read),
		cmocka_unit_test(what_is_listed_is_what_is_known),
		cmocka_unit_test(ranges_are_read_anywhere),
		cmocka_unit_test(what_is_not_there_is_not_found),
		cmocka_unit_test(many_are_loaded_at_once),
		cmocka_unit_test(a_loaded_beginning_is_read_without_asking),
		cmocka_unit_test(a_reader_outlives_its_storage),
		cmocka_unit_test(other_ways_lead_to_the_same_objects),
		cmocka_unit_test(a_shelf_keeps_object_stores_and_notices_changes),
		cmocka_unit_test(each_mistake_has_its_own_sentence),
	};

	(void)argc;
	test_store_begin(IAP_TEST_STORE_KIND, argv);
	return cmocka_run_group_tests(tests, begin, end);
}
