/* SPDX-License-Identifier: Apache-2.0 */
/* Blanked documents were typed by hand; jansson, which shares no code with IAP, reads them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <string.h>

#include "archive/secret.h"
#include "lib/archive/describe.h"

/* What is served of a recording when secrets are blanked, as iap-media overlays it. */
static char *
blank(struct iap_arena *arena, const char *bytes, const struct iap_metadata *metadata)
{
	size_t size = metadata->slice_end - metadata->slice_begin, end = metadata->slice_begin;
	char *shown = iap_arena_copy_bytes(arena, bytes + metadata->slice_begin, size);

	for (size_t i = 0; i < metadata->blank_count; i++) {
		const struct iap_blank *span = &metadata->blanks[i];

		assert_true(span->begin >= end && span->end > span->begin);
		assert_true(span->end <= metadata->slice_end);
		end = span->end;
		memset(shown + span->begin - metadata->slice_begin, span->fill,
		    span->end - span->begin);
	}
	return shown;
}

static void
assert_json(const char *text)
{
	json_error_t error;
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	if (json == NULL)
		fail_msg("%s: %s", text, error.text);
	json_decref(json);
}

static void
secrets_and_nothing_else_are_blanked(void **state)
{
	static const struct { const char *values, *blanked; } cases[] = {
		{ "\"rp.speechminer_auth\":\"user:p\\\"w\\u00e9\"", "\"rp.speechminer_auth\":"
		    "\"***************\"" },
		{ "\"rp.speechminer_uri\":\"http://h/x@y\"", "\"rp.speechminer_uri\":\"http:"
		    "//h/x@y\"" },
		{ "\"password\" : 12.5e3 ,\"x\":1", "\"password\" : 111111 ,\"x\":1" },
		{ "\"Password\":-7", "\"Password\":11" },
		{ "\"password\":null,\"b_auth\":true,\"c_auth\":\"\"",
		    "\"password\":null,\"b_auth\":true,\"c_auth\":\"\"" },
		{ "\"data\":{\"bucket\":\"b\",\"credentials\":{\"id\":\"AB\",\"list\":[\"c\",["
		    "2]]}}",
		    "\"data\":{\"bucket\":\"b\",\"credentials\":{\"id\":\"**\",\"list\":[\"*\",["
		    "1]]}}" },
		{ "\"l\":[{\"key\":\"rp.x_auth\",\"value\":\"u:p\"},{\"key\":\"k\",\"value\":"
		    "\"v\"}]",
		    "\"l\":[{\"key\":\"rp.x_auth\",\"value\":\"***\"},{\"key\":\"k\",\"value\":"
		    "\"v\"}]" },
		{ "\"path\":\"http://user:pass@h/x.mp3\"", "\"path\":\"http://user:"
		    "****@h/x.mp3\"" },
		{ "\"path\":\"http:\\/\\/user:pass@h/x.mp3\"", "\"path\":\"http:\\/\\/user:"
		    "****@h/x.mp3\"" },
		{ "\"path\":\"http://user@h:80/x\",\"mail\":\"a:b@c\"",
		    "\"path\":\"http://user@h:80/x\",\"mail\":\"a:b@c\"" },
		{ "\"secretKey\":\"\xe4\xb8\xad\"", "\"secretKey\":\"***\"" },
		{ "\"author\":\"x\",\"authority\":\"y\",\"passenger\":\"z\"",
		    "\"author\":\"x\",\"authority\":\"y\",\"passenger\":\"z\"" },
	};

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(DESCRIBE_ARENA);
		const char *document = iap_arena_format(arena,
		    "\xef\xbb\xbf {\"id\":\"a\",\"mediaFiles\":[{\"parameters\":{%s}}]}\n",
		    cases[i].values);
		const char *expected = iap_arena_format(arena,
		    "\xef\xbb\xbf {\"id\":\"a\",\"mediaFiles\":[{\"parameters\":{%s}}]}\n",
		    cases[i].blanked);
		const char *shown = blank(arena, document, describe_read(arena, document,
		    "k.json"));

		assert_string_equal(shown, expected);
		assert_json(shown + 3);
	}
}

/* Of a file with several recordings each gets its element, with its own secrets only. */
static void
recordings_are_cut_out_of_their_file(void **state)
{
	static const char document[] = "{\"recordings\": [ {\"id\":\"a\",\"mediaFiles\":[],"
	    "\"x_auth\":\"one\"},"
	    " {\"statusCode\":0,\"recording\":{\"id\":\"b\",\"mediaFiles\":[],\"x_auth\":"
	    "\"two\"}}, 7,"
	    "{\"id\":\"no recording\"}, {\"mediaFile\":[]}, {\"id\":\"c\",\"mediaFiles\":[3]} ],"
	    "\"password\":\"p\"}";
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(DESCRIBE_ARENA);
	struct iap_document out;
	struct iap_error err = { 0 };

	(void)state;
	assert_int_equal(iap_document_parse(arena, document, strlen(document), "k.json", &out,
	    &err),
	    IAP_OK);
	assert_int_equal(out.count, 2);
	assert_string_equal(out.recordings[0].recording_id, "a");
	assert_int_equal(out.recordings[0].element, 0);
	assert_string_equal(blank(arena, document, &out.recordings[0]),
	    "{\"id\":\"a\",\"mediaFiles\":[],\"x_auth\":\"***\"}");
	assert_string_equal(out.recordings[1].recording_id, "b");
	assert_int_equal(out.recordings[1].element, 1);
	assert_string_equal(blank(arena, document, &out.recordings[1]),
	    "{\"statusCode\":0,\"recording\":{\"id\":\"b\",\"mediaFiles\":[],\"x_auth\":\"***\"}}");
	assert_int_equal(out.fault_count, 2);
	assert_string_equal(out.fault, "recording 5 of the file: the recording has no id");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_and_nothing_else_are_blanked),
		cmocka_unit_test(recordings_are_cut_out_of_their_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
