/* SPDX-License-Identifier: Apache-2.0 */
#include "media/check.h"

#include <inttypes.h>

#include "base/text.h"
#include "crypto/hash.h"
#include "media/peaks.h"

/* Reads everything; the status is IAP_CONFLICT when that shows a state other than ok. */
static enum iap_status
read_all(struct iap_medium *medium, unsigned char *buffer, size_t step,
    unsigned char sha256[IAP_SHA256_SIZE], struct iap_error *err)
{
	IAP_CLEANUP(iap_hash_close) struct iap_hash *hash = iap_hash_open();
	size_t got;

	for (uint64_t at = 0; at < medium->reader->size; at += got) {
		if (iap_reader_read_at(medium->reader, at, buffer, step, &got, err) != IAP_OK)
			return iap_medium_refuse(medium, err);
		if (got == 0) {
			iap_error_set(err, IAP_CORRUPT, "the object has shrunk");
			return iap_medium_refuse(medium, err);
		}
		iap_hash_add(hash, buffer, got);
	}
	iap_hash_end(hash, sha256);
	return IAP_OK;
}

enum iap_status
iap_check_format(struct iap_medium *medium, unsigned char *buffer, size_t step,
    struct iap_buf *json, struct iap_error *err)
{
	unsigned char sha256[IAP_SHA256_SIZE];
	enum iap_status status = IAP_OK;

	if (medium->state == IAP_STATE_OK)
		status = read_all(medium, buffer, step, sha256, err);
	if (status != IAP_OK && status != IAP_CONFLICT)
		return status;
	iap_buf_format(json, "{\"state\":\"%s\"", iap_state_name(medium->state));
	if (medium->state == IAP_STATE_OK)
		iap_buf_format(json, ",\"plain_size\":%" PRIu64 ",\"sha256\":\"%s\"",
		    medium->reader->size, iap_text_to_hex(json->arena, sha256, sizeof sha256));
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
