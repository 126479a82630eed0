/* SPDX-License-Identifier: Apache-2.0 */
#include "model/scope_list.h"

#include <string.h>

#include "base/arena.h"
#include "db/stmt.h"
#include "json/json.h"
#include "model/statements.h"

/* A million scopes with long names: beyond that the archive has no scopes but noise. */
static const size_t memory_limit = (size_t)512 * 1024 * 1024;

struct scope_state {
	uint64_t count;
	uint64_t last;
};

static const struct iap_column state_columns[] = {
	IAP_COLUMN(scope_state, count),
	IAP_COLUMN(scope_state, last),
};

static const struct iap_stmt state_find = {
	.name = "scope_state",
	.sql = "SELECT COUNT(*) AS count, COALESCE(MAX(id), 0) AS last FROM scope",
	.columns = state_columns,
	.column_count = IAP_LENGTH(state_columns),
	.row_size = sizeof(struct scope_state),
};

static const struct iap_column columns[] = {
	IAP_COLUMN(iap_scope, id),
	IAP_COLUMN(iap_scope, region),
	{ "divisions", offsetof(struct iap_scope, divisions_json), IAP_TYPE_TEXT },
};

static const struct iap_stmt list = {
	.name = "scope_list",
	.sql = "SELECT id, region, divisions FROM scope ORDER BY id",
	.columns = columns,
	.column_count = IAP_LENGTH(columns),
	.row_size = sizeof(struct iap_scope),
};

static enum iap_status
read_divisions(struct iap_arena *arena, struct iap_scope *scope, struct iap_error *err)
{
	struct iap_json *json;

	if (iap_json_parse(arena, scope->divisions_json, strlen(scope->divisions_json), &json,
	    err) != IAP_OK)
		return iap_error_context(err, "divisions of scope %llu",
		    (unsigned long long)scope->id);
	scope->divisions = iap_arena_array(arena, json->count + 1, sizeof *scope->divisions);
	for (const struct iap_json *item = json->first; item != NULL; item = item->next)
		if (iap_json_text(item) != NULL)
			scope->divisions[scope->division_count++] = iap_json_text(item);
	return IAP_OK;
}

static enum iap_status
load_all(struct iap_db *db, struct iap_scopes *out, struct iap_error *err)
{
	struct iap_rows rows;

	out->arena = iap_arena_new(memory_limit);
	if (iap_db_all(db, out->arena, &list, NULL, 0, &rows, err) != IAP_OK)
		return err->status;
	out->items = rows.items;
	out->count = rows.count;
	for (size_t i = 0; i < out->count; i++)
		if (read_divisions(out->arena, &out->items[i], err) != IAP_OK)
			return err->status;
	return IAP_OK;
}

enum iap_status
iap_scopes_load(struct iap_db *db, struct iap_arena *arena, struct iap_scopes *scopes,
    struct iap_error *err)
{
	struct iap_scopes fresh = { 0 };
	struct scope_state now;

	if (iap_db_one(db, arena, &state_find, NULL, 0, &now, err) != IAP_OK)
		return err->status;
	if (scopes->arena != NULL && now.count == scopes->count &&
	    (now.count == 0 || now.last == scopes->items[scopes->count - 1].id))
		return IAP_OK;
	if (load_all(db, &fresh, err) != IAP_OK) {
		iap_scopes_free(&fresh);
		return err->status;
	}
	iap_scopes_free(scopes);
	*scopes = fresh;
	return IAP_OK;
}

void
iap_scopes_free(struct iap_scopes *scopes)
{
	iap_arena_free(&scopes->arena);
	*scopes = (struct iap_scopes){ 0 };
}

const struct iap_scope *
iap_scopes_find(const struct iap_scopes *scopes, uint64_t id)
{
	size_t low = 0, high = scopes->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (scopes->items[middle].id == id)
			return &scopes->items[middle];
		if (scopes->items[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool
iap_division_check_below(const char *inner, const char *outer)
{
	size_t length = strlen(outer);

	return length > 0 && strncmp(inner, outer, length) == 0 &&
	    (inner[length] == '\0' || inner[length] == '/');
}

bool
iap_scope_check_division(const struct iap_scope *scope, const char *division)
{
	for (size_t i = 0; i < scope->division_count; i++)
		if (iap_division_check_below(scope->divisions[i], division))
			return true;
	return false;
}

static const struct iap_stmt *const statements[] = { &state_find, &list };
const struct iap_statements iap_scope_list_statements = { statements, IAP_LENGTH(statements) };
