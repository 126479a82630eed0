/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "archive/division.h"
#include "lib/archive/describe.h"

static const char document[] = "{\"id\":\"a\",\"mediaFiles\":["
    "{\"partitions\":[\"/sales\",\"/support/\",\"/\"],\"accessgroups\":[\"/\"],\"tenant\":\"Env\"},"
    "{\"partitions\":[\"/sales\"],\"accessgroups\":[\"/US/East\",\"Team A \"],\"tenant\":\"Env\"}],"
    "\"eventHistory\":[{\"event\":\"data\",\"data\":{\"added\":"
    "{\"GRECORD_PARTITIONS\":\"/b, /a,,/\",\"x_auth\":\"/s\"}}}]}";

static void
rules_give_sorted_sets(void **state)
{
	static const struct { const char *rule, *divisions; } cases[] = {
		{ NULL, "/US/East|/sales|/support|Team A|" },
		{ "", "/US/East|/sales|/support|Team A|" },
		{ "partitions", "/sales|/support|" },
		{ "accessgroups", "/US/East|Team A|" },
		{ "tenant", "Env|" },
		{ "attr:GRECORD_PARTITIONS", "/a|/b|" },
		{ "attr:nothing", "" },
		{ "attr:x_auth", "" },
		{ "fixed:/US/West/", "/US/West|" },
		{ "fixed:/", "" },
		{ "tenant, fixed:Z ,partitions", "/sales|/support|Env|Z|" },
	};

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(DESCRIBE_ARENA);
		struct iap_division_rule *rule = NULL;
		struct iap_error err = { 0 };
		struct iap_texts divisions;
		const char *text = "";

		assert_int_equal(iap_division_rule_parse(arena, cases[i].rule, &rule, &err),
		    IAP_OK);
		divisions = iap_divisions_of(rule, arena, describe_read(arena, document, "k.json"));
		for (size_t k = 0; k < divisions.count; k++)
			text = iap_arena_format(arena, "%s%s|", text, divisions.items[k]);
		assert_string_equal(text, cases[i].divisions);
	}
}

static void
a_rule_that_is_none_is_named(void **state)
{
	static const char *const rules[] = { "partition", "attr:", "fixed:", "tenant,", ",",
	    "tenant,x",
		"Tenant" };

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(rules); i++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(DESCRIBE_ARENA);
		struct iap_division_rule *rule = NULL;
		struct iap_error err = { 0 };

		assert_int_equal(iap_division_rule_parse(arena, rules[i], &rule, &err),
		    IAP_INVALID);
		assert_non_null(strstr(err.detail, "is no division rule"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_give_sorted_sets),
		cmocka_unit_test(a_rule_that_is_none_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
