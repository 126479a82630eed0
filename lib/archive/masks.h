/* SPDX-License-Identifier: Apache-2.0 */
/* The pauses of a recording, from its list of pause and resume marks. */
#ifndef IAP_ARCHIVE_MASKS_H
#define IAP_ARCHIVE_MASKS_H

#include "archive/metadata.h"
#include "base/arena.h"
#include "json/json.h"

/*
 * Fills the masks of `entry`, whose times and duration are known already, from
 * the member `masks` of its document. Paused parts are padded with silence, so
 * a mark's offset is its time less the start. A pause never resumed ends with
 * the media; without a start there are no masks.
 */
void iap_masks_find(struct iap_arena *arena, struct iap_media_entry *entry,
    const struct iap_json *media);

#endif
