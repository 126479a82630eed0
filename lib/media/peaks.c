/* SPDX-License-Identifier: Apache-2.0 */
#include "media/peaks.h"

#include <mpg123.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/macros.h"
#include "media/curve.h"
#include "media/sniff.h"
#include "media/wave.h"

enum { PIECE = 16384 };

static void
close_mpeg(mpg123_handle **mpeg)
{
	mpg123_delete(*mpeg);
}

static void
free_curve(struct iap_curve **curve)
{
	free(*curve);
}

/* Takes out of the decoder what it has; false when it cannot go on. */
static bool
drain(mpg123_handle *mpeg, struct iap_curve *curve)
{
	unsigned char *samples;
	size_t size;
	off_t frame;
	int result;

	while ((result = mpg123_decode_frame(mpeg, &frame, &samples, &size)) == MPG123_OK ||
	    result == MPG123_NEW_FORMAT) {
		long rate;
		int channels, encoding;

		/* A format that changes within a recording keeps the first's curve. */
		if (result == MPG123_NEW_FORMAT && curve->rate == 0 &&
		    mpg123_getformat(mpeg, &rate, &channels, &encoding) == MPG123_OK)
			iap_curve_begin(curve, (unsigned int)channels, (unsigned int)rate);
		if (result == MPG123_OK && samples != NULL && curve->rate != 0)
			iap_curve_add(curve, (const int16_t *)(void *)samples,
			    size / (sizeof(int16_t) * curve->channels));
	}
	return result == MPG123_NEED_MORE;
}

/* All rates that there are, each as 16 bits. */
static void
choose_format(mpg123_handle *mpeg)
{
	const long *rates;
	size_t count;

	mpg123_param(mpeg, MPG123_ADD_FLAGS, MPG123_QUIET | MPG123_IGNORE_INFOFRAME, 0.);
	mpg123_format_none(mpeg);
	mpg123_rates(&rates, &count);
	for (size_t i = 0; i < count; i++)
		mpg123_format(mpeg, rates[i], MPG123_MONO | MPG123_STEREO, MPG123_ENC_SIGNED_16);
}

static enum iap_status
read_mpeg(struct iap_reader *audio, struct iap_curve *curve, struct iap_error *err)
{
	IAP_CLEANUP(close_mpeg) mpg123_handle *mpeg = mpg123_new(NULL, NULL);
	unsigned char bytes[PIECE];
	size_t got;

	if (mpeg == NULL)
		iap_log_die("out of memory");
	choose_format(mpeg);
	if (mpg123_open_feed(mpeg) != MPG123_OK)
		return iap_error_set(err, IAP_FAILED, "mpg123: %s", mpg123_strerror(mpeg));
	for (uint64_t at = 0; at < audio->size; at += got) {
		if (iap_reader_read_at(audio, at, bytes, sizeof bytes, &got, err) != IAP_OK)
			return err->status;
		if (got == 0 || mpg123_feed(mpeg, bytes, got) != MPG123_OK || !drain(mpeg, curve))
			break;
	}
	if (curve->rate == 0)
		return iap_error_set(err, IAP_INVALID, "mpg123: no audio");
	return IAP_OK;
}

enum iap_status
iap_peaks_make(struct iap_arena *arena, struct iap_reader *audio, struct iap_peaks *out,
    struct iap_error *err)
{
	IAP_CLEANUP(free_curve) struct iap_curve *curve = calloc(1, sizeof *curve);
	unsigned char first[IAP_SNIFF_SIZE];
	enum iap_status status;
	enum iap_sniff kind;
	size_t got;

	if (curve == NULL)
		iap_log_die("out of memory");
	if (iap_reader_read_at(audio, 0, first, sizeof first, &got, err) != IAP_OK)
		return err->status;
	kind = iap_sniff_check(first, got);
	if (kind == IAP_SNIFF_MP3)
		status = read_mpeg(audio, curve, err);
	else if (kind == IAP_SNIFF_WAV)
		status = iap_wave_read(audio, curve, err);
	else
		return iap_error_set(err, IAP_INVALID, "peaks: not a kind of audio that is read");
	if (status != IAP_OK)
		return status;
	iap_curve_end(curve, arena, out);
	return IAP_OK;
}
