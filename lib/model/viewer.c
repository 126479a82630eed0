/* SPDX-License-Identifier: Apache-2.0 */
#include "model/viewer.h"

#include <string.h>

static bool
sees_region(const struct iap_viewer *viewer, const char *region)
{
	if (viewer->all_regions)
		return true;
	for (size_t i = 0; i < viewer->region_count; i++)
		if (*region != '\0' && strcmp(viewer->regions[i], region) == 0)
			return true;
	return false;
}

static bool
sees_division(const struct iap_viewer *viewer, const struct iap_scope *scope)
{
	if (viewer->all_divisions)
		return true;
	for (size_t i = 0; i < viewer->division_count; i++)
		if (iap_scope_check_division(scope, viewer->divisions[i]))
			return true;
	return false;
}

bool
iap_viewer_check_scope(const struct iap_viewer *viewer, const struct iap_scope *scope)
{
	return sees_region(viewer, scope->region) && sees_division(viewer, scope);
}

void
iap_viewer_resolve(struct iap_viewer *viewer, struct iap_arena *arena,
    const struct iap_scopes *known)
{
	viewer->known = known;
	viewer->scopes = iap_arena_array(arena, known->count + 1, sizeof *viewer->scopes);
	viewer->scope_count = 0;
	for (size_t i = 0; i < known->count; i++)
		if (iap_viewer_check_scope(viewer, &known->items[i]))
			viewer->scopes[viewer->scope_count++] = known->items[i].id;
}

void
iap_scope_ids_and(const uint64_t *ids, size_t count, struct iap_query *query)
{
	uint64_t *padded;
	size_t room = 1;

	if (count == 0) {
		iap_query_add(query, " AND FALSE");
		return;
	}
	while (room < count)
		room *= 2;
	padded = iap_arena_array(query->sql.arena, room, sizeof *padded);
	for (size_t i = 0; i < room; i++)
		padded[i] = ids[i < count ? i : count - 1];
	iap_query_and_in(query, "i.scope_id", padded, room);
}

void
iap_viewer_and(const struct iap_viewer *viewer, struct iap_query *query)
{
	if (viewer->known == NULL)
		iap_query_add(query, " AND FALSE");
	else if (!viewer->all_regions || !viewer->all_divisions)
		iap_scope_ids_and(viewer->scopes, viewer->scope_count, query);
}
