/* SPDX-License-Identifier: Apache-2.0 */
#include "media/check.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "crypto/hash.h"
#include "media/frames.h"
#include "media/peaks.h"

/* Reads everything, so that what is torn anywhere shows. */
static enum iap_status
read_all(struct iap_medium *medium, struct iap_slot *slot, struct iap_error *err)
{
	size_t got;

	for (uint64_t at = 0; at < medium->reader->size; at += got) {
		if (iap_reader_read_at(medium->reader, at, slot->buffer, IAP_SLOT_STREAM_STEP, &got,
		    err) != IAP_OK)
			return err->status;
		if (got == 0)
			return iap_error_set(err, IAP_CORRUPT, "the object has shrunk");
		iap_exchange_beat(slot->exchange);
	}
	return IAP_OK;
}

/* Whether the document calls it something whose first bytes are known. */
static bool
is_told_apart(const char *type)
{
	static const char *const types[] = { "audio/mpeg", "audio/wav", "audio/x-wav", "audio/ogg",
		"audio/flac", "audio/mp4", "video/mp4", "video/webm" };

	for (size_t i = 0; i < IAP_LENGTH(types); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

static enum iap_media_state
state_of(const struct iap_medium *medium, const struct iap_frames *frames)
{
	switch (frames->what) {
	case IAP_FRAMES_FOUND:
	/* Not understood is no proof of damage: ears may judge what is of a kind that browsers play. */
	case IAP_FRAMES_STRANGE:
		return IAP_STATE_OK;
	case IAP_FRAMES_NONE:
		return IAP_STATE_EMPTY;
	case IAP_FRAMES_TORN:
		return IAP_STATE_DAMAGED;
	default:
		break;
	}
	if (!is_told_apart(medium->type))
		return IAP_STATE_OK;
	/* Of 256 wrong keys one leaves a right padding, and noise before it. */
	return medium->is_encrypted ? IAP_STATE_WRONG_KEY : IAP_STATE_DAMAGED;
}

static enum iap_status
look_into(struct iap_medium *medium, struct iap_slot *slot, struct iap_frames *frames,
    unsigned char sha256[IAP_SHA256_SIZE], struct iap_error *err)
{
	if (iap_frames_find(medium->reader, slot->buffer, IAP_SLOT_STREAM_STEP, frames, err)
	    != IAP_OK || read_all(medium, slot, err) != IAP_OK ||
	    iap_hashed_end(medium->hashed, sha256, err) != IAP_OK)
		return iap_medium_refuse(medium, err);
	medium->state = state_of(medium, frames);
	return IAP_OK;
}

enum iap_status
iap_check_format(struct iap_medium *medium, struct iap_slot *slot, struct iap_buf *json,
    struct iap_error *err)
{
	unsigned char sha256[IAP_SHA256_SIZE];
	struct iap_frames frames = { 0 };
	enum iap_status status = IAP_CONFLICT;

	if (medium->state == IAP_STATE_OK)
		status = look_into(medium, slot, &frames, sha256, err);
	if (status != IAP_OK && status != IAP_CONFLICT)
		return status;
	iap_buf_format(json, "{\"state\":\"%s\"", iap_state_name(medium->state));
	if (status == IAP_OK)
		iap_buf_format(json, ",\"plain_size\":%" PRIu64 ",\"sha256\":\"%s\"",
		    medium->reader->size, iap_text_to_hex(json->arena, sha256, sizeof sha256));
	if (status == IAP_OK && frames.duration_ms != 0)
		iap_buf_format(json, ",\"duration_ms\":%" PRIu64, frames.duration_ms);
	iap_buf_char(json, '}');
	return IAP_OK;
}

enum iap_status
iap_check_peaks(struct iap_medium *medium, struct iap_buf *json, struct iap_error *err)
{
	struct iap_peaks peaks;
	enum iap_status status = iap_peaks_make(json->arena, medium->reader, &peaks, err);

	if (status == IAP_INVALID)
		peaks = (struct iap_peaks){ 0 };
	else if (status != IAP_OK)
		return iap_medium_refuse(medium, err);
	iap_buf_format(json, "{\"channels\":%u,\"duration_ms\":%" PRIu64 ",\"peaks\":[",
	    peaks.channels, peaks.duration_ms);
	for (unsigned int c = 0; c < peaks.channels; c++) {
		iap_buf_text(json, c == 0 ? "[" : ",[");
		for (size_t i = 0; i < peaks.count; i++)
			iap_buf_format(json, "%s%.3g", i == 0 ? "" : ",",
			    (double)peaks.values[c][i] / 32768);
		iap_buf_char(json, ']');
	}
	iap_buf_text(json, "]}");
	return IAP_OK;
}
