/* SPDX-License-Identifier: Apache-2.0 */
/* Every way in which releases and hands differ when they write a document. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/archive/describe.h"

/* `expected` are lines that describe() must give; "!" before a word: no line begins so. */
static const struct {
	const char *label;
	const char *document;
	const char *expected[6];
} variants[] = {
	{ "singular mediaFile", "{\"id\":\"a\",\"mediaFile\":[{\"mediaId\":\"x.mp3\"}]}",
	    { "  names x.mp3" } },
	{ "one object for a list", "{\"id\":\"a\",\"mediaFiles\":{\"mediaId\":\"x.mp3\"},"
	    "\"eventHistory\":"
	    "{\"event\":\"Joined\",\"contact\":{\"type\":\"External\",\"phoneNumber\":\"1\"}}}",
	    { "  names x.mp3", "external - | - | - | 1 | - | -" } },
	{ "no media", "{\"id\":\"a\",\"mediaFiles\":[]}", { "id a", "!media", "!from", "!ms" } },
	{ "null for a list", "{\"id\":\"a\",\"mediaFiles\":null,\"eventHistory\":null}", { "id a",
	    "!media" } },
	{ "number for an id", "{\"id\":12345678901234567890123,\"mediaFiles\":[]}",
	    { "id 12345678901234567890123" } },
	{ "envelope", "{\"statusCode\":0,\"recording\":{\"id\":\"a\",\"mediaFiles\":[]}}",
	    { "id a" } },
	{ "list of one", "{\"recordings\":[{\"id\":\"a\",\"mediaFiles\":[]}]}", { "id a" } },
	{ "array of one envelope", "[{\"recording\":{\"id\":\"a\",\"mediaFiles\":[]}}]",
	    { "id a" } },
	{ "byte order mark", "\xef\xbb\xbf{\"id\":\"a\",\"mediaFiles\":[]}", { "id a" } },
	{ "no descriptor", "{\"id\":\"a\",\"mediaFiles\":[{\"mediaUri\":\"http:"
	    "//h/p/1.mp3?t=/x#y\",\"mediaPath\":"
	    "\"/p/2.mp3\",\"playPath\":\"/p/3.mp3\"}]}", { "  names 2.mp3 | 3.mp3 | 1.mp3" } },
	{ "descriptors", "{\"id\":\"a\",\"mediaFiles\":[{\"mediaId\":\"1.mp3\","
	    "\"originalMediaDescriptor\":{\"path\":"
	    "\"x/3.mp3\"},\"mediaDescriptor\":\"y\\\\2.mp3\"}]}", { "  names 1.mp3 | 2.mp3 | "
	    "3.mp3" } },
	{ "names that are none", "{\"id\":\"a\",\"mediaFiles\":[{\"mediaId\":\"..\",\"mediaPath\":"
	    "\"x/\",\"playPath\":"
	    "\"a\\nb\"}]}", { "media audio application/octet-stream", "!  names" } },
	{ "type from the name", "{\"id\":\"a\",\"mediaFiles\":[{\"mediaId\":\"x.MP4.bin\"}]}",
	    { "media video video/mp4" } },
	{ "type with capitals and parameters", "{\"id\":\"a\",\"mediaFiles\":[{\"type\":"
	    "\"Audio/MP3; q=1\"}]}",
	    { "media audio audio/mpeg" } },
	{ "type that is none", "{\"id\":\"a\",\"mediaFiles\":[{\"type\":\"audio/mp3\\r\\nX: y\","
	    "\"mediaId\":\"x.wav\"}]}",
	    { "media audio audio/wav" } },
	{ "type that is dangerous", "{\"id\":\"a\",\"mediaFiles\":[{\"type\":\"text/html\","
	    "\"mediaId\":\"x.mp3\"}]}",
	    { "media audio audio/mpeg" } },
	{ "numbers as texts and texts as numbers", "{\"id\":\"a\",\"callerPhoneNumber\":"
	    "61291110000,\"mediaFiles\":"
	    "[{\"size\":38000,\"duration\":\"19000\",\"startTime\":1438300800000,\"stopTime\":"
	    "\"1438300819000\"}]}",
	    { "caller 61291110000 (61291110000)", "  size 38000", "  ms 19000",
	    "from 2015-07-31T00:00:00.000Z",
	    "to 2015-07-31T00:00:19.000Z" } },
	{ "case of keys", "{\"id\":\"a\",\"mediaFiles\":[{\"callUuid\":\"U\",\"accessGroups\":["
	    "\"/x\"]}],\"eventHistory\":"
	    "[{\"callUUID\":\"u\"}]}", { "  call U", "accessgroups /x" } },
	{ "alias as a text", "{\"id\":\"a\",\"mediaFiles\":[{\"certAlias\":\"rcs_E:1:C=US,CN=g:"
	    "10\"}]}",
	    { "media audio application/octet-stream encrypted", "  alias rcs_E:1:C=US,CN=g:10" } },
	{ "bare base64", "{\"id\":\"a\",\"mediaFiles\":[{\"pkcs7\":\"MIIBrwYJKoZIhvcNAQcDoIIBoDCC"
	    "\"}]}",
	    { "media audio application/octet-stream encrypted", "  envelope "
	    "MIIBrwYJKoZIhvcNAQcDoIIBoDC" } },
	{ "empty envelope", "{\"id\":\"a\",\"mediaFiles\":[{\"pkcs7\":\"\",\"certAlias\":[]}]}",
	    { "media audio application/octet-stream", "!  alias" } },
	{ "some encrypted and some not", "{\"id\":\"a\",\"mediaFiles\":[{\"mediaId\":\"x.mp3\"},{"
	    "\"mediaId\":\"y.wav\","
	    "\"certAlias\":[\"z\"]}]}", { "media audio audio/mpeg", "media audio audio/wav "
	    "encrypted" } },
	{ "call types", "{\"id\":\"a\",\"callType\":\"OUTBOUND\",\"mediaFiles\":[]}",
	    { "type outbound" } },
	{ "call type not set", "{\"id\":\"a\",\"callType\":\"NotSet\",\"mediaFiles\":[]}",
	    { "type unknown" } },
	{ "region of a screen recording", "{\"id\":\"a\",\"mediaFiles\":[{\"parameters\":{"
	    "\"region\":\"r2\"}}]}",
	    { "region r2" } },
	{ "region of the document first", "{\"id\":\"a\",\"region\":\"r1\",\"mediaFiles\":[{"
	    "\"parameters\":"
	    "{\"region\":\"r2\"}}]}", { "region r1" } },
	{ "labels and protection", "{\"id\":\"a\",\"labels\":[\"gold\",{\"name\":\"vip\","
	    "\"displayName\":\"V\"},\"gold\"],"
	    "\"nondelete\":\"true\",\"mediaFiles\":[]}", { "labels gold | vip", "protected" } },
	{ "protection denied", "{\"id\":\"a\",\"isProtected\":false,\"nonDelete\":\"false\","
	    "\"mediaFiles\":[]}",
	    { "!protected" } },
	{ "partitions as one text", "{\"id\":\"a\",\"mediaFiles\":[{\"partitions\":\"/a, /b,,"
	    "/a\"}]}",
	    { "partitions /a | /b" } },
	{ "digits of a SIP address", "{\"id\":\"a\",\"callerPhoneNumber\":\"sip:+61 (7) "
	    "33@host5\",\"mediaFiles\":[]}",
	    { "caller sip:+61 (7) 33@host5 (61733)" } },
	{ "screen contact that is a user too", "{\"id\":\"a\",\"mediaFiles\":[{\"type\":"
	    "\"video/mp4\",\"parameters\":"
	    "{\"contact\":{\"userName\":\"u\"}}}],\"eventHistory\":[{\"contact\":{\"userName\":"
	    "\"u\"},\"event\":\"Joined\"}]}",
	    { "user u | - | - | - | - | -", "!screen" } },
	{ "no contact of a voice recording", "{\"id\":\"a\",\"mediaFiles\":[{\"type\":"
	    "\"audio/mp3\",\"parameters\":"
	    "{\"contact\":{\"userName\":\"u\"}}}]}", { "!screen", "!user" } },
};

static bool
has_line(const char *text, const char *line, bool whole)
{
	size_t length = strlen(line);

	while (text != NULL) {
		if (strncmp(text, line, length) == 0 && (!whole || text[length] == '\n'))
			return true;
		text = strchr(text, '\n');
		text = text == NULL ? NULL : text + 1;
	}
	return false;
}

static void
variants_mean_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(variants); i++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(DESCRIBE_ARENA);
		const char *text = describe(arena, describe_read(arena, variants[i].document,
		    "k.json"));

		for (size_t k = 0; k < 6 && variants[i].expected[k] != NULL; k++) {
			const char *line = variants[i].expected[k];
			bool absent = *line == '!';

			if (has_line(text, line + absent, !absent) == absent)
				fail_msg("%s: \"%s\" in\n%s", variants[i].label, line, text);
		}
	}
}

/* Times that the head of a document lacks, from the best place that has them. */
static void
times_come_from_the_next_best_place(void **state)
{
	static const struct { const char *key, *rest, *first, *second; } cases[] = {
		{ "2014-11-27/k.json", "\"startTime\":\"2015-01-01T00:00:10Z\",\"stopTime\":"
		    "\"2015-01-01T00:00:20Z\","
		    "\"mediaFiles\":[{\"startTime\":\"2015-01-01T00:00:05Z\"}]",
		    "from 2015-01-01T00:00:10.000Z", "ms 10000" },
		{ "2014-11-27/k.json", "\"mediaFiles\":[{\"startTime\":\"2015-01-01T00:00:05Z\"},{"
		    "\"startTime\":"
		    "\"2015-01-01T00:00:02Z\",\"duration\":\"9000\"}]",
		    "from 2015-01-01T00:00:02.000Z", "to 2015-01-01T00:00:11.000Z" },
		{ "2014-11-27/k.json", "\"mediaFiles\":[],\"eventHistory\":[{\"occurredAt\":"
		    "\"2015-01-01T00:00:09Z\"},"
		    "{\"occurredAt\":\"2015-01-01T00:00:07Z\"}]", "from 2015-01-01T00:00:07.000Z",
		    "ms 2000" },
		{ "2014-11-27/k.json", "\"mediaFiles\":[]", "date 2014-11-27T00:00:00.000Z",
		    "type unknown" },
		{ "2014-11-27/k.json", "\"startTime\":\"soon\",\"mediaFiles\":[]",
		    "date 2014-11-27T00:00:00.000Z",
		    "type unknown" },
		{ "k.json", "\"mediaFiles\":[{\"mediaId\":\"u_2014-11-27_10-00-00.mp3\"}]",
		    "date 2014-11-27T00:00:00.000Z", "type unknown" },
		{ "k.json", "\"startTime\":\"2015-01-01T00:00:10Z\",\"stopTime\":\"2015-01-01T00:"
		    "00:01Z\","
		    "\"mediaFiles\":[]", "to 2015-01-01T00:00:10.000Z", "ms 0" },
		{ "k.json", "\"startTime\":\"2015-01-01T00:00:10Z\",\"stopTime\":\"2015-01-01T00:"
		    "00:01Z\","
		    "\"mediaFiles\":[{\"stopTime\":\"2015-01-01T00:00:30Z\"}]",
		    "to 2015-01-01T00:00:30.000Z", "ms 20000" },
	};

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(DESCRIBE_ARENA);
		const char *text = describe(arena, describe_read(arena,
		    iap_arena_format(arena, "{\"id\":\"a\",%s}", cases[i].rest), cases[i].key));

		if (!has_line(text, cases[i].first, true) || !has_line(text, cases[i].second, true))
			fail_msg("%s:\n%s", cases[i].rest, text);
	}
}

/* Duration, start to stop in ms (0: unknown), size and type, and what it comes to. */
static void
durations_are_made_sense_of(void **state)
{
	static const struct {
		const char *stated;
		int span_ms;
		long size;
		const char *type;
		long ms;
	} cases[] = {
		{ "\"12523\"", 12000, 199296, "audio/mp3", 12523 },
		{ "12523", 0, 199296, "audio/mp3", 12523 },
		{ "\"62.25\"", 62000, 249000, "audio/mp3", 62250 },
		{ "\"62.25\"", 0, 249000, "audio/mp3", 62250 },
		{ "\"62\"", 0, 249000, "audio/mp3", 62000 },
		{ "\"62.25\"", 0, -1, "audio/mp3", 62250 },
		{ "62", 0, -1, "audio/mp3", 62 },
		{ "\"5\"", 5000, -1, "audio/mp3", 5000 },
		{ "\"0\"", 41000, 0, "audio/wav", 41000 },
		{ "\"999999999\"", 41000, -1, "audio/wav", 41000 },
		{ "\"390240\"", 390000, 780480, "audio/mp3", 390240 },
		{ "\"-5\"", 0, -1, "audio/mp3", -1 },
		{ "\"long\"", 7000, -1, "audio/mp3", 7000 },
		{ "null", 0, -1, "audio/mp3", -1 },
		{ "\"99999999999999999999\"", 0, -1, "audio/mp3", -1 },
		{ "429000", 0, 11533620, "video/mp4", 429000 },
	};
	char size[32], stop[64];

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(DESCRIBE_ARENA);
		const struct iap_media_entry *entry;

		size[0] = stop[0] = '\0';
		if (cases[i].size >= 0)
			snprintf(size, sizeof size, ",\"size\":%ld", cases[i].size);
		if (cases[i].span_ms > 0)
			snprintf(stop, sizeof stop, ",\"stopTime\":%ld",
			    1438300800000 + cases[i].span_ms);
		entry = describe_read(arena, iap_arena_format(arena, "{\"id\":\"a\","
		    "\"mediaFiles\":[{\"duration\":%s,"
		    "\"startTime\":1438300800000,\"type\":\"%s\"%s%s}]}", cases[i].stated,
		    cases[i].type, size, stop),
		    "k.json")->media;
		if (entry->has_duration != (cases[i].ms >= 0) ||
		    (entry->has_duration && entry->duration_ms != cases[i].ms))
			fail_msg("%s of %d: "
			    "%lld"
			    "", cases[i].stated, cases[i].span_ms, (long long)entry->duration_ms);
	}
}

static void
pauses_lie_in_their_media(void **state)
{
	static const struct { const char *marks, *expected; } cases[] = {
		{ "{\"time\":\"2015-07-31T00:00:01Z\",\"type\":\"paused\"},{\"time\":"
		    "\"2015-07-31T00:00:03.5Z\",\"type\":"
		    "\"resume\"}", "1000-3500 " },
		{ "{\"time\":\"2015-07-31T00:00:01Z\",\"type\":\"paused\"}", "1000-10000 " },
		{ "{\"time\":\"2015-07-31T00:00:03Z\",\"type\":\"resume\"},{\"time\":"
		    "\"2015-07-31T00:00:01Z\",\"type\":"
		    "\"paused\"}", "1000-3000 " },
		{ "{\"time\":\"2015-07-31T00:00:03Z\",\"type\":\"resume\"}", "" },
		{ "{\"time\":\"2015-07-30T23:59:58Z\",\"type\":\"paused\"},{\"time\":"
		    "\"2015-07-31T00:00:02Z\",\"type\":"
		    "\"resumed\"}", "0-2000 " },
		{ "{\"time\":1438300801000,\"type\":\"pause\"},{\"time\":1438300802000,\"type\":"
		    "\"paused\"},{\"time\":"
		    "1438300803000,\"type\":\"resume\"},{\"time\":1438300809000,\"type\":"
		    "\"paused\"},{\"time\":"
		    "1438300899000,\"type\":\"resume\"}", "1000-3000 9000-10000 " },
		{ "{\"time\":\"never\",\"type\":\"paused\"},{\"type\":\"paused\"},7,{\"time\":"
		    "1438300801000,\"type\":\"x\"}", "" },
	};

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(DESCRIBE_ARENA);
		const struct iap_media_entry *entry = describe_read(arena, iap_arena_format(arena,
		    "{\"id\":\"a\",\"mediaFiles\":[{\"startTime\":1438300800000,\"duration\":"
		    "10000,\"masks\":[%s]}]}",
		    cases[i].marks), "k.json")->media;
		const char *text = "";

		for (size_t k = 0; k < entry->mask_count; k++)
			text = iap_arena_format(arena, "%s%lld-%lld ",
			    text, (long long)entry->masks[k].from_ms,
			    (long long)entry->masks[k].to_ms);
		assert_string_equal(text, cases[i].expected);
	}
}

static void
attached_data_ends_with_its_last_value(void **state)
{
	static const char document[] = "{\"id\":\"a\",\"mediaFiles\":[],\"userData\":{\"Z\":"
	    "\"0\"},\"eventHistory\":["
	    "{\"event\":\"data\",\"occurredAt\":\"2015-01-01T00:00:03Z\",\"data\":{\"updated\":{"
	    "\"A\":\"3\"},\"removed\":[\"B\"]}},"
	    "{\"event\":\"data\",\"occurredAt\":\"2015-01-01T00:00:01Z\",\"data\":{\"added\":{"
	    "\"A\":\"1\",\"B\":2,\"C\":true,"
	    "\"D\":{\"x\": [1]},\"E\":null}}},"
	    "{\"event\":\"x\",\"occurredAt\":\"2015-01-01T00:00:02Z\",\"userData\":{\"F\":"
	    "\"\\u4e2d\",\"rp.x_auth\":\"u:p\"}},"
	    "{\"event\":\"data\",\"occurredAt\":\"2015-01-01T00:00:04Z\",\"attachedData\":[{"
	    "\"key\":\"G\",\"value\":\"7\"}]},"
	    "{\"event\":\"data\",\"occurredAt\":\"2015-01-01T00:00:05Z\",\"data\":{\"changed\":{"
	    "\"C\":\"8\"},\"deleted\":"
	    "{\"E\":\"\"}}}]}";
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(DESCRIBE_ARENA);
	const struct iap_metadata *metadata = describe_read(arena, document, "k.json");

	(void)state;
	assert_non_null(strstr(describe(arena, metadata), "\ndata Z=0\ndata A=3\ndata C=8\ndata "
	    "D={\"x\": [1]}\n"
	    "data F=\xe4\xb8\xad\nsecret rp.x_auth=u:p\ndata G=7\n"));
	assert_int_equal(metadata->attribute_count, 7);
	assert_int_equal(metadata->event_count, 5);
	assert_int_equal(metadata->events[0].kind, IAP_EVENT_DATA);
	assert_int_equal(metadata->events[0].data_count, 5);
	assert_string_equal(metadata->events[1].what, "x");
	assert_int_equal(metadata->events[1].kind, IAP_EVENT_DATA);
	assert_string_equal(metadata->events[2].removed.items[0], "B");
}

static void
people_stand_in_order_of_joining(void **state)
{
	static const char document[] = "{\"id\":\"a\",\"mediaFiles\":[],\"eventHistory\":["
	    "{\"event\":\"Joined\",\"occurredAt\":\"2015-01-01T00:00:05Z\",\"contact\":{\"type\":"
	    "\"User\",\"userName\":\"b\"}},"
	    "{\"event\":\"Left\",\"occurredAt\":\"2015-01-01T00:00:09Z\",\"contact\":{\"type\":"
	    "\"User\",\"userName\":\"a\","
	    "\"firstName\":\"Ann\"}},"
	    "{\"event\":\"Joined\",\"occurredAt\":\"2015-01-01T00:00:01Z\",\"contact\":{\"type\":"
	    "\"User\",\"userName\":\"a\"}},"
	    "{\"event\":\"Left\",\"occurredAt\":\"2015-01-01T00:00:02Z\",\"contact\":{\"type\":"
	    "\"User\",\"userName\":\"a\"}},"
	    "{\"event\":\"Joined\",\"occurredAt\":\"2015-01-01T00:00:07Z\",\"contact\":{\"type\":"
	    "\"User\",\"userName\":\"a\"}},"
	    "{\"event\":\"Joined\",\"contact\":{\"type\":\"External\",\"phoneNumber\":\"+1 2\"}}]}";
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(DESCRIBE_ARENA);
	const struct iap_metadata *metadata = describe_read(arena, document, "k.json");

	(void)state;
	assert_non_null(strstr(describe(arena, metadata),
	    "user a | Ann | - | - | 2015-01-01T00:00:01.000Z | 2015-01-01T00:00:09.000Z\n"
	    "user b | - | - | - | 2015-01-01T00:00:05.000Z | -\n"
	    "external - | - | - | +1 2 | - | -\n"));
	assert_true(metadata->events[0].at.ms == 1420070401000);
	assert_int_equal(metadata->events[0].participant, 0);
	assert_int_equal(metadata->events[2].participant, 1);
	assert_int_equal(metadata->events[4].participant, 2);
	assert_false(metadata->events[4].at.known);
	assert_string_equal(metadata->participants[2].phone_digits, "12");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variants_mean_the_same),
		cmocka_unit_test(times_come_from_the_next_best_place),
		cmocka_unit_test(durations_are_made_sense_of),
		cmocka_unit_test(pauses_lie_in_their_media),
		cmocka_unit_test(attached_data_ends_with_its_last_value),
		cmocka_unit_test(people_stand_in_order_of_joining),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
