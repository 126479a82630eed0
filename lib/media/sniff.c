/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sniff.h"

#include <stdbool.h>
#include <string.h>

#include "base/macros.h"
#include "media/armour.h"
#include "media/cms.h"

static const struct { size_t at; const char *text; size_t size; enum iap_sniff kind; } magics[] = {
	{ 0, "ID3", 3, IAP_SNIFF_MP3 },
	{ 8, "WAVE", 4, IAP_SNIFF_WAV },
	{ 4, "ftyp", 4, IAP_SNIFF_MP4 },
	{ 0, "OggS", 4, IAP_SNIFF_OGG },
	{ 0, "\x1a\x45\xdf\xa3", 4, IAP_SNIFF_WEBM },
	{ 0, "fLaC", 4, IAP_SNIFF_FLAC },
	{ 0, "RIFF", 4, IAP_SNIFF_AVI },
};

/* A header of an MPEG audio frame (ISO 11172-3 2.4.2.3) without reserved values. */
static bool
is_mpeg_audio(const unsigned char *bytes, size_t size)
{
	return size >= 4 && bytes[0] == 0xff && (bytes[1] & 0xe0) == 0xe0 &&
	    (bytes[1] & 0x18) != 0x08 && (bytes[1] & 0x06) != 0 && (bytes[2] & 0xf0) != 0xf0 &&
	    (bytes[2] & 0x0c) != 0x0c;
}

enum iap_sniff
iap_sniff_check(const void *bytes, size_t size)
{
	const unsigned char *first = bytes;

	for (size_t i = 0; i < IAP_LENGTH(magics); i++)
		if (size >= magics[i].at + magics[i].size &&
		    memcmp(first + magics[i].at, magics[i].text, magics[i].size) == 0 &&
		    (magics[i].kind != IAP_SNIFF_WAV || memcmp(first, "RIFF", 4) == 0))
			return magics[i].kind;
	if (iap_cms_check(bytes, size))
		return IAP_SNIFF_CMS;
	if (iap_armour_check(bytes, size))
		return IAP_SNIFF_PEM;
	return is_mpeg_audio(first, size) ? IAP_SNIFF_MP3 : IAP_SNIFF_UNKNOWN;
}

const char *
iap_sniff_type(enum iap_sniff kind)
{
	switch (kind) {
	case IAP_SNIFF_MP3:
		return "audio/mpeg";
	case IAP_SNIFF_WAV:
		return "audio/wav";
	case IAP_SNIFF_MP4:
		return "video/mp4";
	case IAP_SNIFF_OGG:
		return "audio/ogg";
	case IAP_SNIFF_WEBM:
		return "video/webm";
	case IAP_SNIFF_FLAC:
		return "audio/flac";
	case IAP_SNIFF_AVI:
		return "video/x-msvideo";
	default:
		return "application/octet-stream";
	}
}
