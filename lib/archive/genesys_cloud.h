/* SPDX-License-Identifier: Apache-2.0 */
/* The documents that Genesys Cloud writes beside its exported recordings. */
#ifndef IAP_ARCHIVE_GENESYS_CLOUD_H
#define IAP_ARCHIVE_GENESYS_CLOUD_H

#include "archive/metadata.h"
#include "base/arena.h"
#include "base/error.h"
#include "json/json.h"

/* Whether an object is one: it has a recordingId beside a mediaType or a conversationId. */
bool iap_genesys_cloud_is(const struct iap_json *json);

/*
 * Reads it as iap_recording_read() does. It names no file: its media stands
 * beside it under the document's name less `_metadata.json`, or that of the recording.
 */
IAP_MUST_CHECK enum iap_status iap_genesys_cloud_read(struct iap_arena *arena,
    const struct iap_json *recording, const char *key, struct iap_metadata *out,
    struct iap_error *err);

#endif
