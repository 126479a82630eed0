/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wave form of a recording: the loudest sample of each piece of time, for
 * each channel. MPEG audio is decoded by libmpg123, WAVE (PCM, A-law, mu-law)
 * by hand. Memory does not grow with the recording.
 */
#ifndef IAP_MEDIA_PEAKS_H
#define IAP_MEDIA_PEAKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "storage/reader.h"

/* So many points a second, until there would be more than IAP_PEAKS_MAX. */
enum { IAP_PEAKS_A_SECOND = 20, IAP_PEAKS_MAX = 2000, IAP_PEAKS_CHANNELS = 2 };

struct iap_peaks {
	unsigned int channels;    /* 1 or 2; further ones are left out */
	uint64_t duration_ms;
	size_t count;             /* of points, at most IAP_PEAKS_MAX */
	const uint16_t *values[IAP_PEAKS_CHANNELS]; /* 0 to 32768 */
};

/*
 * Reads the whole of `audio`. IAP_INVALID when it is of a kind that IAP does
 * not decode; otherwise as the reader refuses. A torn end is simply the end.
 */
IAP_MUST_CHECK enum iap_status iap_peaks_make(struct iap_arena *arena,
    struct iap_reader *audio, struct iap_peaks *out, struct iap_error *err);

#endif
