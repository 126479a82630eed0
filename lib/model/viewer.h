/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who asks, what they may, and which calls they may see at all. Everything
 * that reads calls for people takes a viewer and goes through
 * iap_viewer_and(): there is no second place where this is decided.
 *
 * A call is seen when its region is one of the viewer's and one of its
 * divisions is one of the viewer's or lies below it. Without a region a call
 * is for viewers of all regions, without a division for viewers of all
 * divisions. A user with no regions or no divisions sees nothing.
 */
#ifndef IAP_MODEL_VIEWER_H
#define IAP_MODEL_VIEWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "db/query.h"
#include "model/permission.h"
#include "model/scope_list.h"

struct iap_viewer {
	uint64_t user_id;
	const char *issuer;  /* who vouches for the user: "local" or an identity provider */
	const char *subject; /* the issuer's name for them */
	const char *name;    /* as agents are named in documents: what play_own goes by */
	const char *role;
	unsigned int permissions;
	bool all_regions;
	bool all_divisions;
	const char **regions;
	size_t region_count;
	const char **divisions;
	size_t division_count;

	/* Made by iap_viewer_resolve(). */
	const struct iap_scopes *known; /* every scope there is */
	uint64_t *scopes;               /* those the viewer may see; unused when both are all */
	size_t scope_count;
};

/* Whether the viewer may see calls of this scope. */
bool iap_viewer_check_scope(const struct iap_viewer *viewer, const struct iap_scope *scope);

/* Works out which of `known` the viewer may see; `known` stays the caller's. */
void iap_viewer_resolve(struct iap_viewer *viewer, struct iap_arena *arena,
    const struct iap_scopes *known);

/*
 * Adds to a query whose table `interaction` is called i: " AND i.scope_id IN
 * (...)". Nothing for those who see all; a viewer that was not resolved, and
 * one who may see no scope, gets " AND FALSE".
 */
void iap_viewer_and(const struct iap_viewer *viewer, struct iap_query *query);

/* Adds " AND i.scope_id IN (ids)"; of equal lengths the text is equal, so that few are prepared. */
void iap_scope_ids_and(const uint64_t *ids, size_t count, struct iap_query *query);

#endif
