/* SPDX-License-Identifier: Apache-2.0 */
/* What the worker asks iap-media, since it holds no keys: is it whole, how does it look. */
#ifndef IAP_FCGI_MEDIA_CHECK_H
#define IAP_FCGI_MEDIA_CHECK_H

#include "base/buf.h"
#include "base/error.h"
#include "media/medium.h"
#include "media/slot.h"

/*
 * Reads the whole medium of a ticket with op=check and adds {"state":"ok",
 * "plain_size":N,"sha256":"...","duration_ms":N} to `json`: bytes after
 * decryption, the hash of the object as stored, how long headers say it is (left
 * out when they do not). Of one that cannot be read to its end {"state":"..."}
 * alone. IAP_UNAVAILABLE when the storage stops meanwhile.
 */
IAP_MUST_CHECK enum iap_status iap_check_format(struct iap_medium *medium,
    struct iap_slot *slot, struct iap_buf *json, struct iap_error *err);

/*
 * Adds {"channels":N,"duration_ms":N,"peaks":[[...],...]}: the loudest sample
 * of each piece of time, 0 to 1, one list a channel; no channels when IAP cannot
 * decode it. IAP_CONFLICT when it is damaged.
 */
IAP_MUST_CHECK enum iap_status iap_check_peaks(struct iap_medium *medium,
    struct iap_buf *json, struct iap_error *err);

#endif
