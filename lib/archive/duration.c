/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/duration.h"

#include <stddef.h>

enum { TOO_FAR = 10 };

/* Bytes a second that are beyond any audio (CD quality is 176 KB/s) or screen recording. */
static const int64_t rate_max[] = {
	[IAP_MEDIA_AUDIO] = 400 * 1000,
	[IAP_MEDIA_VIDEO] = 4 * 1000 * 1000,
};

/* A recording of ten years is none; the bound keeps every product below within 63 bits. */
static const int64_t stated_max = (int64_t)320 * 1000 * 1000 * 1000;

/* A decimal number in thousandths, digits beyond cut off; false when it is none or too large. */
static bool
parse_thousandths(const char *text, int64_t *out)
{
	int64_t scale = 1000;
	bool fraction = false;

	*out = 0;
	if (*text < '0' || *text > '9')
		return false;
	for (; *text != '\0'; text++) {
		if (*text == '.' && !fraction) {
			fraction = true;
			continue;
		}
		if (*text < '0' || *text > '9' || *out > stated_max)
			return false;
		if (!fraction) {
			*out = *out * 10 + (*text - '0') * 1000;
		} else {
			scale /= 10;
			*out += (*text - '0') * scale;
		}
	}
	return *out <= stated_max;
}

static bool
is_near(int64_t ms, int64_t span)
{
	return ms <= span * TOO_FAR && ms * TOO_FAR >= span;
}

/* Whether `thousandths` make sense only as seconds, when no span can tell. */
static bool
looks_like_seconds(const struct iap_media_entry *entry, int64_t thousandths)
{
	int64_t ms = thousandths / 1000;

	if (!entry->has_size || entry->size == 0 || entry->size > (uint64_t)1 << 40)
		return thousandths % 1000 != 0;
	/* size / (ms / 1000) > rate, without a division by zero */
	return (int64_t)entry->size * 1000 > rate_max[entry->kind] * (ms == 0 ? 1 : ms);
}

void
iap_duration_find(struct iap_media_entry *entry, const char *stated)
{
	bool has_span = entry->started.known && entry->ended.known &&
	    entry->ended.ms > entry->started.ms;
	int64_t span = has_span ? entry->ended.ms - entry->started.ms : 0;
	int64_t thousandths = 0;
	bool has_stated = stated != NULL && parse_thousandths(stated, &thousandths);

	entry->has_duration = has_span || has_stated;
	if (!entry->has_duration)
		return;
	if (!has_stated)
		entry->duration_ms = span;
	else if (!has_span)
		entry->duration_ms = looks_like_seconds(entry, thousandths) ? thousandths :
		    thousandths / 1000;
	else if (is_near(thousandths / 1000, span))
		entry->duration_ms = thousandths / 1000;
	else if (is_near(thousandths, span))
		entry->duration_ms = thousandths;
	else
		entry->duration_ms = span;
}
