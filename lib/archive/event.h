/* SPDX-License-Identifier: Apache-2.0 */
/* What happened during a call: who joined and left, what data was attached. */
#ifndef IAP_ARCHIVE_EVENT_H
#define IAP_ARCHIVE_EVENT_H

#include "archive/metadata.h"
#include "base/arena.h"
#include "base/error.h"
#include "json/json.h"

/*
 * Reads the events of `recording` into events, participants and attributes.
 * `bytes` is what was parsed. IAP_CORRUPT when the list is none, or holds
 * something that is no event.
 */
IAP_MUST_CHECK enum iap_status iap_events_read(struct iap_arena *arena, const char *bytes,
    const struct iap_json *recording, struct iap_metadata *out, struct iap_error *err);

#endif
