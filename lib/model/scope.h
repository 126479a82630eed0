/* SPDX-License-Identifier: Apache-2.0 */
/* Distinct pairs of a region and a set of divisions: what decides who may see a call. */
#ifndef IAP_MODEL_SCOPE_H
#define IAP_MODEL_SCOPE_H

#include "archive/metadata.h"
#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"

/* Longer ones are refused: they could not be stored as they are. */
enum { IAP_REGION_MAX = 128, IAP_DIVISION_MAX = 255 };

/* Whether region and divisions fit, in characters. */
bool iap_scope_check(const char *region, const struct iap_texts *divisions);

/*
 * The id of the scope of `region` (NULL: none) and `divisions`, which are
 * distinct and sorted; it is made when there is none. Outside of transactions:
 * an id must not be rolled back while somebody remembers it.
 */
IAP_MUST_CHECK enum iap_status iap_scope_save(struct iap_db *db, const char *region,
    const struct iap_texts *divisions, uint64_t *id_out, struct iap_error *err);

#endif
