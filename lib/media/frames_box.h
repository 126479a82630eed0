/* SPDX-License-Identifier: Apache-2.0 */
/* Boxes of MP4 (ISO 14496-12), for frames.c. */
#ifndef IAP_MEDIA_FRAMES_BOX_H
#define IAP_MEDIA_FRAMES_BOX_H

#include "media/frames.h"

/* As iap_frames_find() for a medium that begins with "ftyp". */
IAP_MUST_CHECK enum iap_status iap_frames_box(struct iap_reader *medium,
    struct iap_frames *out, struct iap_error *err);

#endif
