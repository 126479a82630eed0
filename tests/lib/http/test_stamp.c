/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: `date -u -d TEXT +%s`; the first is the example of RFC 9110. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/macros.h"
#include "http/stamp.h"

static const struct { const char *text; int64_t ms; } stamps[] = {
	{ "Sun, 06 Nov 1994 08:49:37 GMT", 784111777000 },
	{ "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
	{ "Thu, 29 Feb 2024 23:59:59 GMT", 1709251199000 },
	{ "Sun, 22 Nov 2026 18:30:02 GMT", 1795372202000 },
};

static void
stamps_go_both_ways(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(stamps); i++) {
		int64_t ms = -1;

		assert_true(iap_http_stamp_parse(stamps[i].text, &ms));
		assert_true(ms == stamps[i].ms);
		assert_string_equal(iap_http_stamp_format(arena, stamps[i].ms), stamps[i].text);
	}
}

static void
anything_else_is_not_read(void **state)
{
	static const char *const cases[] = {
		"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
		"Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 GMT ",
		"Sun, 06 ovD 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:-9:37 GMT",
		"Sun, 06 Nov 1994 08:49:37 GM",
	};
	int64_t ms;

	(void)state;
	assert_false(iap_http_stamp_parse(NULL, &ms));
	for (size_t i = 0; i < IAP_LENGTH(cases); i++)
		assert_false(iap_http_stamp_parse(cases[i], &ms));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stamps_go_both_ways),
		cmocka_unit_test(anything_else_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
