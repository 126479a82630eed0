/* SPDX-License-Identifier: Apache-2.0 */
/* The content type of a media file, from what a document says or from the ending of its name. */
#ifndef IAP_ARCHIVE_MEDIA_TYPE_H
#define IAP_ARCHIVE_MEDIA_TYPE_H

#include "archive/metadata.h"
#include "base/arena.h"

/*
 * The type as browsers know it, in lower case: "audio/mp3" gives "audio/mpeg".
 * NULL when `written` is NULL or no type that can stand in a header.
 */
const char *iap_media_type_parse(struct iap_arena *arena, const char *written);

/* The type of a file by its name, `.bin` at the end passed over; NULL when unknown. */
const char *iap_media_type_of_name(struct iap_arena *arena, const char *name);

enum iap_media_kind iap_media_type_kind(const char *type);

#endif
