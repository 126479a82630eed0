/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of interactions, in and out of their tables; for interaction_write.c. */
#ifndef IAP_MODEL_INTERACTION_ROWS_H
#define IAP_MODEL_INTERACTION_ROWS_H

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "model/draft.h"

/* Inserts all rows of these drafts but their places; the drafts are in order of their ids. */
IAP_MUST_CHECK enum iap_status iap_interaction_rows_insert(struct iap_db *db,
    struct iap_arena *arena, struct iap_draft *const *drafts, size_t count,
    struct iap_error *err);

/* Deletes all rows of these interactions but their places. */
IAP_MUST_CHECK enum iap_status iap_interaction_rows_delete(struct iap_db *db,
    struct iap_arena *arena, const uint64_t *ids, size_t count, struct iap_error *err);

/* Stores places; one that is known is replaced. */
IAP_MUST_CHECK enum iap_status iap_interaction_places_save(struct iap_db *db,
    const struct iap_draft_place *places, size_t count, struct iap_error *err);

#endif
