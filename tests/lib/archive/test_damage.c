/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents that are none, damaged, or made to hurt. Mutations are seeded, so
 * that a failure can be repeated: its number is printed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/division.h"
#include "archive/pairing.h"
#include "archive/time.h"
#include "lib/archive/describe.h"

enum { MUTATIONS = 20000, CHANGES_MAX = 6, GROWTH = 4096 };

static const char *const seeds[] = { "clear.json", "encrypted.json", "transfer.json", "bulk.json",
	"screen.json", "uploaded.json", "early-failed.json",
	"87654321-5555-4666-8777-0000bbbbcccc.opus_metadata.json" };

static void
what_is_no_metadata_is_passed_over(void **state)
{
	static const char *const cases[] = {
		"{}", "[]", "null", "\"mediaFiles\"", "17", "{\"last\":1438300800000}",
		    "[1,2,{\"id\":\"a\"}]",
		"{\"recording\":{\"id\":\"a\"}}", "{\"recordings\":[]}", "{\"recordings\":7}",
		"{\"statusCode\":5,\"statusMessage\":\"no\"}", "{\"recording\":null}",
		"{\"data\":{\"mediaFiles\":[]}}", "{\"recordingId\":\"x\"}",
	};

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(DESCRIBE_ARENA);
		struct iap_document document;
		struct iap_error err = { 0 };

		assert_int_equal(iap_document_parse(arena, cases[i], strlen(cases[i]), "k.json",
		    &document,
		    &err), IAP_OK);
		assert_int_equal(document.count, 0);
		assert_null(document.fault);
	}
}

static void
damage_has_a_cause(void **state)
{
	static const struct { const char *document, *cause; } cases[] = {
		{ "", "the document is empty" },
		{ "{\"id\":\"a\",\"mediaFiles\":[", "line 1, column 25: the document ends too "
		    "early" },
		{ "{\"mediaFiles\":[]}", "the recording has no id" },
		{ "{\"id\":\"\",\"mediaFiles\":[]}", "the recording has no id" },
		{ "{\"id\":{},\"mediaFiles\":[]}", "the recording has no id" },
		{ "{\"id\":\"a\",\"mediaFiles\":\"none\"}", "mediaFiles[0] is no object" },
		{ "{\"id\":\"a\",\"mediaFile\":[{},null]}", "mediaFile[1] is no object" },
		{ "{\"id\":\"a\",\"mediaFiles\":[],\"eventHistory\":[[]]}",
		    "eventHistory[0] is no object" },
		{ "{\"id\":\"a\",\"id\":\"b\",\"mediaFiles\":[]}", "the key \"id\" twice in one "
		    "object" },
		{ "{\"id\":\"Andr\xe9\",\"mediaFiles\":[]}", "line 1, column 12: not UTF-8" },
		{ "[{\"mediaFiles\":[]},{\"mediaFiles\":[]}]", "the recording has no id" },
		{ "{\"recordingId\":\"\",\"mediaType\":\"Call\"}", "the recording has no id" },
	};

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(DESCRIBE_ARENA);
		struct iap_document document;
		struct iap_error err = { 0 };

		assert_int_equal(iap_document_parse(arena, cases[i].document,
		    strlen(cases[i].document),
		    "k.json", &document, &err), IAP_CORRUPT);
		if (strstr(err.detail, cases[i].cause) == NULL)
			fail_msg("%s: \"%s\"", cases[i].document, err.detail);
	}
}

static void
an_id_longer_than_its_column_is_refused(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(DESCRIBE_ARENA);
	const char *text = iap_arena_format(arena, "{\"id\":\"%0129d\",\"mediaFiles\":[]}", 1);
	struct iap_document document;
	struct iap_error err = { 0 };

	(void)state;
	assert_int_equal(iap_document_parse(arena, text, strlen(text), "k", &document, &err),
	    IAP_CORRUPT);
	assert_non_null(strstr(err.detail, "128 bytes"));
}

/* A linear congruential generator: the same mutations everywhere and always. */
static uint32_t
draw(uint64_t *random, size_t below)
{
	*random = *random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*random >> 33) % (uint32_t)below;
}

/* One change: a byte, a cut, a piece doubled or moved, or a word that means something. */
static size_t
mutate(uint64_t *random, char *bytes, size_t size)
{
	static const char *const words[] = { "{", "}", "[", "]", "\"", ",", ":", "null", "\\u0000",
	    "\\ud800",
		"1e999", "-1", "99999999999999999999", "\"mediaFiles\":",
		    "\"time\":\"2015-01-01T00:00:00Z\"",
		"\xff", "\xe4\xb8", "\"rp.x_auth\":{\"a\":1}", "true", "4398046511103",
		    "http://a:b@c" };
	size_t at = draw(random, size), length = 1 + draw(random, 40);
	const char *word;

	if (length > size - at)
		length = size - at;
	switch (draw(random, 5)) {
	case 0:
		bytes[at] = (char)draw(random, 256);
		return size;
	case 1:
		memmove(bytes + at, bytes + at + length, size - at - length);
		return size - length > 0 ? size - length : 1;
	case 2:
		memmove(bytes + at + length, bytes + at, size - at);
		return size + length;
	case 3:
		return at + 1;
	default:
		word = words[draw(random, IAP_LENGTH(words))];
		length = strlen(word);
		memmove(bytes + at + length, bytes + at, size - at);
		memcpy(bytes + at, word, length);
		return size + length;
	}
}

static void
check_moment(struct iap_moment moment)
{
	assert_true(!moment.known || (moment.ms >= 0 && moment.ms < 2 * IAP_TIME_END));
}

/* What metadata.h promises of every recording, whatever it was made of. */
static void
check_recording(struct iap_arena *arena, const struct iap_metadata *metadata, size_t size)
{
	struct iap_division_rule *rule = NULL;
	struct iap_error err = { 0 };
	size_t end = metadata->slice_begin;

	assert_true(strlen(metadata->recording_id) > 0);
	assert_true(metadata->slice_begin < metadata->slice_end && metadata->slice_end <= size);
	for (size_t i = 0; i < metadata->blank_count; i++) {
		assert_true(metadata->blanks[i].begin >= end);
		assert_true(metadata->blanks[i].end <= metadata->slice_end);
		end = metadata->blanks[i].end;
	}
	check_moment(metadata->started);
	check_moment(metadata->ended);
	assert_true(metadata->duration_ms >= 0);
	for (size_t i = 0; i < metadata->media_count; i++) {
		const struct iap_media_entry *entry = &metadata->media[i];

		assert_true(entry->duration_ms >= 0);
		for (size_t k = 0; k < entry->mask_count; k++)
			assert_true(entry->masks[k].from_ms >= 0 &&
			    entry->masks[k].from_ms < entry->masks[k].to_ms);
		for (size_t k = 0; k < entry->names.count; k++)
			assert_null(strpbrk(entry->names.items[k], "/\n"));
	}
	for (size_t i = 0; i < metadata->event_count; i++)
		assert_true(metadata->events[i].participant <
		    (ptrdiff_t)metadata->participant_count);
	assert_int_equal(iap_division_rule_parse(arena, "partitions,tenant,attr:a", &rule, &err),
	    IAP_OK);
	iap_divisions_of(rule, arena, metadata);
	describe(arena, metadata);
}

static void
mutated_documents_are_read_ignored_or_damaged(void **state)
{
	size_t outcomes[3] = { 0 };

	(void)state;
	for (unsigned int round = 0; round < MUTATIONS; round++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(DESCRIBE_ARENA);
		uint64_t random = round;
		size_t size, changes = 1 + draw(&random, CHANGES_MAX);
		const char *seed = describe_load(arena, seeds[round % IAP_LENGTH(seeds)], &size);
		char *room = iap_arena_alloc(arena, size + GROWTH), *bytes;
		struct iap_document document;
		struct iap_error err = { 0 };
		enum iap_status status;

		memcpy(room, seed, size);
		while (changes-- > 0)
			size = mutate(&random, room, size);
		/* A copy to the byte, so that reading one too many is seen. */
		bytes = malloc(size);
		assert_non_null(bytes);
		memcpy(bytes, room, size);
		status = iap_document_parse(arena, bytes, size, "2014-11-27/k.json", &document,
		    &err);
		if (status != IAP_OK && (status != IAP_CORRUPT || err.detail[0] == '\0'))
			fail_msg("round %u: %d %s", round, (int)status, err.detail);
		outcomes[status != IAP_OK ? 2 : document.count == 0]++;
		for (size_t i = 0; i < document.count && status == IAP_OK; i++)
			check_recording(arena, &document.recordings[i], size);
		free(bytes);
	}
	/* A mutator that only ever breaks the JSON would show little. */
	assert_true(outcomes[0] > MUTATIONS / 20);
	assert_true(outcomes[1] > 0);
	assert_true(outcomes[2] > MUTATIONS / 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_metadata_is_passed_over),
		cmocka_unit_test(damage_has_a_cause),
		cmocka_unit_test(an_id_longer_than_its_column_is_refused),
		cmocka_unit_test(mutated_documents_are_read_ignored_or_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
