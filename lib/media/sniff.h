/* SPDX-License-Identifier: Apache-2.0 */
/* What an object is by its first bytes; names and documents may say otherwise. */
#ifndef IAP_MEDIA_SNIFF_H
#define IAP_MEDIA_SNIFF_H

#include <stddef.h>

/* So many first bytes are looked at. */
enum { IAP_SNIFF_SIZE = 64 };

enum iap_sniff {
	IAP_SNIFF_UNKNOWN = 0,
	IAP_SNIFF_MP3,  /* ID3, or a frame of MPEG audio */
	IAP_SNIFF_WAV,  /* RIFF ... WAVE */
	IAP_SNIFF_MP4,  /* ....ftyp */
	IAP_SNIFF_OGG,
	IAP_SNIFF_WEBM, /* EBML */
	IAP_SNIFF_FLAC,
	IAP_SNIFF_AVI,  /* RIFF, other than WAVE */
	IAP_SNIFF_CMS,  /* EnvelopedData, DER or BER */
	IAP_SNIFF_PEM   /* the same as text */
};

enum iap_sniff iap_sniff_check(const void *bytes, size_t size);

/* The content type of a kind; "application/octet-stream" for UNKNOWN, CMS and PEM. */
const char *iap_sniff_type(enum iap_sniff kind);

#endif
