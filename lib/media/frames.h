/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether there is anything to hear or see behind the header of a medium: a
 * recording that failed may be a header alone, and larger than nothing.
 */
#ifndef IAP_MEDIA_FRAMES_H
#define IAP_MEDIA_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "media/sniff.h"
#include "storage/reader.h"

enum iap_frames_what {
	IAP_FRAMES_FOUND,   /* the first frames are there */
	IAP_FRAMES_NONE,    /* a header, and nothing behind it */
	IAP_FRAMES_TORN,    /* less than the header promises */
	IAP_FRAMES_STRANGE, /* a known beginning, and what follows is not understood */
	IAP_FRAMES_UNKNOWN, /* of no kind that is known */
};

struct iap_frames {
	enum iap_frames_what what;
	enum iap_sniff kind;
	uint64_t duration_ms; /* as headers tell it; 0: they do not */
};

/*
 * Looks at the parts of `medium` that tell, with `size` bytes of `buffer`
 * (at least IAP_FRAMES_BUFFER). The status is not IAP_OK only where the reader refuses.
 */
enum { IAP_FRAMES_BUFFER = 65536 };
IAP_MUST_CHECK enum iap_status iap_frames_find(struct iap_reader *medium,
    unsigned char *buffer, size_t size, struct iap_frames *out, struct iap_error *err);

#endif
