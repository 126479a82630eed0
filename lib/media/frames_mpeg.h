/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of MPEG audio, for frames.c. */
#ifndef IAP_MEDIA_FRAMES_MPEG_H
#define IAP_MEDIA_FRAMES_MPEG_H

#include "media/frames.h"

/* As iap_frames_find() for a medium that is, or may be, MPEG audio. */
IAP_MUST_CHECK enum iap_status iap_frames_mpeg(struct iap_reader *medium,
    unsigned char *buffer, size_t size, struct iap_frames *out, struct iap_error *err);

#endif
