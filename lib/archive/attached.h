/* SPDX-License-Identifier: Apache-2.0 */
/* Data that was attached to a call, as it changed, and as it was in the end. */
#ifndef IAP_ARCHIVE_ATTACHED_H
#define IAP_ARCHIVE_ATTACHED_H

#include "archive/metadata.h"
#include "base/arena.h"
#include "json/json.h"

/*
 * Reads the changes of an event or document (`data`, `userData` or
 * `attachedData`): maps below added, updated, changed, removed, deleted, or
 * flat; pairs of key and value in an array too. `bytes` is what was parsed.
 */
void iap_attached_read(struct iap_arena *arena, const char *bytes, const struct iap_json *holder,
    struct iap_event *event);

/* Whether `holder` has any of those members. */
bool iap_attached_is_in(const struct iap_json *holder);

/* Applies the changes of an event to the attributes of its recording: the last value wins. */
void iap_attached_apply(struct iap_arena *arena, struct iap_metadata *metadata,
    const struct iap_event *event);

#endif
