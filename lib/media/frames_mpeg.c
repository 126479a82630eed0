/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A frame tells its size, so that the next one's header must stand behind it:
 * three in a row, or as many as there are, are no accident.
 */
#include "media/frames_mpeg.h"

#include <stdbool.h>
#include <string.h>

#include "media/mpeg.h"

enum {
	TAG_HEAD = 10, TAGS_MAX = 8, TAIL_TAG = 128,
	CHAIN = 3,
	FRAME_MAX = 2881,     /* bytes of the largest frame */
	PROMISE_SLACK = 1441, /* tools differ by a frame */
	XING_FRAMES = 1, XING_BYTES = 2,
};

/* The bytes that are looked at: [begin, begin + size) of the medium. */
struct window {
	const unsigned char *bytes;
	size_t size;
	uint64_t begin;
	uint64_t end; /* of the medium */
};

/* Frames in a row. */
struct chain {
	struct iap_mpeg first; /* of those with audio */
	unsigned int headers;
	unsigned int audio;    /* frames with audio, whole */
	bool same_rate;
	uint64_t frames;       /* as the frame of information tells; 0: it does not */
	uint64_t bytes;        /* likewise */
};

static uint32_t
big32(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Behind the ID3v2 tags, whose sizes have seven bits a byte. */
static enum iap_status
skip_tags(struct iap_reader *medium, uint64_t *at, struct iap_error *err)
{
	unsigned char head[TAG_HEAD];
	size_t got;

	for (unsigned int tags = 0; tags < TAGS_MAX; tags++) {
		if (iap_reader_read_at(medium, *at, head, sizeof head, &got, err) != IAP_OK)
			return err->status;
		if (got < sizeof head || memcmp(head, "ID3", 3) != 0)
			return IAP_OK;
		*at += TAG_HEAD + ((uint64_t)(head[6] & 0x7f) << 21 | (uint64_t)(head[7] & 0x7f) << 14 |
		    (uint64_t)(head[8] & 0x7f) << 7 | (head[9] & 0x7f)) + ((head[5] & 0x10) != 0 ? TAG_HEAD : 0);
	}
	return IAP_OK;
}

/* Xing, Info or VBRI: a frame that sounds of nothing and tells of the others. */
static bool
is_information(const unsigned char *frame, size_t size, const struct iap_mpeg *header,
    struct chain *chain)
{
	const unsigned char *at = frame + header->side;
	uint32_t flags;

	if (size >= IAP_MPEG_HEADER + 32 + 18 && memcmp(frame + IAP_MPEG_HEADER + 32, "VBRI", 4) == 0) {
		chain->bytes = big32(frame + IAP_MPEG_HEADER + 32 + 10);
		chain->frames = big32(frame + IAP_MPEG_HEADER + 32 + 14);
		return true;
	}
	if (size < (size_t)header->side + 16 ||
	    (memcmp(at, "Xing", 4) != 0 && memcmp(at, "Info", 4) != 0))
		return false;
	flags = big32(at + 4);
	at += 8;
	if ((flags & XING_FRAMES) != 0) {
		chain->frames = big32(at);
		at += 4;
	}
	if ((flags & XING_BYTES) != 0)
		chain->bytes = big32(at);
	return true;
}

/* Follows frames from `at` on, as far as the window goes. */
static struct chain
follow(const struct window *window, size_t at)
{
	struct chain chain = { .same_rate = true };
	uint32_t kind = 0;

	while (chain.headers < CHAIN + 1 && at + IAP_MPEG_HEADER <= window->size) {
		const unsigned char *frame = window->bytes + at;
		size_t left = window->size - at;
		struct iap_mpeg header;

		if (!iap_mpeg_parse(frame, &header) || (chain.headers != 0 && header.kind != kind))
			break;
		kind = header.kind;
		chain.headers++;
		if (window->begin + at + header.size > window->end)
			break;
		if (header.layer != 3 || chain.headers > 1 ||
		    !is_information(frame, left < header.size ? left : header.size, &header, &chain)) {
			if (chain.audio++ == 0)
				chain.first = header;
			chain.same_rate = chain.same_rate && header.kbps == chain.first.kbps;
		}
		at += header.size;
	}
	return chain;
}

/* Whether nothing but an ID3v1 tag or nothing at all stands behind one lonely frame. */
static bool
ends_behind(const struct window *window, size_t at)
{
	struct iap_mpeg header;
	uint64_t end;

	if (!iap_mpeg_parse(window->bytes + at, &header))
		return false;
	end = window->begin + at + header.size;
	return end == window->end || end + TAIL_TAG == window->end;
}

static void
tell(const struct window *window, size_t at, const struct chain *chain, struct iap_frames *out)
{
	uint64_t rest = window->end - (window->begin + at);

	out->what = chain->audio == 0 ? IAP_FRAMES_NONE : IAP_FRAMES_FOUND;
	if (chain->audio == 0)
		return;
	if (chain->bytes > rest + PROMISE_SLACK)
		out->what = IAP_FRAMES_TORN;
	if (chain->frames != 0)
		out->duration_ms = chain->frames * chain->first.samples * 1000 / chain->first.rate;
	else if (chain->same_rate)
		out->duration_ms = rest * 8 / chain->first.kbps;
}

static bool
is_all_zero(const struct window *window)
{
	return window->size == 0 || (window->bytes[0] == 0 &&
	    memcmp(window->bytes, window->bytes + 1, window->size - 1) == 0);
}

enum iap_status
iap_frames_mpeg(struct iap_reader *medium, unsigned char *buffer, size_t size,
    struct iap_frames *out, struct iap_error *err)
{
	struct window window = { .bytes = buffer, .end = medium->size };

	if (skip_tags(medium, &window.begin, err) != IAP_OK)
		return err->status;
	/* A tag that is cut off is not a header alone: more was there. */
	out->what = window.begin > medium->size && medium->size > FRAME_MAX ? IAP_FRAMES_TORN :
	    IAP_FRAMES_NONE;
	if (window.begin >= medium->size)
		return IAP_OK;
	if (iap_reader_read_at(medium, window.begin, buffer, size, &window.size, err) != IAP_OK)
		return err->status;
	for (size_t at = 0; at + IAP_MPEG_HEADER <= window.size; at++) {
		struct chain chain = follow(&window, at);

		if (chain.headers >= CHAIN || (chain.audio != 0 && chain.headers == 2) ||
		    (chain.headers != 0 && ends_behind(&window, at))) {
			tell(&window, at, &chain, out);
			return IAP_OK;
		}
	}
	if (medium->size - window.begin > FRAME_MAX && !is_all_zero(&window))
		out->what = IAP_FRAMES_STRANGE;
	return IAP_OK;
}
