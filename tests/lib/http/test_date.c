/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: `date -u -d TEXT +%s`, and the examples of RFC 3339 section 5.8. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/macros.h"
#include "http/date.h"

static void
times_of_rfc_3339_are_read(void **state)
{
	static const struct { const char *text; int64_t ms; } cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1969-12-31T23:59:59.999Z", -1 },
		{ "1985-04-12T23:20:50.52Z", 482196050520 },
		{ "1996-12-19T16:39:57-08:00", 851042397000 },
		{ "1990-12-31T23:59:60Z", 662688000000 },
		{ "1937-01-01T12:00:27.87+00:20", -1041337172130 },
		{ "2024-02-29T12:00:00.123456+05:45", 1709187300123 },
		{ "2021-11-05t14:00:02z", 1636120802000 },
		{ "2000-02-29T00:00:00-00:00", 951782400000 },
	};

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		int64_t ms = -12345;

		assert_true(iap_http_time_parse(cases[i].text, &ms));
		assert_true(ms == cases[i].ms);
	}
}

static void
anything_else_is_not(void **state)
{
	static const char *const cases[] = {
		"", "2021", "2021-11-05", "2021-11-05T14:00Z", "2021-11-05T14:00:02",
		"2021-11-05 14:00:02Z", "2021-11-05T14:00:02.Z", "2021-11-05T14:00:02Zx",
		"2021-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2021-13-01T00:00:00Z",
		"2021-00-01T00:00:00Z", "2021-01-00T00:00:00Z", "2021-04-31T00:00:00Z",
		"2021-11-05T24:00:00Z", "2021-11-05T23:60:00Z", "2021-11-05T23:00:61Z",
		"2021-11-05T14:00:02+0100", "2021-11-05T14:00:02+24:00", "+021-11-05T14:00:02Z",
		" 2021-11-05T14:00:02Z", "21-11-05T14:00:02Z",
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++)
		assert_false(iap_http_time_parse(cases[i], &ms));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_of_rfc_3339_are_read),
		cmocka_unit_test(anything_else_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
