/* SPDX-License-Identifier: Apache-2.0 */
/* Tones of known loudness, written by sox and lame. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/arena.h"
#include "base/macros.h"
#include "media/peaks.h"
#include "tests/lib/media/oracle.h"

static struct oracle oracle;

/* Left: a tone of half the full scale for 2 s, then nothing for 2 s; right: the other way round. */
static int
begin(void **state)
{
	(void)state;
	oracle_begin(&oracle);
	if (system("command -v sox >/dev/null && command -v lame >/dev/null") != 0)
		return 0;
	oracle_run(&oracle,
	    "sox -n -r 8000 -c 1 -b 16 tone.wav synth 2 sine 440 gain -6.02;"
	    "sox tone.wav left.wav pad 0 2; sox tone.wav right.wav pad 2 0;"
	    "sox -M left.wav right.wav pcm.wav; sox pcm.wav -b 24 wide.wav; sox pcm.wav -b 8 narrow.wav;"
	    "sox pcm.wav -e a-law alaw.wav; sox pcm.wav -e mu-law mulaw.wav;"
	    "lame --quiet -b 64 -m s --resample 16 pcm.wav call.mp3; printf 'OggS....' >other.ogg;"
	    "sox -n -r 8000 -c 1 -b 16 long.wav synth 1000 sine 440 gain -6.02");
	return 0;
}

static int
end(void **state)
{
	(void)state;
	oracle_end(&oracle);
	return 0;
}

static void
need_makers(void)
{
	if (system("command -v sox >/dev/null && command -v lame >/dev/null") != 0)
		skip();
}

static enum iap_status
make(struct iap_arena *arena, const char *name, struct iap_peaks *out)
{
	struct bytes bytes = oracle_load(&oracle, name);
	IAP_CLEANUP(iap_reader_close) struct iap_reader *reader =
	    iap_reader_open_bytes(bytes.at, bytes.size);
	struct iap_error err;
	enum iap_status status = iap_peaks_make(arena, reader, out, &err);

	free(bytes.at);
	return status;
}

static void
each_channel_is_as_loud_as_it_was_made(void **state)
{
	static const char *const names[] = { "pcm.wav", "wide.wav", "narrow.wav", "alaw.wav",
		"mulaw.wav", "call.mp3" };

	(void)state;
	need_makers();
	for (size_t n = 0; n < IAP_LENGTH(names); n++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
		struct iap_peaks peaks;

		assert_int_equal(make(arena, names[n], &peaks), IAP_OK);
		assert_int_equal(peaks.channels, 2);
		assert_in_range(peaks.duration_ms, 4000, 4200);
		assert_in_range(peaks.count, 80, 84);
		/* Away from the edges, where a codec smears. */
		for (size_t i = 4; i < 34; i++) {
			assert_in_range(peaks.values[0][i], 15000, 18000);
			assert_in_range(peaks.values[1][i], 0, 700);
			assert_in_range(peaks.values[1][i + 42], 15000, 18000);
			assert_in_range(peaks.values[0][i + 42], 0, 700);
		}
	}
}

static void
long_recordings_have_no_more_points(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_peaks peaks;

	(void)state;
	need_makers();
	assert_int_equal(make(arena, "long.wav", &peaks), IAP_OK);
	assert_int_equal(peaks.channels, 1);
	assert_int_equal(peaks.duration_ms, 1000000);
	assert_in_range(peaks.count, IAP_PEAKS_MAX / 2, IAP_PEAKS_MAX);
	for (size_t i = 0; i < peaks.count; i++)
		assert_in_range(peaks.values[0][i], 15000, 17000);
}

static void
other_kinds_are_not_decoded(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_peaks peaks;

	(void)state;
	need_makers();
	assert_int_equal(make(arena, "other.ogg", &peaks), IAP_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_channel_is_as_loud_as_it_was_made),
		cmocka_unit_test(long_recordings_have_no_more_points),
		cmocka_unit_test(other_kinds_are_not_decoded),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
