/* SPDX-License-Identifier: Apache-2.0 */
/* Query strings, percent encoding and cookies; expected values by hand from the RFCs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "http/cookie.h"
#include "http/form.h"
#include "http/percent.h"

static void
fields_are_read_in_order(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		struct iap_form_field fields[4];
	} cases[] = {
		{ "", 0, { { NULL, NULL } } },
		{ "&&", 0, { { NULL, NULL } } },
		{ "a=1", 1, { { "a", "1" } } },
		{ "a=1&b=2&a=3", 3, { { "a", "1" }, { "b", "2" }, { "a", "3" } } },
		{ "a", 1, { { "a", "" } } },
		{ "a=", 1, { { "a", "" } } },
		{ "=x", 1, { { "", "x" } } },
		{ "a=b=c", 1, { { "a", "b=c" } } },
		{ "a+b=c%2Bd+e", 1, { { "a b", "c+d e" } } },
		{ "attr.Kund%C3%A9=M%c3%BCller", 1, { { "attr.Kund\xc3\xa9", "M\xc3\xbcller" } } },
		{ "a=%26&b=%3D", 2, { { "a", "&" }, { "b", "=" } } },
	};
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		struct iap_form form;

		assert_int_equal(iap_form_parse(arena, cases[i].text, strlen(cases[i].text),
		    &form, &err), IAP_OK);
		assert_int_equal(form.count, cases[i].count);
		for (size_t f = 0; f < form.count; f++) {
			assert_string_equal(form.fields[f].name, cases[i].fields[f].name);
			assert_string_equal(form.fields[f].value, cases[i].fields[f].value);
		}
	}
}

static void
what_is_malformed_is_refused_by_name(void **state)
{
	static const struct { const char *text, *names; } cases[] = {
		{ "agent=%", "agent" }, { "agent=%4", "agent" }, { "agent=%zz", "agent" },
		{ "agent=a%00b", "agent" }, { "agent=%ff", "agent" }, { "agent=%c0%af", "agent" },
		{ "agent=%ED%A0%80", "agent" }, { "%zz=1", "name" },
	};
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	char many[2 * IAP_FORM_FIELDS_MAX + 3];

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		struct iap_error err = { 0 };
		struct iap_form form;

		assert_int_equal(iap_form_parse(arena, cases[i].text, strlen(cases[i].text),
		    &form, &err), IAP_INVALID);
		assert_non_null(strstr(err.detail, cases[i].names));
	}
	for (size_t i = 0; i + 1 < sizeof many; i += 2)
		memcpy(many + i, "a&", 2);
	many[sizeof many - 1] = '\0';
	{
		struct iap_error err = { 0 };
		struct iap_form form;

		assert_int_equal(iap_form_parse(arena, many, strlen(many), &form, &err),
		    IAP_INVALID);
	}
}

static void
the_first_of_a_name_is_found(void **state)
{
	static const struct iap_form_field fields[] = { { "a", "1" }, { "b", "2" }, { "a", "3" } };
	const struct iap_form form = { fields, IAP_LENGTH(fields) };

	(void)state;
	assert_string_equal(iap_form_find(&form, "a"), "1");
	assert_string_equal(iap_form_find(&form, "b"), "2");
	assert_null(iap_form_find(&form, "A"));
}

static void
percent_encoding_follows_rfc_3986(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);

	(void)state;
	assert_string_equal(iap_percent_format(arena, "aZ09-._~"), "aZ09-._~");
	assert_string_equal(iap_percent_format(arena, "/US East&\xc3\xa9'\""),
	    "%2FUS%20East%26%C3%A9%27%22");
	assert_string_equal(iap_percent_parse(arena, "a+b%2f", 6, IAP_PERCENT_PLUS_IS_PLUS), "a+b/");
	assert_null(iap_percent_parse(arena, "%2", 2, IAP_PERCENT_PLUS_IS_PLUS));
}

static void
one_cookie_is_found_and_two_are_none(void **state)
{
	static const struct { const char *header, *name, *value; } cases[] = {
		{ "iap=abc", "iap", "abc" },
		{ "x=1; iap=abc; y=2", "iap", "abc" },
		{ "x=1;iap=abc", "iap", "abc" },
		{ "xiap=1; iap2=2", "iap", NULL },
		{ "iap=a; iap=b", "iap", NULL },
		{ "iap", "iap", NULL },
		{ "iap=", "iap", "" },
		{ "__Host-iap=v; iap=w", "__Host-iap", "v" },
		{ "", "iap", NULL },
	};
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		const char *value = iap_cookie_find(arena, cases[i].header, cases[i].name);

		if (cases[i].value == NULL)
			assert_null(value);
		else
			assert_string_equal(value, cases[i].value);
	}
	assert_null(iap_cookie_find(arena, NULL, "iap"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_read_in_order),
		cmocka_unit_test(what_is_malformed_is_refused_by_name),
		cmocka_unit_test(the_first_of_a_name_is_found),
		cmocka_unit_test(percent_encoding_follows_rfc_3986),
		cmocka_unit_test(one_cookie_is_found_and_two_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
