/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What readers and listings make of a store that goes wrong. What each object
 * does stands in tests/support/fault-store.mjs under its name.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "fetch/fetch.h"
#include "tests/support/store.h"

enum { SIZE = 40000, BYTES = 64 * 1024 };

static struct iap_storage_conf
faults_conf(struct iap_arena *arena)
{
	return (struct iap_storage_conf){
		.name = "faults", .kind = "s3", .endpoint = getenv("IAP_TEST_STORE_ENDPOINT"),
		.bucket = "faults", .credentials = test_store_file(arena, "right"), .patience_s = 1,
	};
}

/* How often the store was asked for a path. */
static unsigned int
count_of(struct iap_arena *arena, const char *key)
{
	struct iap_fetch_conf conf = { .plain = true };
	struct iap_fetch *fetch = iap_fetch_open(&conf);
	struct iap_fetch_request request = {
		.method = "GET",
		.url = iap_arena_format(arena, "%s/__count/faults/%s", getenv("IAP_TEST_STORE_ENDPOINT"), key),
		.limit = 100,
	};
	struct iap_fetch_answer answer;
	struct iap_error err = { 0 };
	uint64_t count = 0;

	assert_int_equal(iap_fetch_send(fetch, arena, &request, &answer, &err), IAP_OK);
	assert_true(iap_text_parse_u64(answer.body.bytes, &count));
	iap_fetch_close(&fetch);
	return (unsigned int)count;
}

static const struct {
	const char *key;
	enum iap_status status;
	const char *sentence;        /* in the detail of a failure */
	unsigned int least, most;    /* requests */
	int64_t least_ms, most_ms;
} cases[] = {
	{ "good", IAP_OK, NULL, 2, 2, 0, 2000 },
	{ "once-500", IAP_OK, NULL, 3, 3, 100, 3000 },
	{ "twice-503", IAP_OK, NULL, 4, 4, 2000, 5000 },
	{ "always-503", IAP_UNAVAILABLE, "answered 503 SlowDown", 3, 5, 300, 5000 },
	{ "later-503", IAP_UNAVAILABLE, "answered 503 SlowDown", 1, 1, 0, 1000 },
	{ "once-torn", IAP_OK, NULL, 3, 3, 100, 3000 },
	{ "always-torn", IAP_UNAVAILABLE, "://127.0.0.1:", 3, 5, 300, 6000 },
	{ "no-answer", IAP_UNAVAILABLE, "://127.0.0.1:", 3, 10, 300, 6000 },
	{ "slow", IAP_UNAVAILABLE, "too slow", 2, 3, 1000, 8000 },
	{ "silent", IAP_UNAVAILABLE, "too slow", 2, 3, 1000, 8000 },
	{ "other-range", IAP_UNAVAILABLE, "bytes 0-16383 were asked for, but 5 came", 1, 1, 0, 1000 },
	{ "shifted", IAP_UNAVAILABLE, "bytes 0-16383 were asked for", 1, 1, 0, 1000 },
	{ "other-length", IAP_UNAVAILABLE, "bytes 0-16383 were asked for, but 5 came", 1, 1, 0, 1000 },
	{ "no-range", IAP_UNAVAILABLE, "does not answer ranges", 1, 1, 0, 1000 },
	{ "larger", IAP_UNAVAILABLE, "larger than was asked for", 1, 1, 0, 1000 },
	{ "changed", IAP_UNAVAILABLE, "it changed while it was read", 2, 2, 0, 1000 },
	{ "redirect", IAP_UNAVAILABLE, "answered 307", 1, 1, 0, 1000 },
	{ "region", IAP_UNAVAILABLE, "bucket faults lies in the region eu-central-1", 1, 1, 0, 1000 },
	{ "glacier", IAP_FORBIDDEN, "has to be restored", 1, 1, 0, 1000 },
	{ "expired-always", IAP_UNAVAILABLE, "the session token from the file", 2, 2, 0, 1000 },
	{ "skewed-always", IAP_UNAVAILABLE, "the clock of this machine", 1, 1, 0, 1000 },
	{ "payer", IAP_FORBIDDEN, "has no permission to read it (s3:GetObject)", 1, 1, 0, 1000 },
	{ "many-headers", IAP_UNAVAILABLE, "larger than was asked for", 1, 1, 0, 1000 },
	{ "nothing", IAP_NOT_FOUND, "no such object", 1, 1, 0, 1000 },
};

/* Opens an object and reads it whole: two requests when all is well. */
static enum iap_status
read_whole(struct iap_storage *storage, const char *key, char *bytes, struct iap_error *err)
{
	IAP_CLEANUP(iap_reader_close) struct iap_reader *reader = NULL;
	size_t got;

	if (iap_storage_read(storage, key, &reader, err) != IAP_OK ||
	    iap_reader_read_at(reader, 0, bytes, BYTES, &got, err) != IAP_OK)
		return err->status;
	assert_int_equal(got, SIZE);
	for (size_t i = 0; i < got; i++)
		assert_int_equal((unsigned char)bytes[i], i % 251);
	return IAP_OK;
}

static void
each_fault_ends_as_it_should(void **state)
{
	static char bytes[BYTES];

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
		struct iap_storage_conf conf = faults_conf(arena);
		IAP_CLEANUP(iap_storage_close) struct iap_storage *storage = test_store_open(&conf);
		struct iap_error err = { 0 };
		int64_t began = iap_clock_ticks_ms(), took;
		unsigned int count;

		if (read_whole(storage, cases[i].key, bytes, &err) != cases[i].status ||
		    (cases[i].sentence != NULL && strstr(err.detail, cases[i].sentence) == NULL))
			fail_msg("%s: %s %s", cases[i].key, iap_status_name(err.status), err.detail);
		took = iap_clock_ticks_ms() - began;
		count = count_of(arena, cases[i].key);
		if (count < cases[i].least || count > cases[i].most)
			fail_msg("%s: %u requests", cases[i].key, count);
		if (took < cases[i].least_ms || took > cases[i].most_ms * 3)
			fail_msg("%s: %lld ms", cases[i].key, (long long)took);
	}
}

static void
a_skewed_clock_is_put_right(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_storage_conf conf = faults_conf(arena);
	IAP_CLEANUP(iap_storage_close) struct iap_storage *storage = test_store_open(&conf);
	static char bytes[BYTES];
	struct iap_error err = { 0 };
	int64_t skew_s;

	(void)state;
	assert_int_equal(iap_storage_skew_ms(storage), 0);
	assert_int_equal(read_whole(storage, "skewed", bytes, &err), IAP_OK);
	skew_s = iap_storage_skew_ms(storage) / 1000;
	assert_in_range(skew_s, 7190, 7210);
	assert_int_equal(count_of(arena, "skewed"), 3);
	assert_int_equal(read_whole(storage, "skewed", bytes, &err), IAP_OK);
	assert_int_equal(count_of(arena, "skewed"), 5);
}

static void
an_expired_token_is_taken_anew(void **state)
{
	static const char text[] = "access_key_id = A\nsecret_access_key = S\nsession_token = ";
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_storage_conf conf = faults_conf(arena);
	const char *stale = iap_arena_format(arena, "%sstale\n", text);
	const char *fresh = iap_arena_format(arena, "%sfresh\n", text);
	struct iap_storage *storage;
	static char bytes[BYTES];
	struct iap_error err = { 0 };

	(void)state;
	conf.credentials = test_store_file(arena, "renewed");
	assert_int_equal(iap_file_save(conf.credentials, 0600, stale, strlen(stale), &err), IAP_OK);
	storage = test_store_open(&conf);
	assert_int_equal(read_whole(storage, "expired", bytes, &err), IAP_UNAVAILABLE);
	assert_non_null(strstr(err.detail, "the session token from the file"));
	assert_int_equal(iap_file_save(conf.credentials, 0600, fresh, strlen(fresh), &err), IAP_OK);
	assert_int_equal(read_whole(storage, "expired", bytes, &err), IAP_OK);
	iap_storage_close(&storage);
}

static void
the_requester_pays(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_storage_conf conf = faults_conf(arena);
	struct iap_storage *storage;
	static char bytes[BYTES];
	struct iap_error err = { 0 };

	(void)state;
	conf.requester_pays = true;
	storage = test_store_open(&conf);
	assert_int_equal(read_whole(storage, "payer", bytes, &err), IAP_OK);
	iap_storage_close(&storage);
}

static void
listings_that_are_none_are_refused(void **state)
{
	static const struct { const char *dir; enum iap_status status; const char *sentence; } lists[] = {
		{ "good", IAP_OK, "" },
		{ "loop", IAP_CORRUPT, "does not go on" },
		{ "nowhere", IAP_CORRUPT, "does not say where" },
		{ "doctype", IAP_CORRUPT, "document type" },
		{ "error-200", IAP_CORRUPT, "<Error> came" },
		{ "html", IAP_CORRUPT, "<html> came" },
		{ "torn", IAP_CORRUPT, "xml: line 1" },
		{ "outside", IAP_NOT_FOUND, "no object lies below it" },
		{ "nosize", IAP_CORRUPT, "lacks its Key, Size or LastModified" },
	};
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(8 << 20);
	struct iap_storage_conf conf = faults_conf(arena);
	IAP_CLEANUP(iap_storage_close) struct iap_storage *storage = test_store_open(&conf);

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(lists); i++) {
		struct iap_storage_page page;
		struct iap_error err = { 0 };

		if (iap_storage_list(storage, arena, lists[i].dir, &page, &err) != lists[i].status ||
		    strstr(err.detail, lists[i].sentence) == NULL)
			fail_msg("%s: %s %s", lists[i].dir, iap_status_name(err.status), err.detail);
	}
}

static void
encoded_names_are_decoded_as_amazon_encodes_them(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_storage_conf conf = faults_conf(arena);
	IAP_CLEANUP(iap_storage_close) struct iap_storage *storage = test_store_open(&conf);
	struct iap_storage_page page;
	struct iap_error err = { 0 };

	(void)state;
	assert_int_equal(iap_storage_list(storage, arena, "plus", &page, &err), IAP_OK);
	assert_int_equal(page.count, 1);
	assert_string_equal(page.entries[0].name, "a b+c\001");
}

static void
certificates_are_verified(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_storage_conf conf = faults_conf(arena);
	struct iap_storage *storage;
	static char bytes[BYTES];
	struct iap_error err = { 0 };

	(void)state;
	conf.endpoint = getenv("IAP_TEST_STORE_SECURE");
	storage = test_store_open(&conf);
	assert_int_equal(read_whole(storage, "good", bytes, &err), IAP_UNAVAILABLE);
	assert_non_null(strstr(err.detail, "certificate"));
	iap_storage_close(&storage);
	conf.ca_file = test_store_file(arena, "cert.pem");
	storage = test_store_open(&conf);
	assert_int_equal(read_whole(storage, "good", bytes, &err), IAP_OK);
	iap_storage_close(&storage);
	/* The right authority, but the certificate is another host's. */
	conf.endpoint = iap_arena_format(arena, "https://127.0.0.1%s", strrchr(conf.endpoint, ':'));
	storage = test_store_open(&conf);
	assert_int_equal(read_whole(storage, "good", bytes, &err), IAP_UNAVAILABLE);
	assert_non_null(strstr(err.detail, "certificate"));
	iap_storage_close(&storage);
}

static void
endpoints_are_hosts_and_nothing_else(void **state)
{
	static const char *const endpoints[] = {
		"", "s3.example.org", "ftp://s3.example.org", "file:///etc", "https://", "https:///x",
		"https://u:p@s3.example.org", "https://s3.example.org/x", "https://s3.example.org?x",
		"https://s3.example.org#x", "https://a b", "HTTPS://\\s3", "https://s3.example.org\r\nX: y",
	};
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_storage_conf conf = faults_conf(arena);

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(endpoints); i++) {
		struct iap_storage *storage = NULL;
		struct iap_error err = { 0 };

		conf.endpoint = endpoints[i];
		if (iap_storage_open(&conf, &storage, &err) != IAP_INVALID)
			fail_msg("\"%s\" was accepted", endpoints[i]);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_ends_as_it_should),
		cmocka_unit_test(a_skewed_clock_is_put_right),
		cmocka_unit_test(an_expired_token_is_taken_anew),
		cmocka_unit_test(the_requester_pays),
		cmocka_unit_test(listings_that_are_none_are_refused),
		cmocka_unit_test(encoded_names_are_decoded_as_amazon_encodes_them),
		cmocka_unit_test(certificates_are_verified),
		cmocka_unit_test(endpoints_are_hosts_and_nothing_else),
	};

	(void)argc;
	test_store_begin("faults", argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
