/* SPDX-License-Identifier: Apache-2.0 */
/* Expected milliseconds: `date -u -d ... +%s`. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive/time.h"
#include "base/macros.h"

static void
every_form_gives_its_moment(void **state)
{
	static const struct { const char *text; int64_t ms; } cases[] = {
		{ "2015-09-10T16:58:22.000+0000", 1441904302000 },
		{ "2015-09-10T16:58:22Z", 1441904302000 },
		{ "2013-02-06T10:23:10.034Z", 1360146190034 },
		{ "2012-12-18T13:45:032.000Z", 1355838332000 },
		{ "2015-09-10T16:58:22.000+10:00", 1441868302000 },
		{ "2015-09-10T16:58:22.000-0330", 1441916902000 },
		{ "2015-09-10T16:58:22-03", 1441915102000 },
		{ "1438300800000", 1438300800000 },
		{ "2014-11-27", 1417046400000 },
		{ "2020-02-29T23:59:60Z", 1583020800000 },
		{ "2015-09-10 16:58:22", 1441904302000 },
		{ "2015-09-10t16:58:22.5z", 1441904302500 },
		{ "2015-09-10T16:58:22,123456789Z", 1441904302123 },
		{ "2015-09-10T16:58Z", 1441904280000 },
		{ "1970-01-01T00:00:00Z", 0 },
		{ "0", 0 },
		{ "2109-05-15T07:35:11.103Z", 4398046511103 },
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		ms = -7;
		if (!iap_time_parse(cases[i].text, &ms) || ms != cases[i].ms)
			fail_msg("%s: %lld", cases[i].text, (long long)ms);
	}
}

static void
what_is_no_time_is_refused(void **state)
{
	static const char *const cases[] = {
		"", "yesterday", "2015-09-10T", "2015-13-01", "2015-02-29", "1900-02-28",
		    "2015-00-10",
		"2015-01-00", "2015-09-10T24:00:00Z", "2015-09-10T10:60:00Z",
		    "2015-09-10T10:00:61Z",
		"2015-09-10T10:00:199.000Z", "2015-09-10T10:00:00.Z", "2015-09-10T10:00:00+1",
		"2015-09-10T10:00:00+10:0", "2015-09-10T10:00:00+99:00", "2015-09-10T10:00:00ZZ",
		"2015-9-10", "15-09-10", "-1", "1969-12-31T23:59:59.999Z",
		    "1970-01-01T00:00:00+0001",
		"2109-05-15T07:35:11.104Z", "4398046511104", "99999999999999999999",
		    "1438300800000.5",
	};
	int64_t ms = -7;

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++)
		if (iap_time_parse(cases[i], &ms))
			fail_msg("\"%s\" was read as %lld", cases[i], (long long)ms);
	assert_true(ms == -7);
}

static void
dates_are_found_in_paths(void **state)
{
	static const struct { const char *key; int64_t ms; } found[] = {
		{ "6a5d/Environment/2014-11-27/00A1/recording.json", 1417046400000 },
		{ "2013-01-01/x/2014-11-27/recording.json", 1417046400000 },
		{ "x/00A1_2014-11-27_14-30-00.json", 1417046400000 },
		{ "2014-11-27", 1417046400000 },
	};
	static const char *const none[] = { "", "recording.json", "12014-11-27", "2014-11-271",
	    "2014-13-27",
		"2014-11", "1812-11-27" };
	int64_t ms = 0;

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(found); i++) {
		assert_true(iap_time_find_date(found[i].key, &ms));
		assert_true(ms == found[i].ms);
	}
	for (size_t i = 0; i < IAP_LENGTH(none); i++)
		assert_false(iap_time_find_date(none[i], &ms));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_gives_its_moment),
		cmocka_unit_test(what_is_no_time_is_refused),
		cmocka_unit_test(dates_are_found_in_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
