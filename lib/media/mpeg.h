/* SPDX-License-Identifier: Apache-2.0 */
/* The header of a frame of MPEG audio (ISO 11172-3 2.4.2.3, ISO 13818-3), for frames.c. */
#ifndef IAP_MEDIA_MPEG_H
#define IAP_MEDIA_MPEG_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes of a header. */
enum { IAP_MPEG_HEADER = 4 };

struct iap_mpeg {
	unsigned int layer;   /* 1 to 3 */
	unsigned int kbps;    /* thousand bits a second */
	unsigned int rate;    /* samples a second */
	unsigned int samples; /* of each channel, in the frame */
	unsigned int size;    /* of the frame, with its header, bytes */
	unsigned int side;    /* of a layer III frame: where its data begin, bytes from its start */
	uint32_t kind;        /* the bits that all frames of a stream have in common */
};

/*
 * Reads the IAP_MPEG_HEADER bytes at `bytes`; false when they are no header.
 * Streams of a free bit rate, whose frames do not tell their size, count as none.
 */
bool iap_mpeg_parse(const unsigned char *bytes, struct iap_mpeg *out);

#endif
