/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: RFC 8259 and, for places, counted by hand in the input. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "json/json.h"

enum { ARENA = 256 * 1024 * 1024 };

static struct iap_json *
read_json(struct iap_arena *arena, const char *text)
{
	struct iap_error err = { 0 };
	struct iap_json *json = NULL;

	if (iap_json_parse(arena, text, strlen(text), &json, &err) != IAP_OK)
		fail_msg("%s: %s", text, err.detail);
	return json;
}

static void
assert_span(const char *input, const struct iap_json *value, const char *expected)
{
	assert_non_null(value);
	assert_int_equal(value->end - value->begin, strlen(expected));
	assert_memory_equal(input + value->begin, expected, strlen(expected));
}

static void
values_know_their_place(void **state)
{
	static const char input[] = "\xef\xbb\xbf { \"a\" : \"x\\u0041\\n\" ,\r\n\t"
	    "\"list\":[ 1, -2.50e+3 ,true,false, null,{ } , [ ]],\"\\u00fc\":\"\xc3\xbc\" } \n";
	static const char *const items[] = { "1", "-2.50e+3", "true", "false", "null", "{ }",
	    "[ ]" };
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA);
	const struct iap_json *json = read_json(arena, input), *item;

	(void)state;
	assert_int_equal(json->begin, 4);
	assert_int_equal(json->end, strlen(input) - 2);
	assert_int_equal(json->count, 3);
	assert_span(input, iap_json_find(json, "a"), "\"x\\u0041\\n\"");
	assert_string_equal(iap_json_text(iap_json_find(json, "a")), "xA\n");
	item = iap_json_find(json, "list")->first;
	for (size_t i = 0; i < IAP_LENGTH(items); i++, item = item->next)
		assert_span(input, item, items[i]);
	assert_null(item);
	assert_span(input, iap_json_find(json, "\xc3\xbc"), "\"\xc3\xbc\"");
}

static void
a_lone_value_knows_its_place_too(void **state)
{
	static const struct { const char *input, *value; } cases[] = {
		{ " 12 ", "12" }, { "12", "12" }, { " 7", "7" }, { "\"a\" ", "\"a\"" },
		    { " null\n", "null" },
	};
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA);

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++)
		assert_span(cases[i].input, read_json(arena, cases[i].input), cases[i].value);
}

static void
numbers_lose_no_digit(void **state)
{
	static const char digits[] = "69799310210219783971014743974102101345404983710219";
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA);
	const char *input = iap_arena_format(arena, "[%s,1e999,-0.10,\"42\",9223372036854775807]",
	    digits);
	const struct iap_json *item = read_json(arena, input)->first;
	int64_t number = 7;

	(void)state;
	assert_string_equal(iap_json_text(item), digits);
	assert_false(iap_json_i64(item, &number));
	assert_int_equal(number, 7);
	item = item->next;
	assert_string_equal(iap_json_text(item), "1e999");
	item = item->next;
	assert_string_equal(iap_json_text(item), "-0.10");
	item = item->next;
	assert_true(iap_json_i64(item, &number));
	assert_int_equal(number, 42);
	assert_true(iap_json_i64(item->next, &number));
	assert_true(number == INT64_MAX);
}

static void
damage_is_named_with_its_place(void **state)
{
	static const struct { const char *input, *detail; } cases[] = {
		{ "", "the document is empty" },
		{ "\xef\xbb\xbf", "the document is empty" },
		{ "  ", "line 1, column 3: the document ends too early" },
		{ "{\"a\":1", "line 1, column 7: the document ends too early" },
		{ "{\n  \"a\": 1,\n  \"a\": 2 }", "line 3, column 8: the key \"a\" twice in one "
		    "object" },
		{ "[\"\\u0000\"]", "line 1, column 2: a NUL character in a text" },
		{ "{\"\\u0000\":1}", "line 1, column 2: a NUL character in a text" },
		{ "[\"\\ud800\"]", "line 1, column 2: half a surrogate pair in a text" },
		{ "[\"\\ud800\\u0041\"]", "line 1, column 2: half a surrogate pair in a text" },
		{ "[\"\\udc00\"]", "line 1, column 2: half a surrogate pair in a text" },
		{ "[\"\xc3\xbc\",\n\"Andr\xe9\"]", "line 2, column 6: not UTF-8" },
		{ "{} x", "trailing garbage" },
		{ "[1,\f2]", "line 1, column 4: a control character" },
		{ "[1]\v", "line 1, column 4: a control character" },
		{ "{\"a\": \"anonymous\xe2\x80\x9d,\n\"b\": \"c\"}", "typographic quotation "
		    "marks" },
	};
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA);

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		struct iap_error err = { 0 };
		struct iap_json *json = NULL;

		assert_int_equal(iap_json_parse(arena, cases[i].input, strlen(cases[i].input),
		    &json, &err),
		    IAP_CORRUPT);
		if (strstr(err.detail, cases[i].detail) == NULL)
			fail_msg("%s: \"%s\" lacks \"%s\"", cases[i].input, err.detail,
			    cases[i].detail);
	}
}

static void
a_pair_of_surrogates_is_one_character(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA);

	(void)state;
	assert_string_equal(iap_json_text(read_json(arena, "\"\\ud83d\\ude00\"")),
	    "\xf0\x9f\x98\x80");
	assert_string_equal(iap_json_text(read_json(arena, "\"\\\\u0000\"")), "\\u0000");
}

static void
depth_ends_at_64(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA);
	struct iap_error err = { 0 };
	struct iap_json *json;
	char text[131];

	(void)state;
	memset(text, '[', 64);
	memset(text + 64, ']', 64);
	assert_int_equal(iap_json_parse(arena, text, 128, &json, &err), IAP_OK);
	memset(text, '[', 65);
	memset(text + 65, ']', 65);
	assert_int_equal(iap_json_parse(arena, text, 130, &json, &err), IAP_CORRUPT);
	assert_non_null(strstr(err.detail, "64 levels"));
}

/* Keys "0" to "count - 1" and then one more. */
static char *
object_of(struct iap_arena *arena, unsigned int count, const char *last_key)
{
	char *text = iap_arena_alloc(arena, (size_t)count * 20 + 100);
	size_t used = 1;

	text[0] = '{';
	for (unsigned int i = 0; i < count; i++)
		used += (size_t)sprintf(text + used, "\"%u\":\"some text\",", i);
	sprintf(text + used, "\"%s\":0}", last_key);
	return text;
}

static void
a_key_twice_is_found_among_many(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA);
	struct iap_error err = { 0 };
	struct iap_json *json;
	char *text;

	(void)state;
	for (unsigned int count = 1; count < 40000; count = count * 3 + 1) {
		text = object_of(arena, count, "x");
		assert_int_equal(iap_json_parse(arena, text, strlen(text), &json, &err), IAP_OK);
		assert_int_equal(json->count, count + 1);
		text = object_of(arena, count, "0");
		assert_int_equal(iap_json_parse(arena, text, strlen(text), &json, &err),
		    IAP_CORRUPT);
		assert_non_null(strstr(err.detail, "\"0\" twice"));
	}
}

/* One megabyte of "[0,0,0..." would ask for fifty: it is refused before. */
static void
many_tiny_values_are_refused(void **state)
{
	enum { COUNT = 512 * 1024, SIZE = 1 + COUNT * 2 + 2 };
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA);
	char *text = iap_arena_alloc(arena, SIZE + 1);
	struct iap_error err = { 0 };
	struct iap_json *json;

	(void)state;
	text[0] = '[';
	for (size_t i = 0; i < COUNT; i++)
		memcpy(text + 1 + i * 2, "0,", 2);
	memcpy(text + SIZE - 2, "0]", 2);
	assert_int_equal(iap_json_parse(arena, text, SIZE, &json, &err), IAP_CORRUPT);
	assert_non_null(strstr(err.detail, "too many values"));
}

static void
questions_about_nothing_have_no_answer(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA);
	const struct iap_json *json = read_json(arena, "{\"a\":[],\"b\":\"x\"}");
	int64_t number;

	(void)state;
	assert_null(iap_json_find(NULL, "a"));
	assert_null(iap_json_find(json, "c"));
	assert_null(iap_json_find(iap_json_find(json, "a"), "b"));
	assert_null(iap_json_text(NULL));
	assert_null(iap_json_text(iap_json_find(json, "a")));
	assert_false(iap_json_i64(NULL, &number));
	assert_false(iap_json_i64(iap_json_find(json, "b"), &number));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_know_their_place),
		cmocka_unit_test(a_lone_value_knows_its_place_too),
		cmocka_unit_test(numbers_lose_no_digit),
		cmocka_unit_test(damage_is_named_with_its_place),
		cmocka_unit_test(a_pair_of_surrogates_is_one_character),
		cmocka_unit_test(depth_ends_at_64),
		cmocka_unit_test(a_key_twice_is_found_among_many),
		cmocka_unit_test(many_tiny_values_are_refused),
		cmocka_unit_test(questions_about_nothing_have_no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
