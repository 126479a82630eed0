/* SPDX-License-Identifier: Apache-2.0 */
#include "media/frames.h"

#include <stdbool.h>
#include <string.h>

#include "base/macros.h"
#include "media/frames_box.h"
#include "media/frames_mpeg.h"

enum { RIFF_CHUNKS_MAX = 64, RIFF_HEAD = 8 };
enum { OGG_HEAD = 27, OGG_PAGES_MAX = 256, FLAC_BLOCKS_MAX = 128 };

/* Sizes that writers to a pipe leave: the end of the file is the end. */
#define RIFF_OPEN_END 0x7fffff00u

static uint32_t
little32(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	    (uint32_t)bytes[3] << 24;
}

/* Chunks and boxes are named by four printable characters. */
static bool
is_name(const unsigned char *name)
{
	for (unsigned int i = 0; i < 4; i++)
		if (name[i] < 0x20 || name[i] > 0x7e)
			return false;
	return true;
}

/* What is behind `at`, when `promised` bytes should be. */
static enum iap_frames_what
judge_rest(const struct iap_reader *medium, uint64_t at, uint32_t promised)
{
	uint64_t rest = medium->size > at ? medium->size - at : 0;

	if (rest == 0 || (promised == 0 && rest <= RIFF_HEAD))
		return IAP_FRAMES_NONE;
	if (promised != 0 && promised < RIFF_OPEN_END && promised > rest)
		return IAP_FRAMES_TORN;
	return IAP_FRAMES_FOUND;
}

/* WAVE: "fmt " and "data"; AVI: the list "movi". */
static enum iap_status
find_riff(struct iap_reader *medium, struct iap_frames *out, struct iap_error *err)
{
	unsigned char head[RIFF_HEAD + 12];
	uint32_t bytes_a_second = 0;
	uint64_t at = 12;
	size_t got;

	out->what = IAP_FRAMES_NONE;
	for (unsigned int chunks = 0; chunks < RIFF_CHUNKS_MAX; chunks++) {
		uint32_t size;

		if (iap_reader_read_at(medium, at, head, sizeof head, &got, err) != IAP_OK)
			return err->status;
		if (got < RIFF_HEAD)
			return IAP_OK;
		if (!is_name(head)) {
			out->what = IAP_FRAMES_STRANGE;
			return IAP_OK;
		}
		size = little32(head + 4);
		if (memcmp(head, "fmt ", 4) == 0 && got == sizeof head)
			bytes_a_second = little32(head + RIFF_HEAD + 8);
		if (memcmp(head, "data", 4) == 0 && out->kind == IAP_SNIFF_WAV) {
			uint64_t rest = medium->size - (at + RIFF_HEAD);

			out->what = judge_rest(medium, at + RIFF_HEAD, size);
			if (bytes_a_second != 0)
				out->duration_ms = (size != 0 && size < rest ? size : rest) * 1000 / bytes_a_second;
			return IAP_OK;
		}
		if (memcmp(head, "LIST", 4) == 0 && got >= RIFF_HEAD + 4 &&
		    memcmp(head + RIFF_HEAD, "movi", 4) == 0) {
			out->what = size == 4 ? IAP_FRAMES_NONE :
			    judge_rest(medium, at + RIFF_HEAD + 4, size > 4 ? size - 4 : 0);
			return IAP_OK;
		}
		at += RIFF_HEAD + (uint64_t)size + (size & 1);
	}
	return IAP_OK;
}

/* RFC 3533: pages; those of headers stand at the granule 0. */
static enum iap_status
find_ogg(struct iap_reader *medium, struct iap_frames *out, struct iap_error *err)
{
	unsigned char page[OGG_HEAD + 255];
	uint64_t at = 0;
	size_t got;

	out->what = IAP_FRAMES_NONE;
	for (unsigned int pages = 0; pages < OGG_PAGES_MAX && at < medium->size; pages++) {
		static const unsigned char none[8] = { 0 };
		uint64_t size = OGG_HEAD;

		if (iap_reader_read_at(medium, at, page, sizeof page, &got, err) != IAP_OK)
			return err->status;
		if (got < OGG_HEAD || got < (size_t)OGG_HEAD + page[26]) {
			out->what = IAP_FRAMES_TORN;
			return IAP_OK;
		}
		if (memcmp(page, "OggS", 4) != 0) {
			out->what = IAP_FRAMES_STRANGE;
			return IAP_OK;
		}
		for (unsigned int i = 0; i < page[26]; i++)
			size += page[OGG_HEAD + i];
		size += page[26];
		if (memcmp(page + 6, none, sizeof none) != 0) {
			out->what = at + size > medium->size ? IAP_FRAMES_TORN : IAP_FRAMES_FOUND;
			return IAP_OK;
		}
		at += size;
	}
	if (at > medium->size)
		out->what = IAP_FRAMES_TORN;
	return IAP_OK;
}

/* RFC 9639: blocks of metadata, the first of them tells samples and rate, then frames. */
static enum iap_status
find_flac(struct iap_reader *medium, struct iap_frames *out, struct iap_error *err)
{
	unsigned char block[4 + 18];
	uint64_t at = 4;
	size_t got;

	for (unsigned int blocks = 0; blocks < FLAC_BLOCKS_MAX; blocks++) {
		out->what = IAP_FRAMES_TORN;
		if (iap_reader_read_at(medium, at, block, sizeof block, &got, err) != IAP_OK)
			return err->status;
		if (got < 4)
			return IAP_OK;
		if ((block[0] & 0x7f) == 0 && got == sizeof block) {
			uint64_t rate = (uint64_t)block[14] << 12 | (uint64_t)block[15] << 4 | block[16] >> 4;
			uint64_t samples = (uint64_t)(block[17] & 15) << 32 | (uint64_t)block[18] << 24 |
			    (uint64_t)block[19] << 16 | (uint64_t)block[20] << 8 | block[21];

			out->duration_ms = rate == 0 ? 0 : samples * 1000 / rate;
		}
		at += 4 + ((uint64_t)block[1] << 16 | (uint64_t)block[2] << 8 | block[3]);
		if ((block[0] & 0x80) == 0)
			continue;
		if (iap_reader_read_at(medium, at, block, 2, &got, err) != IAP_OK)
			return err->status;
		if (got < 2)
			out->what = at > medium->size ? IAP_FRAMES_TORN : IAP_FRAMES_NONE;
		else
			out->what = block[0] == 0xff && (block[1] & 0xfe) == 0xf8 ? IAP_FRAMES_FOUND :
			    IAP_FRAMES_STRANGE;
		return IAP_OK;
	}
	return IAP_OK;
}

/* Matroska: a cluster, in the beginning or somewhere behind what is looked at. */
static enum iap_status
find_webm(struct iap_reader *medium, unsigned char *buffer, size_t size,
    struct iap_frames *out, struct iap_error *err)
{
	static const unsigned char cluster[] = { 0x1f, 0x43, 0xb6, 0x75 };
	size_t got;

	if (iap_reader_read_at(medium, 0, buffer, size, &got, err) != IAP_OK)
		return err->status;
	out->what = medium->size > got || memmem(buffer, got, cluster, sizeof cluster) != NULL
	    ? IAP_FRAMES_FOUND : IAP_FRAMES_NONE;
	return IAP_OK;
}

enum iap_status
iap_frames_find(struct iap_reader *medium, unsigned char *buffer, size_t size,
    struct iap_frames *out, struct iap_error *err)
{
	unsigned char first[IAP_SNIFF_SIZE];
	size_t got;

	*out = (struct iap_frames){ .what = IAP_FRAMES_UNKNOWN };
	if (iap_reader_read_at(medium, 0, first, sizeof first, &got, err) != IAP_OK)
		return err->status;
	out->kind = iap_sniff_check(first, got);
	switch (out->kind) {
	case IAP_SNIFF_MP3:
		return iap_frames_mpeg(medium, buffer, size, out, err);
	case IAP_SNIFF_WAV:
	case IAP_SNIFF_AVI:
		return find_riff(medium, out, err);
	case IAP_SNIFF_MP4:
		return iap_frames_box(medium, out, err);
	case IAP_SNIFF_OGG:
		return find_ogg(medium, out, err);
	case IAP_SNIFF_FLAC:
		return find_flac(medium, out, err);
	case IAP_SNIFF_WEBM:
		return find_webm(medium, buffer, size, out, err);
	default:
		break;
	}
	/* Some recorders begin in the middle of a frame. */
	if (iap_frames_mpeg(medium, buffer, size, out, err) != IAP_OK)
		return err->status;
	if (out->what == IAP_FRAMES_FOUND)
		out->kind = IAP_SNIFF_MP3;
	else
		*out = (struct iap_frames){ .what = IAP_FRAMES_UNKNOWN, .kind = out->kind };
	return IAP_OK;
}
