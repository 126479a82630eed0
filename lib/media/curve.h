/* SPDX-License-Identifier: Apache-2.0 */
/* Peaks that are gathered while samples come, in bounded memory; for peaks.c and wave.c. */
#ifndef IAP_MEDIA_CURVE_H
#define IAP_MEDIA_CURVE_H

#include <stddef.h>
#include <stdint.h>

#include "media/peaks.h"

struct iap_curve {
	unsigned int channels;  /* that come in */
	unsigned int rate;      /* frames a second */
	uint64_t span;          /* frames a point */
	uint64_t in_point;      /* frames in the last point */
	uint64_t frames;        /* so far */
	size_t count;           /* points, with the last */
	uint16_t values[IAP_PEAKS_CHANNELS][2 * IAP_PEAKS_MAX];
};

/* An empty curve. */
void iap_curve_begin(struct iap_curve *curve, unsigned int channels, unsigned int rate);

/* Adds `frames` frames of `channels` samples each, interleaved. */
void iap_curve_add(struct iap_curve *curve, const int16_t *samples, size_t frames);

/* The finished peaks. */
void iap_curve_end(struct iap_curve *curve, struct iap_arena *arena, struct iap_peaks *out);

#endif
