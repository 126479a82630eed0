/* SPDX-License-Identifier: Apache-2.0 */
/* Expected texts by hand; jansson, which shares no code with IAP, reads them back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "json/write.h"

static void
a_document_is_written_to_the_byte(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	struct iap_json_writer writer;
	struct iap_buf buf;

	(void)state;
	iap_buf_open(&buf, arena);
	iap_json_write_open(&writer, &buf);
	iap_json_write_object_begin(&writer, NULL);
	iap_json_write_array_begin(&writer, "items");
	iap_json_write_object_begin(&writer, NULL);
	iap_json_write_text(&writer, "id", "1");
	iap_json_write_text(&writer, "region", NULL);
	iap_json_write_object_end(&writer);
	iap_json_write_i64(&writer, NULL, INT64_MIN);
	iap_json_write_u64(&writer, NULL, UINT64_MAX);
	iap_json_write_array_end(&writer);
	iap_json_write_bool(&writer, "yes", true);
	iap_json_write_bool(&writer, "no", false);
	iap_json_write_null(&writer, "next");
	iap_json_write_decimal(&writer, "seconds", 1.5);
	iap_json_write_decimal(&writer, "never", NAN);
	iap_json_write_time(&writer, "at", 1438300800000);
	iap_json_write_raw(&writer, "raw", "{\"a\":1}");
	iap_json_write_object_begin(&writer, "empty");
	iap_json_write_object_end(&writer);
	iap_json_write_object_end(&writer);
	assert_string_equal(buf.bytes, "{\"items\":[{\"id\":\"1\",\"region\":null},"
	    "-9223372036854775808,"
	    "18446744073709551615],\"yes\":true,\"no\":false,\"next\":null,\"seconds\":1.500,"
	    "\"never\":null,\"at\":\"2015-07-31T00:00:00.000Z\",\"raw\":{\"a\":1},\"empty\":{}}");
}

static void
every_text_comes_back(void **state)
{
	static const struct { const char *text, *back; } cases[] = {
		{ "", "" }, { "plain", "plain" },
		{ "\"\\/\b\f\n\r\t\x01\x1f\x7f", "\"\\/\b\f\n\r\t\x01\x1f\x7f" },
		{ "Ana L\xc3\xb3pez \xe4\xb8\xad\xe6\x96\x87 \xf0\x9f\x98\x80",
		    "Ana L\xc3\xb3pez \xe4\xb8\xad\xe6\x96\x87 \xf0\x9f\x98\x80" },
		{ "Andr\xe9!", "Andr\xef\xbf\xbd!" }, { "\xed\xa0\x80",
		    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "cut \xe4\xb8", "cut \xef\xbf\xbd\xef\xbf\xbd" },
	};
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		struct iap_json_writer writer;
		struct iap_buf buf;
		json_t *json;

		iap_buf_open(&buf, arena);
		iap_json_write_open(&writer, &buf);
		iap_json_write_array_begin(&writer, NULL);
		iap_json_write_text(&writer, NULL, cases[i].text);
		iap_json_write_array_end(&writer);
		json = json_loadb(buf.bytes, buf.length, 0, NULL);
		assert_non_null(json);
		assert_string_equal(json_string_value(json_array_get(json, 0)), cases[i].back);
		json_decref(json);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_is_written_to_the_byte),
		cmocka_unit_test(every_text_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
