/* SPDX-License-Identifier: Apache-2.0 */
/* Samples are in "mdat", what they mean in "moov"; a player needs both, whole. */
#include "media/frames_box.h"

#include <stdbool.h>
#include <string.h>

enum { BOX_HEAD = 16, BOXES_MAX = 100000, MVHD_SIZE = 32 };

struct box {
	char type[4];
	uint64_t begin; /* of its contents */
	uint64_t end;   /* of them, as it says */
};

static uint64_t
big(const unsigned char *bytes, unsigned int size)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < size; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* Whether a box is named as boxes are, by four printable characters. */
static bool
is_named(const struct box *box)
{
	for (unsigned int i = 0; i < sizeof box->type; i++)
		if (box->type[i] < 0x20 || box->type[i] > 0x7e)
			return false;
	return true;
}

/* The box at `at`; its type is empty where there is none. */
static enum iap_status
read_box(struct iap_reader *medium, uint64_t at, struct box *out, struct iap_error *err)
{
	unsigned char head[BOX_HEAD];
	uint64_t size;
	size_t got;

	*out = (struct box){ 0 };
	if (iap_reader_read_at(medium, at, head, sizeof head, &got, err) != IAP_OK)
		return err->status;
	if (got < 8)
		return IAP_OK;
	size = big(head, 4);
	out->begin = at + 8;
	if (size == 1 && got == BOX_HEAD) {
		size = big(head + 8, 8);
		out->begin = at + BOX_HEAD;
	} else if (size == 0) {
		size = medium->size - at;
	}
	if (size < out->begin - at || size > UINT64_MAX - at)
		return IAP_OK;
	out->end = at + size;
	memcpy(out->type, head + 4, sizeof out->type);
	return IAP_OK;
}

/* "mvhd", the first box of "moov": time scale and duration. */
static enum iap_status
read_duration(struct iap_reader *medium, const struct box *moov, uint64_t *duration_ms,
    struct iap_error *err)
{
	unsigned char bytes[MVHD_SIZE];
	uint64_t scale, duration;
	struct box box;
	bool wide;
	size_t got;

	if (read_box(medium, moov->begin, &box, err) != IAP_OK ||
	    iap_reader_read_at(medium, box.begin, bytes, sizeof bytes, &got, err) != IAP_OK)
		return err->status;
	if (memcmp(box.type, "mvhd", 4) != 0 || got < sizeof bytes)
		return IAP_OK;
	wide = bytes[0] == 1;
	scale = big(bytes + (wide ? 20 : 12), 4);
	duration = wide ? big(bytes + 24, 8) : big(bytes + 16, 4);
	if (scale != 0 && duration < UINT32_MAX)
		*duration_ms = duration * 1000 / scale;
	return IAP_OK;
}

enum iap_status
iap_frames_box(struct iap_reader *medium, struct iap_frames *out, struct iap_error *err)
{
	bool told = false, torn = false, strange = false;
	uint64_t samples = 0, at = 0;

	for (unsigned int boxes = 0; boxes < BOXES_MAX && at < medium->size; boxes++) {
		struct box box;

		if (read_box(medium, at, &box, err) != IAP_OK)
			return err->status;
		torn = box.type[0] == '\0' || box.end > medium->size;
		strange = samples == 0 && box.type[0] != '\0' && !is_named(&box);
		if (memcmp(box.type, "mdat", 4) == 0 && box.begin < medium->size)
			samples += (torn ? medium->size : box.end) - box.begin;
		if (torn)
			break;
		if (memcmp(box.type, "moov", 4) == 0) {
			told = true;
			if (read_duration(medium, &box, &out->duration_ms, err) != IAP_OK)
				return err->status;
		}
		at = box.end;
	}
	out->what = strange ? IAP_FRAMES_STRANGE : samples == 0 && !torn ? IAP_FRAMES_NONE :
	    torn || !told ? IAP_FRAMES_TORN : IAP_FRAMES_FOUND;
	return IAP_OK;
}
