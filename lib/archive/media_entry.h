/* SPDX-License-Identifier: Apache-2.0 */
/* One element of a document's list of media files. */
#ifndef IAP_ARCHIVE_MEDIA_ENTRY_H
#define IAP_ARCHIVE_MEDIA_ENTRY_H

#include "archive/metadata.h"
#include "base/arena.h"
#include "json/json.h"

/* Reads the object `media` of a document; what it does not say stays unknown. */
void iap_media_entry_read(struct iap_arena *arena, const struct iap_json *media,
    struct iap_media_entry *out);

/* Adds the base name of a path or URL to the names of an entry, unless it cannot be one. */
void iap_media_entry_add_name(struct iap_arena *arena, struct iap_media_entry *entry,
    const char *path);

#endif
