/* SPDX-License-Identifier: Apache-2.0 */
/* One recording of a document of Genesys Interaction Recording, as IAP understands it. */
#ifndef IAP_ARCHIVE_RECORDING_H
#define IAP_ARCHIVE_RECORDING_H

#include "archive/metadata.h"
#include "base/arena.h"
#include "base/error.h"
#include "json/json.h"

/* The longest id that the database keeps. */
enum { IAP_RECORDING_ID_MAX = 128 };

/* Whether an object is a recording: it has `mediaFiles` or `mediaFile`. */
bool iap_recording_is(const struct iap_json *json);

/*
 * Reads the object `recording`. `bytes` is what was parsed and `key` where it
 * stands. Slice and blanks are left to the caller. IAP_CORRUPT with the cause
 * when IAP cannot keep it: no id, or lists that are none.
 */
IAP_MUST_CHECK enum iap_status iap_recording_read(struct iap_arena *arena, const char *bytes,
    const struct iap_json *recording, const char *key, struct iap_metadata *out,
    struct iap_error *err);

/* Sets start, end and duration from what is in `out` already; both parts of this folder use it. */
void iap_recording_find_times(struct iap_metadata *out, struct iap_moment started,
    struct iap_moment ended, const char *key);

/* The id as a text; IAP_CORRUPT when there is none, or one that is too long. */
IAP_MUST_CHECK enum iap_status iap_recording_check_id(const char *id, struct iap_error *err);

enum iap_call_type iap_call_type_parse(const char *text);

#endif
