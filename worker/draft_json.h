/* SPDX-License-Identifier: Apache-2.0 */
/* Those parts of an interaction that are kept as JSON, as the API answers them. */
#ifndef IAP_WORKER_DRAFT_JSON_H
#define IAP_WORKER_DRAFT_JSON_H

#include "archive/metadata.h"
#include "base/arena.h"

/* [{"user","name"}]: who is no customer, in order of joining. */
const char *iap_draft_agents(struct iap_arena *arena, const struct iap_metadata *metadata);

/* [{"kind","what","at","offset_ms","who","data":{},"removed":[]}]: values of secrets are blanked. */
const char *iap_draft_events(struct iap_arena *arena, const struct iap_metadata *metadata);

/* ["..."] */
const char *iap_draft_texts(struct iap_arena *arena, const struct iap_texts *texts);

/* [{"from_ms","to_ms"}] */
const char *iap_draft_masks(struct iap_arena *arena, const struct iap_media_entry *entry);

/* [[begin,end]], of numbers [begin,end,1] */
const char *iap_draft_blanks(struct iap_arena *arena, const struct iap_metadata *metadata);

#endif
