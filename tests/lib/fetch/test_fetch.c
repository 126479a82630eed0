/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a request may reach and what may come of it. Addresses: the registries
 * of IANA for special purposes, and where the clouds say their metadata is.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/macros.h"
#include "base/text.h"
#include "fetch/address.h"
#include "fetch/fetch.h"
#include "tests/support/store.h"

enum { MANY = 200 };

static void
addresses_are_told_apart(void **state)
{
	static const struct { const char *text; enum iap_address_kind kind; } cases[] = {
		{ "169.254.169.254", IAP_ADDRESS_METADATA }, { "169.254.170.2", IAP_ADDRESS_METADATA },
		{ "0.0.0.0", IAP_ADDRESS_METADATA }, { "0.1.2.3", IAP_ADDRESS_METADATA },
		{ "100.100.100.200", IAP_ADDRESS_METADATA }, { "192.0.0.192", IAP_ADDRESS_METADATA },
		{ "224.0.0.1", IAP_ADDRESS_METADATA }, { "255.255.255.255", IAP_ADDRESS_METADATA },
		{ "fe80::1", IAP_ADDRESS_METADATA }, { "febf::1", IAP_ADDRESS_METADATA },
		{ "::", IAP_ADDRESS_METADATA }, { "ff02::1", IAP_ADDRESS_METADATA },
		{ "fd00:ec2::254", IAP_ADDRESS_METADATA }, { "fd00:ec2::23", IAP_ADDRESS_METADATA },
		{ "::ffff:169.254.169.254", IAP_ADDRESS_METADATA },
		{ "64:ff9b::a9fe:a9fe", IAP_ADDRESS_METADATA }, { "::169.254.169.254", IAP_ADDRESS_METADATA },
		{ "127.0.0.1", IAP_ADDRESS_LOOPBACK }, { "127.255.0.1", IAP_ADDRESS_LOOPBACK },
		{ "::1", IAP_ADDRESS_LOOPBACK }, { "::ffff:127.0.0.1", IAP_ADDRESS_LOOPBACK },
		{ "10.0.0.1", IAP_ADDRESS_ORDINARY }, { "192.168.1.1", IAP_ADDRESS_ORDINARY },
		{ "52.95.110.1", IAP_ADDRESS_ORDINARY }, { "169.253.1.1", IAP_ADDRESS_ORDINARY },
		{ "100.64.0.1", IAP_ADDRESS_ORDINARY }, { "fd00:ec3::1", IAP_ADDRESS_ORDINARY },
		{ "2a05:d050::1", IAP_ADDRESS_ORDINARY },
	};

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		struct sockaddr_in ipv4 = { .sin_family = AF_INET };
		struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6 };
		enum iap_address_kind kind;

		if (inet_pton(AF_INET, cases[i].text, &ipv4.sin_addr) == 1)
			kind = iap_address_kind((const struct sockaddr *)&ipv4);
		else if (inet_pton(AF_INET6, cases[i].text, &ipv6.sin6_addr) == 1)
			kind = iap_address_kind((const struct sockaddr *)&ipv6);
		else
			kind = (enum iap_address_kind)-1;
		if (kind != cases[i].kind)
			fail_msg("%s", cases[i].text);
	}
	assert_int_equal(iap_address_kind(&(struct sockaddr){ .sa_family = AF_UNIX }),
	    IAP_ADDRESS_METADATA);
}

static void
only_hosts_that_say_so_are_this_machine(void **state)
{
	static const char *const own[] = { "localhost", "LOCALHOST", "a.blob.localhost", "127.0.0.1",
		"127.1.2.3", "[::1]" };
	static const char *const others[] = { "localhost.example.org", "notlocalhost", ".localhost.",
		"127.0.0.1.example.org", "128.0.0.1", "[::2]", "", ".localhost" };

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(own); i++)
		assert_true(iap_address_check_own_host(own[i]));
	for (size_t i = 0; i < IAP_LENGTH(others); i++)
		assert_false(iap_address_check_own_host(others[i]));
}

/* Sends one GET; gives why no answer came, or NULL. */
static const char *
cause_of(struct iap_arena *arena, const struct iap_fetch_conf *conf, const char *url)
{
	struct iap_fetch *fetch = iap_fetch_open(conf);
	struct iap_fetch_request request = { .method = "GET", .url = url, .limit = 1000 };
	struct iap_fetch_answer answer;
	struct iap_error err = { 0 };
	enum iap_status status = iap_fetch_send(fetch, arena, &request, &answer, &err);

	assert_int_equal(status == IAP_OK, answer.cause == NULL);
	iap_fetch_close(&fetch);
	return answer.cause;
}

static void
metadata_services_are_out_of_reach(void **state)
{
	static const char *const urls[] = {
		"http://169.254.169.254/", "http://2852039166/", "http://0xA9FEA9FE/",
		"http://0251.0376.0251.0376/", "http://169.254.43518/", "http://[::ffff:169.254.169.254]/",
		"http://[::ffff:a9fe:a9fe]/", "http://[64:ff9b::169.254.169.254]/", "http://[fe80::1]/",
		"http://[fd00:ec2::254]/", "http://a@169.254.169.254/", "http://localhost@169.254.169.254/",
		"http://0/", "http://0.0.0.0/", "http://[::]/", "http://100.100.100.200/",
	};
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_fetch_conf conf = { .plain = true, .connect_ms = 500 };

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(urls); i++) {
		const char *cause = cause_of(arena, &conf, urls[i]);

		if (cause == NULL || strstr(cause, "metadata service") == NULL)
			fail_msg("%s: %s", urls[i], cause == NULL ? "an answer" : cause);
	}
}

static void
other_protocols_are_not_spoken(void **state)
{
	static const char *const urls[] = { "file:///etc/passwd", "ftp://127.0.0.1/x",
		"gopher://127.0.0.1/x", "dict://127.0.0.1/x", "ldap://127.0.0.1/x" };
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_fetch_conf conf = { .plain = true };
	const char *cause;

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(urls); i++) {
		cause = cause_of(arena, &conf, urls[i]);
		assert_non_null(cause);
		assert_non_null(strstr(cause, "not supported or disabled"));
	}
	conf.plain = false;
	cause = cause_of(arena, &conf, iap_arena_format(arena, "%s/faults/good",
	    getenv("IAP_TEST_STORE_ENDPOINT")));
	assert_non_null(cause);
	assert_non_null(strstr(cause, "not supported or disabled"));
}

static void
many_requests_are_in_flight(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(64 << 20);
	struct iap_fetch *fetch = iap_fetch_open(&(struct iap_fetch_conf){ .plain = true });
	struct iap_fetch_request requests[MANY] = { 0 };
	struct iap_fetch_answer answers[MANY];
	const char *range[] = { "Range: bytes=10-19", "Range: bytes=10-11" };
	char bytes[MANY][10];

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		requests[i] = (struct iap_fetch_request){
			.method = "GET",
			.url = iap_arena_format(arena, "%s/faults/%s", getenv("IAP_TEST_STORE_ENDPOINT"),
			    i % 10 == 3 ? "nothing" : "good"),
			.headers = &range[i % 2],
			.header_count = 1,
			.into = i % 10 == 4 ? NULL : bytes[i],
			.limit = i % 10 == 5 ? 1 : 10,
		};
	iap_fetch_send_all(fetch, arena, requests, answers, MANY, 16);
	for (size_t i = 0; i < MANY; i++) {
		const char *got = i % 10 == 4 ? answers[i].body.bytes : bytes[i];

		if (i % 10 == 3) {
			assert_int_equal(answers[i].code, 404);
			assert_non_null(strstr(answers[i].body.bytes, "NoSuchKey"));
			assert_int_equal(answers[i].into_size, 0);
		} else if (i % 10 == 5) {
			assert_int_equal(answers[i].code, 0);
			assert_false(answers[i].again);
			assert_non_null(strstr(answers[i].cause, "larger"));
		} else {
			assert_int_equal(answers[i].code, 206);
			assert_memory_equal(got, "\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13", i % 2 == 0 ? 10 : 2);
			assert_string_equal(iap_fetch_header(&answers[i], "etag"), "\"one\"");
			assert_null(iap_fetch_header(&answers[i], "ETa"));
		}
	}
	iap_fetch_close(&fetch);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_told_apart),
		cmocka_unit_test(only_hosts_that_say_so_are_this_machine),
		cmocka_unit_test(metadata_services_are_out_of_reach),
		cmocka_unit_test(other_protocols_are_not_spoken),
		cmocka_unit_test(many_requests_are_in_flight),
	};

	(void)argc;
	test_store_begin("faults", argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
