/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: RFC 4648 section 10, RFC 3629 section 4, and by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"

static void
base64url_follows_rfc_4648(void **state)
{
	static const struct { const char *plain, *coded; } cases[] = {
		{ "", "" }, { "f", "Zg" }, { "fo", "Zm8" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" },
		{ "\xfb\xff", "-_8" },
	};
	static const char *const malformed[] = { "Z", "Zg==", "Z+8", "Zh", "Zm9v\n" };
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	size_t size;

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		const char *coded = iap_text_to_base64url(arena, cases[i].plain, strlen(cases[i].plain));
		unsigned char *plain;

		assert_string_equal(coded, cases[i].coded);
		plain = iap_text_from_base64url(arena, coded, strlen(coded), &size);
		assert_int_equal(size, strlen(cases[i].plain));
		assert_memory_equal(plain, cases[i].plain, size);
	}
	for (size_t i = 0; i < IAP_LENGTH(malformed); i++)
		assert_null(iap_text_from_base64url(arena, malformed[i], strlen(malformed[i]), &size));
}

static void
utf8_is_checked_to_the_byte(void **state)
{
	static const char *const good[] = { "", "abc", "\xc2\x80", "\xe4\xb8\xad\xe6\x96\x87",
		"\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf" };
	static const char *const bad[] = { "\x80", "\xc0\xaf", "\xc2", "\xe0\x80\x80", "\xed\xa0\x80",
		"\xf4\x90\x80\x80", "\xf0\x9f\x98", "Andr\xe9" };

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(good); i++)
		assert_true(iap_text_is_utf8(good[i], strlen(good[i])));
	for (size_t i = 0; i < IAP_LENGTH(bad); i++)
		assert_false(iap_text_is_utf8(bad[i], strlen(bad[i])));
}

static void
numbers_spans_and_sizes_are_whole_or_refused(void **state)
{
	uint64_t u = 0;
	int64_t i = 0;

	(void)state;
	assert_true(iap_text_parse_u64("18446744073709551615", &u));
	assert_true(u == UINT64_MAX);
	assert_false(iap_text_parse_u64("18446744073709551616", &u));
	assert_false(iap_text_parse_u64("1x", &u));
	assert_false(iap_text_parse_u64("", &u));
	assert_true(iap_text_parse_i64("-5", &i));
	assert_true(i == -5);
	assert_true(iap_text_parse_span("30m", &i));
	assert_true(i == 1800000);
	assert_false(iap_text_parse_span("30", &i));
	assert_true(iap_text_parse_size("256K", &u));
	assert_true(u == 262144);
	assert_false(iap_text_parse_size("256KB", &u));
}

static void
times_are_written_as_rfc_3339(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);

	(void)state;
	assert_string_equal(iap_clock_format(arena, 0), "1970-01-01T00:00:00.000Z");
	assert_string_equal(iap_clock_format(arena, 1438300800000), "2015-07-31T00:00:00.000Z");
	assert_string_equal(iap_clock_format(arena, -1), "1969-12-31T23:59:59.999Z");
	assert_true(iap_clock_days(2000, 2, 29) == 11016);
	assert_true(iap_clock_days(1970, 1, 1) == 0);
}

static void
a_context_never_hides_its_cause(void **state)
{
	struct iap_error err = { 0 };
	char longer[2000];

	(void)state;
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	iap_error_set(&err, IAP_CORRUPT, "the cause");
	assert_int_equal(iap_error_context(&err, "%s", longer), IAP_CORRUPT);
	assert_non_null(strstr(err.detail, "the cause"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64url_follows_rfc_4648),
		cmocka_unit_test(utf8_is_checked_to_the_byte),
		cmocka_unit_test(numbers_spans_and_sizes_are_whole_or_refused),
		cmocka_unit_test(times_are_written_as_rfc_3339),
		cmocka_unit_test(a_context_never_hides_its_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
