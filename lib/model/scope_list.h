/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All scopes: the distinct pairs of region and set of divisions that calls
 * have. They are few and never change, only grow, so a process keeps them.
 */
#ifndef IAP_MODEL_SCOPE_LIST_H
#define IAP_MODEL_SCOPE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "db/db.h"
#include "db/stmt.h"

struct iap_scope {
	uint64_t id;
	const char *region;         /* empty: none */
	const char *divisions_json; /* as the API answers them */
	const char **divisions;
	size_t division_count;
};

struct iap_scopes {
	struct iap_arena *arena; /* of what `items` points to; NULL before the first load */
	struct iap_scope *items; /* ascending by id */
	size_t count;
};

/* Makes `scopes` what the database holds; reads them again only when there are others. */
IAP_MUST_CHECK enum iap_status iap_scopes_load(struct iap_db *db, struct iap_arena *arena,
    struct iap_scopes *scopes, struct iap_error *err);

/* Gives back what iap_scopes_load() took. */
void iap_scopes_free(struct iap_scopes *scopes);

/* The scope `id`; NULL when there is none. */
const struct iap_scope *iap_scopes_find(const struct iap_scopes *scopes, uint64_t id);

/*
 * Whether the division (a path) `inner` is `outer` or lies below it: /US/East
 * below /US, /USA not.
 */
bool iap_division_check_below(const char *inner, const char *outer);

/* Whether any division of `scope` is `division` or lies below it. */
bool iap_scope_check_division(const struct iap_scope *scope, const char *division);

#endif
