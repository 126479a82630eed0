/* SPDX-License-Identifier: Apache-2.0 */
#include "model/interaction_filter.h"

#include <string.h>

#include "model/interaction.h"
#include "model/statements.h"

struct found {
	bool found;
};

static const struct iap_column found_columns[] = {
	IAP_COLUMN(found, found),
};

static const struct iap_stmt agent_find = {
	.name = "agent_find",
	.sql = "SELECT EXISTS (SELECT 1 FROM participant WHERE user_name = ?"
	       " AND kind <> 'external') AS found",
	.columns = found_columns,
	.column_count = IAP_LENGTH(found_columns),
	.row_size = sizeof(struct found),
};

static const struct iap_stmt *const statements[] = { &agent_find };
const struct iap_statements iap_interaction_filter_statements = {
	statements, IAP_LENGTH(statements),
};

enum iap_status
iap_agent_check(struct iap_db *db, struct iap_arena *arena, const char *agent, bool *out,
    struct iap_error *err)
{
	const struct iap_value values[] = { iap_text(agent) };
	struct found found = { false };

	*out = false;
	if (agent == NULL)
		return IAP_OK;
	if (iap_db_one(db, arena, &agent_find, values, IAP_LENGTH(values), &found, err) != IAP_OK)
		return err->status;
	*out = found.found;
	return IAP_OK;
}

static uint64_t
id_of_time(int64_t time_ms)
{
	if (time_ms < 0)
		time_ms = 0;
	/* All 64 bits are used: the end of time has no id above it. */
	if (time_ms >= IAP_INTERACTION_TIME_END)
		return UINT64_MAX;
	return (uint64_t)time_ms << IAP_INTERACTION_HASH_BITS;
}

struct iap_interaction_span
iap_interaction_filter_span(const struct iap_interaction_filter *filter)
{
	return (struct iap_interaction_span){
		.low = filter->from_ms.set ? id_of_time(filter->from_ms.value) : 0,
		.high = id_of_time(filter->until_ms.set ? filter->until_ms.value :
		    IAP_INTERACTION_TIME_END),
	};
}

bool
iap_interaction_filter_check_empty(const struct iap_interaction_filter *filter)
{
	return filter->words == NULL && filter->agent == NULL &&
	    filter->caller == NULL && filter->dialed == NULL &&
	    filter->call_type == NULL && filter->state == NULL && filter->source == NULL &&
	    filter->region == NULL && filter->division == NULL && !filter->encrypted.set &&
	    !filter->duration_min_ms.set && !filter->duration_max_ms.set &&
	    filter->attribute_count == 0;
}

/* `text` without a * at its end, to be found by LIKE at the beginning of a column. */
static const char *
prefix_pattern(struct iap_arena *arena, const char *text)
{
	size_t length = strlen(text) - 1;
	struct iap_buf buf;

	iap_buf_open(&buf, arena);
	for (size_t i = 0; i < length; i++) {
		if (strchr("%_\\", text[i]) != NULL)
			iap_buf_char(&buf, '\\');
		iap_buf_char(&buf, text[i]);
	}
	iap_buf_char(&buf, '%');
	return buf.bytes;
}

static bool
is_prefix(const char *text)
{
	size_t length = strlen(text);

	return length > 0 && text[length - 1] == '*';
}

/* Its digits, when it is written as numbers are; NULL when it is a word. */
static const char *
digits_of(struct iap_arena *arena, const char *text)
{
	struct iap_buf digits;

	iap_buf_open(&digits, arena);
	for (; *text != '\0' && strcmp(text, "*") != 0; text++) {
		if (*text >= '0' && *text <= '9')
			iap_buf_char(&digits, *text);
		else if (strchr(" +-().", *text) == NULL)
			return NULL;
	}
	return digits.length > 0 ? digits.bytes : NULL;
}

static void
add_caller(const char *caller, struct iap_query *query)
{
	struct iap_arena *arena = query->sql.arena;
	const char *digits = digits_of(arena, caller);

	if (digits != NULL && is_prefix(caller))
		iap_query_and(query, "i.caller_digits LIKE ?",
		    iap_text(iap_arena_format(arena, "%s%%", digits)));
	else if (digits != NULL)
		iap_query_and(query, "i.caller_digits = ?", iap_text(digits));
	else if (is_prefix(caller))
		iap_query_and(query, "i.caller LIKE ?", iap_text(prefix_pattern(arena, caller)));
	else
		iap_query_and(query, "i.caller = ?", iap_text(caller));
}

static void
add_dialed(const char *dialed, struct iap_query *query)
{
	struct iap_arena *arena = query->sql.arena;
	const char *digits = digits_of(arena, dialed);

	if (digits != NULL && is_prefix(dialed))
		iap_query_and(query, "i.dialed_digits LIKE ?",
		    iap_text(iap_arena_format(arena, "%s%%", digits)));
	else if (digits != NULL)
		iap_query_and(query, "i.dialed_digits = ?", iap_text(digits));
	else if (is_prefix(dialed))
		iap_query_and(query, "i.dialed LIKE ?", iap_text(prefix_pattern(arena, dialed)));
	else
		iap_query_and(query, "i.dialed = ?", iap_text(dialed));
}

static void
add_agent(const char *agent, bool is_user, struct iap_interaction_span span,
    struct iap_query *query)
{
	const char *pattern = agent;

	if (is_user) {
		iap_query_add(query, " AND i.id IN (SELECT p.interaction_id FROM participant p"
		    " WHERE p.user_name = ? AND p.kind <> 'external'"
		    " AND p.interaction_id >= ? AND p.interaction_id < ?)");
		iap_query_value(query, iap_text(agent));
		iap_query_value(query, iap_u64(span.low));
		iap_query_value(query, iap_u64(span.high));
		return;
	}
	if (is_prefix(agent)) {
		pattern = prefix_pattern(query->sql.arena, agent);
		iap_query_add(query, " AND (JSON_SEARCH(i.agents, 'one', ?, NULL, '$[*].user')"
		    " IS NOT NULL OR JSON_SEARCH(LOWER(i.agents), 'one', LOWER(?), NULL,"
		    " '$[*].name') IS NOT NULL)");
		iap_query_value(query, iap_text(pattern));
		iap_query_value(query, iap_text(pattern));
		return;
	}
	pattern = prefix_pattern(query->sql.arena, iap_arena_format(query->sql.arena, "%s*", agent));
	pattern = iap_arena_copy_bytes(query->sql.arena, pattern, strlen(pattern) - 1);
	iap_query_and(query, "JSON_SEARCH(LOWER(i.agents), 'one', LOWER(?), NULL, '$[*].name')"
	    " IS NOT NULL", iap_text(pattern));
}

static void
add_words(const char *words, struct iap_query *query)
{
	struct iap_arena *arena = query->sql.arena;
	const char *digits = digits_of(arena, words);
	const char *prefix = prefix_pattern(arena, iap_arena_format(arena, "%s*", words));

	iap_query_add(query, " AND (i.recording_id = ? OR i.caller_digits = ?"
	    " OR i.dialed_digits = ? OR JSON_SEARCH(LOWER(i.agents), 'one', LOWER(?), NULL)"
	    " IS NOT NULL OR EXISTS (SELECT 1 FROM attribute a"
	    " WHERE a.interaction_id = i.id AND a.value = ?))");
	iap_query_value(query, iap_text(words));
	iap_query_value(query, iap_text(digits));
	iap_query_value(query, iap_text(digits));
	iap_query_value(query, iap_text(iap_arena_format(arena, "%%%s", prefix)));
	iap_query_value(query, iap_text(words));
}

static void
add_attribute(const struct iap_attribute_filter *attribute, struct iap_interaction_span span,
    struct iap_query *query)
{
	iap_query_add(query, " AND i.id IN (SELECT a.interaction_id FROM attribute a"
	    " WHERE a.name = ? AND a.value = ?"
	    " AND a.interaction_id >= ? AND a.interaction_id < ?)");
	iap_query_value(query, iap_text(attribute->name));
	iap_query_value(query, iap_text(attribute->value));
	iap_query_value(query, iap_u64(span.low));
	iap_query_value(query, iap_u64(span.high));
}

/* Region and division are properties of scopes, which this process knows. */
static void
add_scopes(const struct iap_interaction_filter *filter, const struct iap_viewer *viewer,
    struct iap_query *query)
{
	const struct iap_scopes *known = viewer->known;
	size_t room = known != NULL ? known->count : 0, count = 0;
	uint64_t *ids = iap_arena_array(query->sql.arena, room + 1, sizeof *ids);

	for (size_t i = 0; i < room; i++) {
		const struct iap_scope *scope = &known->items[i];

		if ((filter->region == NULL || strcmp(filter->region, scope->region) == 0) &&
		    (filter->division == NULL || iap_scope_check_division(scope, filter->division)) &&
		    iap_viewer_check_scope(viewer, scope))
			ids[count++] = scope->id;
	}
	iap_scope_ids_and(ids, count, query);
}

void
iap_interaction_filter_add(const struct iap_interaction_filter *filter,
    const struct iap_viewer *viewer, struct iap_interaction_span span, bool agent_is_user,
    struct iap_query *query)
{
	iap_query_add(query, "i.id >= ? AND i.id < ?");
	iap_query_value(query, iap_u64(span.low));
	iap_query_value(query, iap_u64(span.high));
	iap_viewer_and(viewer, query);
	if (filter->region != NULL || filter->division != NULL)
		add_scopes(filter, viewer, query);
	if (filter->failed)
		iap_query_add(query, " AND i.reviewed = 1 AND i.valid = 0");
	if (filter->words != NULL)
		add_words(filter->words, query);
	if (filter->agent != NULL)
		add_agent(filter->agent, agent_is_user, span, query);
	if (filter->caller != NULL)
		add_caller(filter->caller, query);
	if (filter->dialed != NULL)
		add_dialed(filter->dialed, query);
	if (filter->call_type != NULL)
		iap_query_and(query, "i.call_type = ?", iap_text(filter->call_type));
	if (filter->state != NULL)
		iap_query_and(query, "i.state = ?", iap_text(filter->state));
	if (filter->source != NULL)
		iap_query_and(query, "i.source_id = (SELECT s.id FROM source s WHERE s.name = ?)",
		    iap_text(filter->source));
	if (filter->encrypted.set)
		iap_query_and(query, "i.encrypted = ?", iap_i64(filter->encrypted.value));
	if (filter->duration_min_ms.set)
		iap_query_and(query, "i.duration_ms >= ?", iap_i64(filter->duration_min_ms.value));
	if (filter->duration_max_ms.set)
		iap_query_and(query, "i.duration_ms <= ?", iap_i64(filter->duration_max_ms.value));
	for (size_t i = 0; i < filter->attribute_count; i++)
		add_attribute(&filter->attributes[i], span, query);
}
