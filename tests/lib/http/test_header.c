/* SPDX-License-Identifier: Apache-2.0 */
/* Content types, and where a request comes from (Fetch Metadata, RFC 6454). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/macros.h"
#include "http/header.h"

static void
a_type_is_compared_without_its_parameters(void **state)
{
	(void)state;
	assert_true(iap_header_check_type("application/json", "application/json"));
	assert_true(iap_header_check_type("Application/JSON; charset=utf-8", "application/json"));
	assert_true(iap_header_check_type("application/json ;x", "application/json"));
	assert_false(iap_header_check_type("application/jsonp", "application/json"));
	assert_false(iap_header_check_type("application/x-www-form-urlencoded", "application/json"));
	assert_false(iap_header_check_type("text/plain; application/json", "application/json"));
	assert_false(iap_header_check_type("", "application/json"));
	assert_false(iap_header_check_type(NULL, "application/json"));
}

static void
only_our_own_pages_may_change_things(void **state)
{
	static const struct { const char *site, *origin; int allowed; } cases[] = {
		{ NULL, NULL, 1 },
		{ "same-origin", NULL, 1 },
		{ "none", NULL, 1 },
		{ "cross-site", NULL, 0 },
		{ "same-site", NULL, 0 },
		{ "", NULL, 0 },
		{ "Same-Origin", NULL, 0 },
		{ "cross-site", "https://iap.example", 0 },
		{ NULL, "https://iap.example", 1 },
		{ NULL, "https://IAP.example", 1 },
		{ NULL, "https://evil.example", 0 },
		{ NULL, "https://iap.example.evil.example", 0 },
		{ NULL, "null", 0 },
	};

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++)
		assert_int_equal(iap_header_check_site(cases[i].site, cases[i].origin,
		    "iap.example"), cases[i].allowed);
	assert_false(iap_header_check_site(NULL, "https://iap.example", NULL));
}

static void
loopback_is_known_by_name_and_address(void **state)
{
	(void)state;
	assert_true(iap_header_check_loopback_host("127.0.0.1:8080"));
	assert_true(iap_header_check_loopback_host("localhost"));
	assert_true(iap_header_check_loopback_host("[::1]:8080"));
	assert_false(iap_header_check_loopback_host("127.0.0.1.evil.example"));
	assert_false(iap_header_check_loopback_host("localhost.evil.example:80"));
	assert_false(iap_header_check_loopback_host(NULL));
	assert_true(iap_header_check_loopback_address("127.0.0.1"));
	assert_true(iap_header_check_loopback_address("::1"));
	assert_false(iap_header_check_loopback_address("10.0.0.1"));
	assert_false(iap_header_check_loopback_address(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_type_is_compared_without_its_parameters),
		cmocka_unit_test(only_our_own_pages_may_change_things),
		cmocka_unit_test(loopback_is_known_by_name_and_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
