/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: RFC 9110 section 14, by hand, for a thing of 100 bytes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/macros.h"
#include "media/range.h"

static const struct {
	const char *field;
	enum iap_range_kind kind;
	uint64_t first, last;
} cases[] = {
	{ NULL, IAP_RANGE_NONE, 0, 0 }, { "bytes=0-0", IAP_RANGE_PART, 0, 0 },
	{ "bytes=50-", IAP_RANGE_PART, 50, 99 }, { "bytes=0-1000", IAP_RANGE_PART, 0, 99 },
	{ "bytes=99-99", IAP_RANGE_PART, 99, 99 }, { "bytes=-1", IAP_RANGE_PART, 99, 99 },
	{ "bytes=-1000", IAP_RANGE_PART, 0, 99 }, { "Bytes=5-6", IAP_RANGE_PART, 5, 6 },
	{ "bytes= 5-6", IAP_RANGE_PART, 5, 6 }, { "bytes=5-6, 8-9", IAP_RANGE_PART, 5, 6 },
	{ "bytes=200-300,8-9", IAP_RANGE_PART, 8, 9 },
	{ "bytes=0-99999999999999999999999", IAP_RANGE_PART, 0, 99 },
	{ "bytes=100-", IAP_RANGE_UNSATISFIABLE, 0, 0 }, { "bytes=-0", IAP_RANGE_UNSATISFIABLE, 0, 0 },
	{ "bytes=99999999999999999999999-", IAP_RANGE_UNSATISFIABLE, 0, 0 },
	{ "bytes=9-3", IAP_RANGE_UNSATISFIABLE, 0, 0 }, { "bytes=", IAP_RANGE_UNSATISFIABLE, 0, 0 },
	{ "bytes=-", IAP_RANGE_UNSATISFIABLE, 0, 0 }, { "bytes=a-b", IAP_RANGE_UNSATISFIABLE, 0, 0 },
	{ "bytes=1-2x", IAP_RANGE_UNSATISFIABLE, 0, 0 }, { "seconds=0-10", IAP_RANGE_NONE, 0, 0 },
	{ "bytes", IAP_RANGE_NONE, 0, 0 }, { "bytes 0-1", IAP_RANGE_NONE, 0, 0 },
};

static void
ranges_are_read_as_rfc_9110_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		struct iap_range range = iap_range_parse(cases[i].field, 100);

		if (range.kind != cases[i].kind)
			fail_msg("%s: kind %d", cases[i].field, range.kind);
		if (range.kind == IAP_RANGE_PART &&
		    (range.first != cases[i].first || range.last != cases[i].last))
			fail_msg("%s: another part", cases[i].field);
	}
}

static void
only_strong_validators_allow_a_range(void **state)
{
	const char *date = "Sun, 06 Nov 1994 08:49:37 GMT";

	(void)state;
	assert_true(iap_range_check(NULL, "\"a\"", date));
	assert_true(iap_range_check("\"a\"", "\"a\"", date));
	assert_true(iap_range_check(date, "\"a\"", date));
	assert_false(iap_range_check("W/\"a\"", "\"a\"", date));
	assert_false(iap_range_check("\"b\"", "\"a\"", date));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_read_as_rfc_9110_says),
		cmocka_unit_test(only_strong_validators_allow_a_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
