/* SPDX-License-Identifier: Apache-2.0 */
#include "media/wave.h"

#include <string.h>

enum { CODE_PCM = 1, CODE_ALAW = 6, CODE_MULAW = 7, CODE_EXTENSIBLE = 0xfffe };
enum { PIECE = 16384, CHUNKS_MAX = 64, CHANNELS_MAX = 16 };

struct format {
	unsigned int code;
	unsigned int channels;
	unsigned int rate;
	unsigned int bits;
	unsigned int frame; /* bytes */
};

static unsigned int
number16(const unsigned char *bytes)
{
	return (unsigned int)(bytes[0] | bytes[1] << 8);
}

static uint32_t
number32(const unsigned char *bytes)
{
	return number16(bytes) | (uint32_t)number16(bytes + 2) << 16;
}

/* ITU-T G.711 table 1a: sign, three bits of segment, four of interval. */
static int16_t
from_alaw(unsigned char coded)
{
	int value = coded ^ 0x55, segment = (value & 0x70) >> 4;
	int size = ((value & 0x0f) << 4) + 8;

	if (segment != 0)
		size = (size + 0x100) << (segment - 1);
	return (int16_t)((value & 0x80) != 0 ? size : -size);
}

/* ITU-T G.711 table 2a. */
static int16_t
from_mulaw(unsigned char coded)
{
	int value = ~coded & 0xff;
	int size = ((((value & 0x0f) << 3) + 0x84) << ((value & 0x70) >> 4)) - 0x84;

	return (int16_t)((value & 0x80) != 0 ? -size : size);
}

/* The two highest bytes of a sample carry what a picture needs. */
static int16_t
sample_of(const struct format *format, const unsigned char *bytes)
{
	unsigned int width = format->bits / 8;

	if (format->code == CODE_ALAW)
		return from_alaw(bytes[0]);
	if (format->code == CODE_MULAW)
		return from_mulaw(bytes[0]);
	if (width == 1)
		return (int16_t)((bytes[0] - 128) * 256);
	return (int16_t)number16(bytes + width - 2);
}

static enum iap_status
read_format(struct iap_reader *audio, uint64_t at, uint32_t size, struct format *out,
    struct iap_error *err)
{
	unsigned char bytes[26] = { 0 };
	size_t got;

	if (iap_reader_read_at(audio, at, bytes, size < sizeof bytes ? size : sizeof bytes, &got,
	    err) != IAP_OK)
		return err->status;
	*out = (struct format){ .code = number16(bytes), .channels = number16(bytes + 2),
		.rate = number32(bytes + 4), .frame = number16(bytes + 12),
		.bits = number16(bytes + 14) };
	if (out->code == CODE_EXTENSIBLE && got >= 26)
		out->code = number16(bytes + 24);
	if ((out->code == CODE_ALAW || out->code == CODE_MULAW) && out->bits != 8)
		out->code = 0;
	if ((out->code != CODE_PCM && out->code != CODE_ALAW && out->code != CODE_MULAW) ||
	    out->bits == 0 || out->bits % 8 != 0 || out->bits > 32 || out->channels == 0 ||
	    out->channels > CHANNELS_MAX || out->rate == 0 ||
	    out->frame != out->channels * out->bits / 8)
		return iap_error_set(err, IAP_INVALID, "wave: coding %u of %u bits is not read",
		    out->code, out->bits);
	return IAP_OK;
}

static enum iap_status
read_samples(struct iap_reader *audio, uint64_t at, uint64_t end, const struct format *format,
    struct iap_curve *curve, struct iap_error *err)
{
	unsigned char bytes[PIECE];
	int16_t samples[PIECE];
	size_t whole = sizeof bytes / format->frame * format->frame, got;

	iap_curve_begin(curve, format->channels, format->rate);
	while (at < end) {
		size_t frames;

		if (iap_reader_read_at(audio, at, bytes, end - at < whole ? (size_t)(end - at)
		    : whole, &got, err) != IAP_OK)
			return err->status;
		frames = got / format->frame;
		if (frames == 0)
			break;
		for (size_t i = 0; i < frames * format->channels; i++)
			samples[i] = sample_of(format, bytes + i * (format->bits / 8));
		iap_curve_add(curve, samples, frames);
		at += frames * format->frame;
	}
	return IAP_OK;
}

enum iap_status
iap_wave_read(struct iap_reader *audio, struct iap_curve *curve, struct iap_error *err)
{
	struct format format = { 0 };
	unsigned char head[8];
	uint64_t at = 12;
	size_t got;

	for (unsigned int chunks = 0; chunks < CHUNKS_MAX; chunks++) {
		uint32_t size;

		if (iap_reader_read_at(audio, at, head, sizeof head, &got, err) != IAP_OK)
			return err->status;
		if (got < sizeof head)
			break;
		size = number32(head + 4);
		at += sizeof head;
		if (memcmp(head, "fmt ", 4) == 0 &&
		    read_format(audio, at, size, &format, err) != IAP_OK)
			return err->status;
		if (memcmp(head, "data", 4) == 0 && format.frame != 0)
			return read_samples(audio, at, at + size < audio->size ? at + size
			    : audio->size, &format, curve, err);
		at += size + (size & 1);
	}
	return iap_error_set(err, IAP_INVALID, "wave: no samples");
}
