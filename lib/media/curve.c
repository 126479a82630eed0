/* SPDX-License-Identifier: Apache-2.0 */
#include "media/curve.h"

#include <string.h>

void
iap_curve_begin(struct iap_curve *curve, unsigned int channels, unsigned int rate)
{
	*curve = (struct iap_curve){
		.channels = channels,
		.rate = rate,
		.span = rate / IAP_PEAKS_A_SECOND > 0 ? rate / IAP_PEAKS_A_SECOND : 1,
	};
}

/* Two points become one. */
static void
halve(struct iap_curve *curve)
{
	for (unsigned int c = 0; c < IAP_PEAKS_CHANNELS; c++)
		for (size_t i = 0; i < curve->count; i += 2) {
			uint16_t a = curve->values[c][i];
			uint16_t b = i + 1 < curve->count ? curve->values[c][i + 1] : 0;

			curve->values[c][i / 2] = a > b ? a : b;
		}
	/* An odd last point has all of its second half still to come. */
	if (curve->count % 2 == 0)
		curve->in_point += curve->span;
	curve->count = (curve->count + 1) / 2;
	curve->span *= 2;
}

void
iap_curve_add(struct iap_curve *curve, const int16_t *samples, size_t frames)
{
	for (size_t f = 0; f < frames; f++, samples += curve->channels) {
		if (curve->count == 0 || curve->in_point == curve->span) {
			if (curve->count == 2 * IAP_PEAKS_MAX)
				halve(curve);
			if (curve->count == 0 || curve->in_point == curve->span) {
				for (unsigned int c = 0; c < IAP_PEAKS_CHANNELS; c++)
					curve->values[c][curve->count] = 0;
				curve->count++;
				curve->in_point = 0;
			}
		}
		for (unsigned int c = 0; c < curve->channels && c < IAP_PEAKS_CHANNELS; c++) {
			int loud = samples[c] < 0 ? -(int)samples[c] : samples[c];

			if (loud > curve->values[c][curve->count - 1])
				curve->values[c][curve->count - 1] = (uint16_t)loud;
		}
		curve->in_point++;
	}
	curve->frames += frames;
}

void
iap_curve_end(struct iap_curve *curve, struct iap_arena *arena, struct iap_peaks *out)
{
	while (curve->count > IAP_PEAKS_MAX)
		halve(curve);
	*out = (struct iap_peaks){
		.channels = curve->channels < IAP_PEAKS_CHANNELS ? curve->channels
		    : IAP_PEAKS_CHANNELS,
		.duration_ms = curve->rate == 0 ? 0 : curve->frames * 1000 / curve->rate,
		.count = curve->count,
	};
	for (unsigned int c = 0; c < out->channels; c++)
		out->values[c] = (const uint16_t *)(void *)iap_arena_copy_bytes(arena,
		    curve->values[c], curve->count * sizeof *curve->values[c]);
}
