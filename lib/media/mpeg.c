/* SPDX-License-Identifier: Apache-2.0 */
#include "media/mpeg.h"

enum { MPEG_2_5 = 0, MPEG_2 = 2, MPEG_1 = 3, MONO = 3, RATES = 15 };

/* ISO 11172-3 and 13818-3: by the four bits of a header; 0 is the free bit rate. */
static const unsigned short rates_1[3][RATES] = {
	{ 0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448 },
	{ 0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384 },
	{ 0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320 },
};
static const unsigned short rates_2[2][RATES] = {
	{ 0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256 },
	{ 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160 },
};

bool
iap_mpeg_parse(const unsigned char *bytes, struct iap_mpeg *out)
{
	static const unsigned int rates[] = { 44100, 48000, 32000 };
	unsigned int version = bytes[1] >> 3 & 3, layer = 4 - (bytes[1] >> 1 & 3);
	unsigned int bits = bytes[2] >> 4, rate = bytes[2] >> 2 & 3, padding = bytes[2] >> 1 & 1;
	bool mono = bytes[3] >> 6 == MONO;

	if (bytes[0] != 0xff || (bytes[1] & 0xe0) != 0xe0 || version == 1 || layer == 4 ||
	    bits == 0 || bits == RATES || rate == 3)
		return false;
	*out = (struct iap_mpeg){
		.layer = layer,
		.kbps = version == MPEG_1 ? rates_1[layer - 1][bits] : rates_2[layer > 1][bits],
		.rate = rates[rate] >> (version == MPEG_2 ? 1 : version == MPEG_2_5 ? 2 : 0),
		.samples = layer == 1 ? 384 : layer == 3 && version != MPEG_1 ? 576 : 1152,
		.side = IAP_MPEG_HEADER + (version == MPEG_1 ? (mono ? 17 : 32) : (mono ? 9 : 17)),
		/* Version, layer and sampling rate; bit rate, padding and joint stereo may vary. */
		.kind = (uint32_t)(bytes[1] & 0xfe) << 8 | (bytes[2] & 0x0c),
	};
	if (layer == 1)
		out->size = (12 * out->kbps * 1000 / out->rate + padding) * 4;
	else
		out->size = out->samples / 8 * out->kbps * 1000 / out->rate + padding;
	return out->size > IAP_MPEG_HEADER;
}
