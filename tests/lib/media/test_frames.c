/* SPDX-License-Identifier: Apache-2.0 */
/* Media of ffmpeg: seven seconds of a tone, none at all, and such as were cut off. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/macros.h"
#include "media/frames.h"
#include "media/mpeg.h"
#include "tests/lib/media/oracle.h"

static struct oracle oracle;

static const struct {
	const char *name;
	const char *how;
	bool tells_length;
	bool cut_shows; /* its header promises a size */
	bool may_be_nothing;
} makes[] = {
	{ "a.mp3", "", true, true, true },
	{ "plain.mp3", "-id3v2_version 0 -write_xing 0", true, false, false },
	{ "vbr.mp3", "-q:a 4", true, true, true },
	{ "low.mp3", "-ar 8000 -b:a 8k", true, true, true },
	{ "layer2.mp3", "-c:a mp2 -f mp2", true, false, false },
	{ "a.wav", "", true, true, true },
	{ "alaw.wav", "-c:a pcm_alaw -ar 8000", true, true, true },
	{ "a.m4a", "", true, true, true },
	{ "fast.mp4", "-movflags +faststart", true, true, true },
	{ "pieces.mp4", "-movflags frag_keyframe+empty_moov", false, true, true },
	{ "a.flac", "", true, false, true },
	{ "a.ogg", "", false, false, true },
	{ "a.opus", "", false, false, true },
	{ "a.webm", "-c:a libopus", false, false, true },
	{ "a.avi", "", false, true, true },
};

static bool
has_maker(void)
{
	return system("command -v ffmpeg >/dev/null") == 0;
}

static int
begin(void **state)
{
	(void)state;
	oracle_begin(&oracle);
	for (size_t i = 0; i < IAP_LENGTH(makes) && has_maker(); i++) {
		oracle_run(&oracle, "ffmpeg -nostdin -loglevel error -f lavfi -i sine=440:duration=7 %s %s",
		    makes[i].how, makes[i].name);
		oracle_run(&oracle, "ffmpeg -nostdin -loglevel quiet -f lavfi -i anullsrc -t 0 %s empty-%s || :",
		    makes[i].how, makes[i].name);
	}
	return 0;
}

static int
end(void **state)
{
	(void)state;
	oracle_end(&oracle);
	return 0;
}

static struct iap_frames
find(const void *bytes, size_t size)
{
	IAP_CLEANUP(iap_reader_close) struct iap_reader *reader = iap_reader_open_bytes(bytes, size);
	static unsigned char buffer[IAP_FRAMES_BUFFER];
	struct iap_frames frames;
	struct iap_error err = { 0 };

	assert_int_equal(iap_frames_find(reader, buffer, sizeof buffer, &frames, &err), IAP_OK);
	return frames;
}

static void
a_tone_is_found_and_its_length(void **state)
{
	(void)state;
	if (!has_maker())
		skip();
	for (size_t i = 0; i < IAP_LENGTH(makes); i++) {
		struct bytes bytes = oracle_load(&oracle, makes[i].name);
		struct iap_frames frames = find(bytes.at, bytes.size);

		if (frames.what != IAP_FRAMES_FOUND)
			fail_msg("%s: %d", makes[i].name, (int)frames.what);
		if (makes[i].tells_length && (frames.duration_ms < 6900 || frames.duration_ms > 7200))
			fail_msg("%s: %d ms", makes[i].name, (int)frames.duration_ms);
		frames = find(bytes.at, bytes.size * 6 / 10);
		if (frames.what != (makes[i].cut_shows ? IAP_FRAMES_TORN : IAP_FRAMES_FOUND))
			fail_msg("%s, cut: %d", makes[i].name, (int)frames.what);
		free(bytes.at);
	}
}

static void
a_header_alone_is_nothing(void **state)
{
	(void)state;
	if (!has_maker())
		skip();
	for (size_t i = 0; i < IAP_LENGTH(makes); i++) {
		struct bytes bytes;
		struct iap_frames frames;

		if (!makes[i].may_be_nothing)
			continue;
		bytes = oracle_load(&oracle, iap_arena_format(*state, "empty-%s", makes[i].name));
		frames = find(bytes.at, bytes.size);
		if (frames.what != IAP_FRAMES_NONE)
			fail_msg("empty %s of %zu bytes: %d", makes[i].name, bytes.size, (int)frames.what);
		free(bytes.at);
	}
}

/* Whatever a medium is, no byte outside of it is read and nothing runs on for ever. */
static void
spoiled_ones_do_no_harm(void **state)
{
	uint64_t seed = 7;

	(void)state;
	if (!has_maker())
		skip();
	for (size_t i = 0; i < IAP_LENGTH(makes); i++) {
		struct bytes bytes = oracle_load(&oracle, makes[i].name);
		size_t size = bytes.size < 3000 ? bytes.size : 3000;

		for (unsigned int turn = 0; turn < 300; turn++) {
			unsigned char *copy = malloc(size + 1);
			size_t length = 1 + (size_t)(oracle_next(&seed) % size);

			memcpy(copy, bytes.at, length);
			for (unsigned int k = 0; k < 6; k++)
				copy[oracle_next(&seed) % length] = (unsigned char)oracle_next(&seed);
			/* At the end of its own memory, so that the sanitizer sees one byte too many. */
			copy = realloc(copy, length);
			find(copy, length);
			free(copy);
		}
		free(bytes.at);
	}
}

static void
noise_is_no_audio(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 40; seed++) {
		struct bytes noise = oracle_noise(seed, 150000, false);
		struct iap_frames frames = find(noise.at, noise.size);

		assert_int_equal(frames.what, IAP_FRAMES_UNKNOWN);
		memcpy(noise.at, "ID3\4\0\0\0\0\0\12", 10);
		assert_int_equal(find(noise.at, noise.size).what, IAP_FRAMES_STRANGE);
		free(noise.at);
	}
}

/* ISO 11172-3 2.4.2.3 and 13818-3 2.4.2.3, worked out by hand. */
static void
headers_tell_sizes(void **state)
{
	static const struct { unsigned char bytes[4]; unsigned int size, rate, samples, side; } cases[] = {
		{ { 0xff, 0xfb, 0x90, 0x64 }, 417, 44100, 1152, 36 },
		{ { 0xff, 0xfb, 0x92, 0x64 }, 418, 44100, 1152, 36 },
		{ { 0xff, 0xf3, 0x48, 0xc4 }, 144, 16000, 576, 13 },
		{ { 0xff, 0xe3, 0x18, 0xc4 }, 72, 8000, 576, 13 },
		{ { 0xff, 0xfd, 0xa4, 0x00 }, 576, 48000, 1152, 36 },
		{ { 0xff, 0xff, 0xc0, 0x00 }, 416, 44100, 384, 36 },
	};
	static const unsigned char none[][4] = { { 0xff, 0xfb, 0x00, 0 }, { 0xff, 0xfb, 0xf0, 0 },
		{ 0xff, 0xfb, 0x9c, 0 }, { 0xff, 0xe9, 0x90, 0 }, { 0xff, 0xf1, 0x90, 0 },
		{ 0xfe, 0xfb, 0x90, 0 } };

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		struct iap_mpeg header;

		assert_true(iap_mpeg_parse(cases[i].bytes, &header));
		assert_int_equal(header.size, cases[i].size);
		assert_int_equal(header.rate, cases[i].rate);
		assert_int_equal(header.samples, cases[i].samples);
		assert_int_equal(header.side, cases[i].side);
	}
	for (size_t i = 0; i < IAP_LENGTH(none); i++) {
		struct iap_mpeg header;

		assert_false(iap_mpeg_parse(none[i], &header));
	}
}

static int
with_arena(void **state)
{
	*state = iap_arena_new(1 << 20);
	return 0;
}

static int
without_arena(void **state)
{
	struct iap_arena *arena = *state;

	iap_arena_free(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_tell_sizes),
		cmocka_unit_test(noise_is_no_audio),
		cmocka_unit_test(a_tone_is_found_and_its_length),
		cmocka_unit_test_setup_teardown(a_header_alone_is_nothing, with_arena, without_arena),
		cmocka_unit_test(spoiled_ones_do_no_harm),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
