/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders where names collide. An archive is a list of keys and of what other
 * recordings name; the object that each call may play was decided by hand.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "archive/pairing.h"

enum { ARENA = 16 * 1024 * 1024, KEYS_MAX = 12, NAMES_MAX = 4 };

#define ID "03T6P4KJ9LD8I3R2N1G51TAES0002E99"
#define OTHER "04FMT1QNE0B2N0A8L5G61TAES000C0DE"
#define UUID "b1946ac9-2f4e-4d3a-8c11-0a5f6d7e8f90"

struct archive {
	const char *label;
	const char *document;
	const char *names[NAMES_MAX];
	const char *keys[KEYS_MAX];         /* of the source, the document too */
	const char *named_by_others[NAMES_MAX]; /* far/x: by a document of another folder */
	const char *expected;               /* once every document was read */
	const char *expected_early;         /* before; "=" is the same */
	bool encrypted, not_sole, video;
};

static const struct archive archives[] = {
	{ "beside the document", "d/recording.json", { "a.mp3" }, { "d/recording.json", "d/a.mp3" },
	    { NULL }, "d/a.mp3", "=", .encrypted = false },
	{ "stored with .bin", "d/r.json", { "a.mp3" }, { "d/r.json", "d/a.mp3.bin" }, { NULL },
	    "d/a.mp3.bin", "=", .encrypted = true },
	{ "named with .bin, stored without", "d/r.json", { "a.mp3.bin" }, { "d/r.json", "d/a.mp3" },
	    { NULL }, "d/a.mp3", "=", .encrypted = true },
	{ "both: encrypted takes .bin", "d/r.json", { "a.mp3" },
	    { "d/r.json", "d/a.mp3", "d/a.mp3.bin" }, { NULL }, "d/a.mp3.bin", "=",
	    .encrypted = true },
	{ "both: clear takes the other", "d/r.json", { "a.mp3" },
	    { "d/r.json", "d/a.mp3.bin", "d/a.mp3" }, { NULL }, "d/a.mp3", "=",
	    .encrypted = false },
	{ "case is forgiven", "d/r.json", { "A.MP3" }, { "d/r.json", "d/a.mp3" }, { NULL },
	    "d/a.mp3",
	    "=", .encrypted = false },
	{ "two cases, mine first", "d/r.json", { "A.mp3" }, { "d/r.json", "d/a.mp3", "d/A.mp3" },
	    { NULL }, "d/A.mp3", "=", .encrypted = false },
	{ "two cases, neither mine", "d/r.json", { "A.MP3" }, { "d/r.json", "d/a.mp3", "d/A.mp3" },
	    { NULL }, NULL, "=", .not_sole = true },
	{ "percent signs", "d/r.json", { "a%20b.mp3" }, { "d/r.json", "d/a b.mp3" }, { NULL },
	    "d/a b.mp3", "=", .encrypted = false },
	{ "the second name", "d/r.json", { "nowhere.mp3", "b.mp3" }, { "d/r.json", "d/b.mp3" },
	    { NULL }, "d/b.mp3", "=", .encrypted = false },
	{ "the first name wins", "d/r.json", { "a.mp3", "b.mp3" },
	    { "d/r.json", "d/b.mp3", "d/a.mp3" }, { NULL }, "d/a.mp3", "=", .encrypted = false },
	{ "one folder below", "d/r.json", { ID "_1.mp3" }, { "d/r.json", "d/media/" ID "_1.mp3" },
	    { NULL }, "d/media/" ID "_1.mp3", "=", .encrypted = false },
	{ "a sibling folder", "s/json/r.json", { ID "_1.mp3" },
	    { "s/json/r.json", "s/media/" ID "_1.mp3" }, { NULL }, "s/media/" ID "_1.mp3", "=",
	    .encrypted = false },
	{ "elsewhere in the source", "a/b/r.json", { ID "_1.mp3" },
	    { "a/b/r.json", "x/y/z/" ID "_1.mp3" }, { NULL }, "x/y/z/" ID "_1.mp3", "=",
	    .encrypted = false },
	{ "elsewhere, twice", "a/b/r.json", { ID "_1.mp3" },
	    { "a/b/r.json", "x/y/" ID "_1.mp3", "z/" ID "_1.mp3" }, { NULL }, NULL, "=",
	    .encrypted = false },
	{ "elsewhere, with and without .bin", "a/b/r.json", { ID "_1.mp3" },
	    { "a/b/r.json", "x/" ID "_1.mp3", "x/" ID "_1.mp3.bin" }, { NULL },
	    "x/" ID "_1.mp3.bin",
	    "=", .encrypted = true },
	{ "own folder before the neighbour's", "d/1/recording.json", { "audio.mp3" },
	    { "d/1/recording.json", "d/1/audio.mp3", "d/2/recording.json", "d/2/audio.mp3" },
	    { "audio.mp3" }, "d/1/audio.mp3", "=", .encrypted = false },
	{ "never the neighbour's", "d/1/recording.json", { "audio.mp3" },
	    { "d/1/recording.json", "d/2/recording.json", "d/2/audio.mp3" }, { "audio.mp3" }, NULL,
	    "=",
	    .encrypted = false },
	{ "never the neighbour's, though its document is damaged", "d/1/recording.json",
	    { "audio.mp3" }, { "d/1/recording.json", "d/2/recording.json", "d/2/audio.mp3" },
	    { NULL },
	    NULL, "=", .encrypted = false },
	{ "never one folder below, when a document lies there", "d/r.json", { "audio.mp3" },
	    { "d/r.json", "d/2/recording.json", "d/2/audio.mp3" }, { NULL }, NULL, "=",
	    .encrypted = false },
	{ "never a far folder with a document", "a/b/r.json", { "audio.mp3" },
	    { "a/b/r.json", "x/recording.json", "x/audio.mp3" }, { NULL }, NULL, "=",
	    .encrypted = false },
	{ "one folder below, while others name theirs alike", "c/r.json", { "recording.mp3" },
	    { "c/r.json", "c/media/recording.mp3", "d/r.json", "d/media/recording.mp3" },
	    { "recording.mp3" }, "c/media/recording.mp3", "=", .encrypted = false },
	{ "one folder below two documents that name it", "c/r.json", { "recording.mp3" },
	    { "c/r.json", "c/s.json", "c/media/recording.mp3" }, { "recording.mp3" }, NULL, NULL,
	    .encrypted = false },
	{ "a pool of media, short name, nobody else's", "json/r.json", { "2f1c.mp4" },
	    { "json/r.json", "media/2f1c.mp4" }, { NULL }, "media/2f1c.mp4", NULL, .video = true },
	{ "a pool of media, short name, another's too", "json/r.json", { "2f1c.mp4" },
	    { "json/r.json", "media/2f1c.mp4" }, { "2f1c.mp4" }, NULL, NULL, .video = true },
	{ "two calls of one name in one folder", "d/1.json", { "rec.mp3" },
	    { "d/1.json", "d/2.json", "d/rec.mp3" }, { "rec.mp3" }, NULL, NULL,
	    .encrypted = false },
	{ "two calls in one folder, names apart", "d/1.json", { "rec.mp3" },
	    { "d/1.json", "d/2.json", "d/rec.mp3", "d/other.mp3" }, { "other.mp3" }, "d/rec.mp3",
	    NULL,
	    .encrypted = false },
	{ "names that differ in case only", "d/1.json", { "A.mp3" },
	    { "d/1.json", "d/2.json", "d/A.mp3", "d/a.mp3" }, { "a.mp3" }, "d/A.mp3", NULL,
	    .encrypted = false },
	{ "mine is missing, the neighbour's differs in case only", "d/1.json", { "A.mp3" },
	    { "d/1.json", "d/2.json", "d/a.mp3" }, { "a.mp3" }, NULL, NULL, .encrypted = false },
	{ "my second name is the neighbour's first", "d/1.json", { "1.mp3", "2.mp3" },
	    { "d/1.json", "d/2.json", "d/2.mp3" }, { "2.mp3" }, NULL, NULL, .encrypted = false },
	{ "clear beside encrypted, two calls: the clear one", "d/1.json", { "x.mp3" },
	    { "d/1.json", "d/2.json", "d/x.mp3", "d/x.mp3.bin" }, { "x.mp3.bin" }, "d/x.mp3",
	    NULL, .encrypted = false },
	{ "clear beside encrypted, two calls: the encrypted one", "d/1.json", { "x.mp3.bin" },
	    { "d/1.json", "d/2.json", "d/x.mp3", "d/x.mp3.bin" }, { "x.mp3" }, "d/x.mp3.bin",
	    NULL, .encrypted = true },
	{ "both encrypted, one stored without .bin", "d/1.json", { "x.mp3" },
	    { "d/1.json", "d/2.json", "d/x.mp3", "d/x.mp3.bin" }, { "x.mp3.bin" }, "d/x.mp3",
	    NULL, .encrypted = true },
	{ "mine is missing, the neighbour's differs in .bin only", "d/1.json", { "x.mp3.bin" },
	    { "d/1.json", "d/2.json", "d/x.mp3" }, { "x.mp3" }, NULL, NULL, .encrypted = true },
	{ "mine is there, the neighbour's would differ in .bin only", "d/1.json", { "x.mp3" },
	    { "d/1.json", "d/2.json", "d/x.mp3" }, { "x.mp3.bin" }, "d/x.mp3", NULL,
	    .encrypted = false },
	{ "both say x.mp3, only x.mp3.bin is there", "d/1.json", { "x.mp3" },
	    { "d/1.json", "d/2.json", "d/x.mp3.bin" }, { "x.mp3" }, NULL, NULL,
	    .encrypted = true },
	{ "a name with a percent sign, beside the one it decodes to", "d/1.json", { "q%20r.mp3" },
	    { "d/1.json", "d/2.json", "d/q%20r.mp3", "d/q r.mp3" }, { "q r.mp3" },
	    "d/q%20r.mp3", NULL, .encrypted = false },
	{ "the same from the other side", "d/1.json", { "q r.mp3" },
	    { "d/1.json", "d/2.json", "d/q%20r.mp3", "d/q r.mp3" }, { "q%20r.mp3" },
	    "d/q r.mp3", NULL, .encrypted = false },
	{ "folders of a day with the same short names", "day1/a.json", { "1.mp3" },
	    { "day1/a.json", "day1/b.json", "day1/1.mp3", "day1/2.mp3", "day2/c.json",
	    "day2/d.json", "day2/1.mp3", "day2/2.mp3" }, { "2.mp3", "far/1.mp3", "far/2.mp3" },
	    "day1/1.mp3", NULL, .encrypted = false },
	{ "the same, mine is missing", "day1/a.json", { "1.mp3" },
	    { "day1/a.json", "day1/b.json", "day1/2.mp3", "day2/c.json", "day2/d.json",
	    "day2/1.mp3" }, { "2.mp3", "far/1.mp3" }, NULL, NULL, .encrypted = false },
	{ "alone with a file that a far document names", "d/recording.json", { "gone.mp3" },
	    { "d/recording.json", "d/1.mp3" }, { "far/1.mp3" }, NULL, NULL,
	    .encrypted = false },
	{ "an exact name is no title to a far pool", "d/1.json", { "x.mp3.bin" },
	    { "d/1.json", "pool/x.mp3.bin" }, { "x.mp3" }, NULL, NULL, .encrypted = true },
	{ "a flat folder of long names", "d/1.json", { UUID ".mp3" },
	    { "d/1.json", "d/2.json", "d/" UUID ".mp3", "d/x.mp3" }, { NULL }, "d/" UUID ".mp3",
	    "=",
	    .encrypted = false },
	{ "a long name in a far flat folder", "d/1.json", { UUID ".mp3" },
	    { "d/1.json", "e/2.json", "e/" UUID ".mp3" }, { NULL }, "e/" UUID ".mp3", NULL,
	    .encrypted = false },
	{ "a long name in a far folder that another has", "d/1.json", { UUID ".mp3" },
	    { "d/1.json", "e/2.json", "e/" UUID ".mp3" }, { UUID ".mp3" }, NULL, NULL,
	    .encrypted = false },
	{ "alone with one file", "d/recording.json", { "gone.mp3" },
	    { "d/recording.json", "d/0001.mp3" }, { NULL }, "d/0001.mp3", NULL,
	    .encrypted = false },
	{ "alone with a file that another names", "d/recording.json", { "gone.mp3" },
	    { "d/recording.json", "d/" OTHER ".mp3" }, { OTHER ".mp3" }, NULL, NULL,
	    .encrypted = false },
	{ "alone with two files", "d/recording.json", { "gone.mp3" },
	    { "d/recording.json", "d/1.mp3", "d/2.mp3" }, { NULL }, NULL, "=", .encrypted = false },
	{ "one file, two documents", "d/1.json", { "gone.mp3" }, { "d/1.json", "d/2.json",
	    "d/1.mp3" },
	    { NULL }, NULL, "=", .encrypted = false },
	{ "one file, two entries", "d/1.json", { "gone.mp3" }, { "d/1.json", "d/1.mp3" }, { NULL },
	    NULL, "=", .not_sole = true },
	{ "alone with a file of the other kind", "d/1.json", { "gone.mp4" }, { "d/1.json",
	    "d/1.mp3" },
	    { NULL }, NULL, "=", .video = true },
	{ "a document is no medium", "d/recording.json", { "recording.json" },
	    { "d/recording.json" },
	    { NULL }, NULL, "=", .encrypted = false },
	{ "at the root", "r.json", { "a.mp3" }, { "r.json", "a.mp3" }, { NULL }, "a.mp3", "=",
	    .encrypted = false },
	{ "nothing at all", "d/r.json", { "a.mp3" }, { "d/r.json", "d/state.txt" }, { NULL }, NULL,
	    "=",
	    .encrypted = false },
	{ "no name at all", "d/r.json", { NULL }, { "d/r.json" }, { NULL }, NULL, "=",
	    .encrypted = false },
};

static void
keep(struct iap_arena *arena, struct iap_texts *texts, const char *text)
{
	if (texts->items == NULL)
		texts->items = iap_arena_array(arena, KEYS_MAX, sizeof *texts->items);
	texts->items[texts->count++] = text;
}

static enum iap_status
in_folder(void *context, struct iap_arena *arena, const char *folder, const char *folded,
    struct iap_texts *keys_out, struct iap_error *err)
{
	const struct archive *archive = context;

	(void)err;
	for (size_t i = 0; i < KEYS_MAX && archive->keys[i] != NULL; i++)
		if (strcmp(iap_pair_parent(arena, archive->keys[i]), folder) == 0 &&
		    strcmp(iap_pair_fold(arena, archive->keys[i]), folded) == 0)
			keep(arena, keys_out, archive->keys[i]);
	return IAP_OK;
}

static enum iap_status
in_source(void *context, struct iap_arena *arena, const char *prefix, const char *folded,
    size_t limit, struct iap_texts *keys_out, struct iap_error *err)
{
	const struct archive *archive = context;

	(void)err;
	for (size_t i = 0; i < KEYS_MAX && archive->keys[i] != NULL && keys_out->count < limit; i++)
		if (strncmp(archive->keys[i], prefix, strlen(prefix)) == 0 &&
		    strcmp(iap_pair_fold(arena, archive->keys[i]), folded) == 0)
			keep(arena, keys_out, archive->keys[i]);
	return IAP_OK;
}

static enum iap_status
survey(void *context, struct iap_arena *arena, const char *folder, struct iap_pair_folder *out,
    struct iap_error *err)
{
	const struct archive *archive = context;

	(void)err;
	for (size_t i = 0; i < KEYS_MAX && archive->keys[i] != NULL; i++) {
		if (strcmp(iap_pair_parent(arena, archive->keys[i]), folder) != 0)
			continue;
		out->documents += iap_pair_is_document(archive->keys[i]);
		if (iap_pair_is_media(archive->keys[i]) && out->media++ == 0)
			out->only_media = archive->keys[i];
	}
	return IAP_OK;
}

static enum iap_status
named_elsewhere(void *context, const char *folder, const char *form, const char *recording_id,
    bool *out, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA);
	const struct archive *archive = context;

	(void)err;
	assert_string_equal(recording_id, ID);
	*out = false;
	for (size_t i = 0; i < NAMES_MAX && archive->named_by_others[i] != NULL; i++) {
		const char *name = archive->named_by_others[i];

		if (folder != NULL && strchr(name, '/') != NULL)
			continue;
		*out |= strcmp(form[0] == '/' ? iap_pair_exact(arena, name) :
		    iap_pair_bare(arena, name), form) == 0;
	}
	return IAP_OK;
}

static const char *
find(struct iap_arena *arena, const struct archive *archive, bool complete)
{
	const struct iap_pair_lookup lookup = {
		.context = (void *)(uintptr_t)archive,
		.complete = complete,
		.in_folder = in_folder,
		.in_source = in_source,
		.survey = survey,
		.named_elsewhere = named_elsewhere,
	};
	struct iap_texts names = { .items = (const char **)(uintptr_t)archive->names };
	const struct iap_pair_request request = {
		.document_key = archive->document,
		.recording_id = ID,
		.names = &names,
		.sole = !archive->not_sole,
		.encrypted = archive->encrypted,
		.kind = archive->video ? IAP_MEDIA_VIDEO : IAP_MEDIA_AUDIO,
	};
	struct iap_error err = { 0 };
	const char *key = "unset";

	while (names.count < NAMES_MAX && archive->names[names.count] != NULL)
		names.count++;
	assert_int_equal(iap_pair(&lookup, arena, &request, &key, &err), IAP_OK);
	return key;
}

static void
assert_key(const char *label, const char *key, const char *expected)
{
	if (key != expected && (key == NULL || expected == NULL || strcmp(key, expected) != 0))
		fail_msg("%s: %s instead of %s", label, key == NULL ? "nothing" : key,
		    expected == NULL ? "nothing" : expected);
}

static void
a_call_finds_its_own_medium_or_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(archives); i++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA);
		const struct archive *archive = &archives[i];
		bool same = archive->expected_early != NULL && strcmp(archive->expected_early,
		    "=") == 0;

		assert_key(archive->label, find(arena, archive, true), archive->expected);
		assert_key(archive->label, find(arena, archive, false),
		    same ? archive->expected : archive->expected_early);
	}
}

static enum iap_status
storage_is_gone(void *context, struct iap_arena *arena, const char *folder, const char *folded,
    struct iap_texts *keys_out, struct iap_error *err)
{
	(void)context;
	(void)arena;
	(void)folder;
	(void)folded;
	(void)keys_out;
	return iap_error_set(err, IAP_UNAVAILABLE, "the database is gone");
}

static void
a_listing_that_fails_is_no_missing_medium(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA);
	const struct iap_pair_lookup lookup = { .in_folder = storage_is_gone };
	const char *name = "a.mp3", *key;
	struct iap_texts names = { .items = &name, .count = 1 };
	const struct iap_pair_request request = { .document_key = "d/r.json", .recording_id = ID,
		.names = &names };
	struct iap_error err = { 0 };

	(void)state;
	assert_int_equal(iap_pair(&lookup, arena, &request, &key, &err), IAP_UNAVAILABLE);
	assert_string_equal(err.detail, "the database is gone");
}

static void
names_have_one_form(void **state)
{
	static const struct { const char *key, *folded; } cases[] = {
		{ "a/b/C.MP3", "c.mp3" }, { "http://h/x/A.mp3.bin", "a.mp3" },
		    { "C:\\x\\A.mp3.BIN", "a.mp3" },
		{ "a%2eMP3", "a.mp3" }, { "100%.mp3", "100%.mp3" }, { "a%zz.mp3", "a%zz.mp3" },
		{ "a%00.mp3", "a%00.mp3" }, { "a%2Fb.mp3", "a%2fb.mp3" }, { "%ff.mp3", "%ff.mp3" },
		{ ".bin", ".bin" }, { "a.bin.bin", "a.bin" }, { "", "" }, { "M\xc3\x9cLLER.mp3",
		    "m\xc3\x9cller.mp3" },
		{ "%", "%" }, { "a%4", "a%4" },
	};
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA);

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++)
		assert_string_equal(iap_pair_fold(arena, cases[i].key), cases[i].folded);
	assert_string_equal(iap_pair_parent(arena, "a/b/c"), "a/b");
	assert_string_equal(iap_pair_parent(arena, "c"), "");
	assert_true(iap_pair_is_document("x/A.JSON"));
	assert_false(iap_pair_is_document("x.json/a"));
	assert_false(iap_pair_is_document("x/.json"));
	assert_true(iap_pair_is_media("x/a.wav.bin"));
	assert_false(iap_pair_is_media("x/last_recording_endtime.txt"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_finds_its_own_medium_or_none),
		cmocka_unit_test(a_listing_that_fails_is_no_missing_medium),
		cmocka_unit_test(names_have_one_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
