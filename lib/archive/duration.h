/* SPDX-License-Identifier: Apache-2.0 */
/* The length of a media file: some releases state seconds, some nonsense. */
#ifndef IAP_ARCHIVE_DURATION_H
#define IAP_ARCHIVE_DURATION_H

#include <stdbool.h>
#include <stdint.h>

#include "archive/metadata.h"

/*
 * Sets entry->duration_ms from `stated` ("12523" ms, "62.25" s, or NULL), the
 * entry's start, end, size and kind. Milliseconds unless something says
 * seconds: the span from start to end, else a rate of bytes that no recorder
 * writes, else a fraction. Where span and statement differ by more than ten
 * times either way, the span is believed.
 */
void iap_duration_find(struct iap_media_entry *entry, const char *stated);

#endif
