/* SPDX-License-Identifier: Apache-2.0 */
/* Which id each draft of a batch gets, and what that means; for interaction_write.c. */
#ifndef IAP_MODEL_INTERACTION_RESOLVE_H
#define IAP_MODEL_INTERACTION_RESOLVE_H

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "model/draft.h"

/*
 * Fills in row.id, outcome, old_id (0: none) and place.own of each draft. Inside
 * the transaction that writes them: what it read stays as it is until then.
 */
IAP_MUST_CHECK enum iap_status iap_interaction_resolve(struct iap_db *db,
    struct iap_arena *arena, struct iap_draft *drafts, size_t count, struct iap_error *err);

#endif
