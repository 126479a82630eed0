/* SPDX-License-Identifier: Apache-2.0 */
/* Samples of a WAVE file: PCM of 8 to 32 bits, A-law and mu-law (ITU-T G.711). */
#ifndef IAP_MEDIA_WAVE_H
#define IAP_MEDIA_WAVE_H

#include "base/error.h"
#include "media/curve.h"
#include "storage/reader.h"

/* Reads all samples into the curve, which it begins. IAP_INVALID for another coding. */
IAP_MUST_CHECK enum iap_status iap_wave_read(struct iap_reader *audio,
    struct iap_curve *curve, struct iap_error *err);

#endif
