/* SPDX-License-Identifier: Apache-2.0 */
#include "model/interaction_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/statements.h"

#define MONTH_MS ((int64_t)30 * 86400000)

/* How many months each window takes; the last of them repeats. */
static const int windows[] = { 2, 6, 24 };

static const char *const sort_names[] = {
	[IAP_SORT_NEWEST] = "-started",
	[IAP_SORT_OLDEST] = "started",
	[IAP_SORT_SHORTEST] = "duration",
	[IAP_SORT_LONGEST] = "-duration",
};
_Static_assert(IAP_LENGTH(sort_names) == IAP_SORT_COUNT, "every sort has a name");

struct edges {
	uint64_t newest;
	uint64_t oldest; /* of those with a start */
};

static const struct iap_column edge_columns[] = {
	IAP_COLUMN(edges, newest),
	IAP_COLUMN(edges, oldest),
};

static const struct iap_stmt edges_find = {
	.name = "interaction_edges",
	.sql = "SELECT (SELECT COALESCE(MAX(id), 0) FROM interaction) AS newest,"
	       " (SELECT COALESCE(MIN(id), 0) FROM interaction WHERE id >= 4194304) AS oldest",
	.columns = edge_columns,
	.column_count = IAP_LENGTH(edge_columns),
	.row_size = sizeof(struct edges),
};

static const struct iap_stmt *const statements[] = { &edges_find };
const struct iap_statements iap_interaction_list_statements = {
	statements, IAP_LENGTH(statements),
};

struct total {
	uint64_t total;
};

static const struct iap_column total_columns[] = {
	IAP_COLUMN(total, total),
};

static const struct iap_stmt total_shape = {
	.name = "interaction_total",
	.columns = total_columns,
	.column_count = IAP_LENGTH(total_columns),
	.row_size = sizeof(struct total),
};

static const struct iap_column cause_columns[] = {
	IAP_COLUMN(iap_failed_cause, state),
	IAP_COLUMN(iap_failed_cause, count),
};

static const struct iap_stmt cause_shape = {
	.name = "failed_causes",
	.columns = cause_columns,
	.column_count = IAP_LENGTH(cause_columns),
	.row_size = sizeof(struct iap_failed_cause),
};

/* One search under way. */
struct hunt {
	struct iap_db *db;
	struct iap_arena *arena;
	const struct iap_viewer *viewer;
	const struct iap_interaction_search *search;
	struct iap_interaction_page *page;
	struct iap_interaction_span span; /* what is left to be looked through */
	struct edges edges;
	bool agent_is_user;
	int64_t begun_ms;
};

const char *
iap_interaction_sort_name(enum iap_interaction_sort sort)
{
	return sort_names[sort];
}

static void
add_order_by_id(bool descending, struct iap_query *query)
{
	if (descending)
		iap_query_add(query, " ORDER BY i.id DESC");
	else
		iap_query_add(query, " ORDER BY i.id");
}

/* Runs a query of calls for what is missing on the page, and one more. */
static enum iap_status
fetch(struct hunt *hunt, struct iap_query *query, struct iap_rows *rows, struct iap_error *err)
{
	iap_query_add(query, " LIMIT ?");
	iap_query_value(query, iap_u64(hunt->search->limit + 1 - hunt->page->count));
	return iap_query_all(hunt->db, hunt->arena, query, &iap_interaction_shape, rows, err);
}

static enum iap_status
append(struct hunt *hunt, const struct iap_rows *rows)
{
	struct iap_interaction_page *page = hunt->page;

	if (rows->count > 0)
		memcpy(page->items + page->count, rows->items, rows->count * sizeof *page->items);
	page->count += rows->count;
	return IAP_OK;
}

/* Adds the calls of one window to the page, up to one more than it holds. */
static enum iap_status
look(struct hunt *hunt, struct iap_interaction_span span, struct iap_error *err)
{
	struct iap_query query;
	struct iap_rows rows;

	if (span.low >= span.high)
		return IAP_OK;
	iap_query_open(&query, hunt->arena, IAP_INTERACTION_SELECT " WHERE ");
	iap_interaction_filter_add(&hunt->search->filter, hunt->viewer, span,
	    hunt->agent_is_user, &query);
	add_order_by_id(hunt->search->sort == IAP_SORT_NEWEST, &query);
	return fetch(hunt, &query, &rows, err) == IAP_OK ? append(hunt, &rows) : err->status;
}

/* The next window, taken off what is left to be looked through. */
static struct iap_interaction_span
take_window(struct hunt *hunt, size_t round)
{
	uint64_t months = (uint64_t)windows[round < IAP_LENGTH(windows) ?
	    round : IAP_LENGTH(windows) - 1];
	uint64_t width = (months * (uint64_t)MONTH_MS) << IAP_INTERACTION_HASH_BITS;
	struct iap_interaction_span *left = &hunt->span, window = *left;

	if (hunt->search->sort == IAP_SORT_NEWEST) {
		if (left->high > width && left->high - width > left->low &&
		    left->high - width > hunt->edges.oldest)
			window.low = left->high - width;
		left->high = window.low;
	} else {
		if (left->low + width < left->high && left->low + width <= hunt->edges.newest)
			window.high = left->low + width;
		left->low = window.high;
	}
	return window;
}

static void
stop_at_budget(struct hunt *hunt)
{
	bool newest = hunt->search->sort == IAP_SORT_NEWEST;
	uint64_t id = newest ? hunt->span.high : hunt->span.low - 1;

	hunt->page->next = (struct iap_interaction_cursor){ .set = true, .id = id };
	hunt->page->searched_back_ms = (struct iap_maybe_i64){ .set = true,
		.value = (int64_t)(id >> IAP_INTERACTION_HASH_BITS) + (newest ? 0 : 1) };
}

static enum iap_status
look_by_windows(struct hunt *hunt, struct iap_error *err)
{
	for (size_t round = 0; hunt->span.low < hunt->span.high; round++) {
		if (round > 0 &&
		    iap_clock_ticks_ms() - hunt->begun_ms >= hunt->search->budget_ms) {
			stop_at_budget(hunt);
			break;
		}
		if (look(hunt, take_window(hunt, round), err) != IAP_OK)
			return err->status;
		if (hunt->page->count > hunt->search->limit)
			break;
	}
	return IAP_OK;
}

/* Where the search begins and ends, by filter, cursor, and what there is. */
static void
set_span(struct hunt *hunt)
{
	const struct iap_interaction_cursor *after = &hunt->search->after;
	struct iap_interaction_span *span = &hunt->span;

	*span = iap_interaction_filter_span(&hunt->search->filter);
	if (span->high > hunt->edges.newest + 1)
		span->high = hunt->edges.newest + 1;
	if (after->set && hunt->search->sort == IAP_SORT_NEWEST && span->high > after->id)
		span->high = after->id;
	if (after->set && hunt->search->sort == IAP_SORT_OLDEST && span->low <= after->id)
		span->low = after->id + 1;
	/* Walking up through the time before the first call would take windows for nothing. */
	if (hunt->search->sort == IAP_SORT_OLDEST &&
	    span->low >= (uint64_t)1 << IAP_INTERACTION_HASH_BITS && span->low < hunt->edges.oldest)
		span->low = hunt->edges.oldest;
}

/* Calls without a start lie at the very beginning, years before the first window. */
static enum iap_status
look_by_time(struct hunt *hunt, struct iap_error *err)
{
	const uint64_t dated = (uint64_t)1 << IAP_INTERACTION_HASH_BITS;
	struct iap_interaction_span undated = hunt->span;

	if (hunt->search->sort == IAP_SORT_OLDEST && hunt->span.low < dated) {
		if (undated.high > dated)
			undated.high = dated;
		if (look(hunt, undated, err) != IAP_OK)
			return err->status;
		if (hunt->page->count > hunt->search->limit)
			return IAP_OK;
		hunt->span.low = hunt->edges.oldest > dated ? hunt->edges.oldest : dated;
	}
	return look_by_windows(hunt, err);
}

/*
 * By duration: MariaDB reads an index in the order of its column but, in a
 * partitioned table, not of the id behind it, and sorts the whole archive when
 * asked for both. So the column is asked for alone, and the calls of the last
 * length, of which the limit may have cut any, are asked for anew by id.
 */
static bool
is_page_full(const struct hunt *hunt)
{
	return hunt->page->count > hunt->search->limit;
}

/* Filters that leave few calls are better served by their own index. */
static bool
scans_durations(const struct iap_interaction_filter *filter)
{
	return filter->words == NULL && filter->agent == NULL && filter->caller == NULL &&
	    filter->dialed == NULL && filter->attribute_count == 0 && !filter->failed &&
	    !filter->from_ms.set && !filter->until_ms.set;
}

static void
open_duration_query(struct hunt *hunt, bool scan, struct iap_query *query)
{
	if (scan)
		iap_query_open(query, hunt->arena,
		    IAP_INTERACTION_SELECT " FORCE INDEX (duration) WHERE ");
	else
		iap_query_open(query, hunt->arena, IAP_INTERACTION_SELECT " WHERE ");
	iap_interaction_filter_add(&hunt->search->filter, hunt->viewer, hunt->span,
	    hunt->agent_is_user, query);
}

/* Adds the calls of one length (or of none), behind `after` when it is set. */
static enum iap_status
look_at_length(struct hunt *hunt, struct iap_maybe_i64 duration, struct iap_maybe_i64 after,
    struct iap_error *err)
{
	bool longest = hunt->search->sort == IAP_SORT_LONGEST;
	struct iap_query query;
	struct iap_rows rows;

	open_duration_query(hunt, false, &query);
	if (duration.set)
		iap_query_and(&query, "i.duration_ms = ?", iap_i64(duration.value));
	else
		iap_query_add(&query, " AND i.duration_ms IS NULL");
	if (after.set && longest)
		iap_query_and(&query, "i.id < ?", iap_maybe(after));
	else if (after.set)
		iap_query_and(&query, "i.id > ?", iap_maybe(after));
	add_order_by_id(longest, &query);
	return fetch(hunt, &query, &rows, err) == IAP_OK ? append(hunt, &rows) : err->status;
}

static int
compare_shortest(const void *a, const void *b)
{
	const struct iap_interaction *one = a, *other = b;

	if (one->duration_ms.value != other->duration_ms.value)
		return one->duration_ms.value < other->duration_ms.value ? -1 : 1;
	return one->id < other->id ? -1 : 1;
}

static int
compare_longest(const void *a, const void *b)
{
	return compare_shortest(b, a);
}

/* Adds the calls of all lengths beyond `from`, all there are when it is not set. */
static enum iap_status
look_beyond_length(struct hunt *hunt, struct iap_maybe_i64 from, struct iap_error *err)
{
	bool longest = hunt->search->sort == IAP_SORT_LONGEST;
	size_t wanted = hunt->search->limit + 1 - hunt->page->count, kept;
	struct iap_interaction *calls;
	struct iap_query query;
	struct iap_rows rows;

	open_duration_query(hunt, scans_durations(&hunt->search->filter), &query);
	if (!from.set)
		iap_query_add(&query, " AND i.duration_ms IS NOT NULL");
	else if (longest)
		iap_query_and(&query, "i.duration_ms < ?", iap_i64(from.value));
	else
		iap_query_and(&query, "i.duration_ms > ?", iap_i64(from.value));
	if (longest)
		iap_query_add(&query, " ORDER BY i.duration_ms DESC");
	else
		iap_query_add(&query, " ORDER BY i.duration_ms");
	if (fetch(hunt, &query, &rows, err) != IAP_OK)
		return err->status;
	calls = rows.items;
	kept = rows.count;
	while (rows.count == wanted && kept > 0 &&
	    calls[kept - 1].duration_ms.value == calls[wanted - 1].duration_ms.value)
		kept--;
	if (rows.count < wanted)
		kept = rows.count;
	if (kept > 0)
		qsort(calls, kept, sizeof *calls, longest ? compare_longest : compare_shortest);
	append(hunt, &(struct iap_rows){ calls, kept });
	return kept == rows.count ? IAP_OK : look_at_length(hunt,
	    calls[wanted - 1].duration_ms, (struct iap_maybe_i64){ .set = false }, err);
}

static enum iap_status
look_by_duration(struct hunt *hunt, struct iap_error *err)
{
	const struct iap_interaction_cursor *cursor = &hunt->search->after;
	const struct iap_maybe_i64 none = { .set = false };
	const struct iap_maybe_i64 id = { cursor->set, (int64_t)cursor->id };
	bool longest = hunt->search->sort == IAP_SORT_LONGEST;
	bool among_lengths = cursor->set && cursor->duration_ms.set;

	/* The rest of the length where the page before ended, or of those without one. */
	if (cursor->set && look_at_length(hunt, cursor->duration_ms, id, err) != IAP_OK)
		return err->status;
	/* Those without a length are the shortest: they come first, or last. */
	if (!cursor->set && !longest && look_at_length(hunt, none, none, err) != IAP_OK)
		return err->status;
	if (!is_page_full(hunt) && (!cursor->set || among_lengths || !longest) &&
	    look_beyond_length(hunt, cursor->duration_ms, err) != IAP_OK)
		return err->status;
	if (!is_page_full(hunt) && longest && (!cursor->set || among_lengths))
		return look_at_length(hunt, none, none, err);
	return IAP_OK;
}

static void
cut_page(struct hunt *hunt)
{
	struct iap_interaction_page *page = hunt->page;
	const struct iap_interaction *last;

	if (page->count <= hunt->search->limit)
		return;
	page->count = hunt->search->limit;
	last = &page->items[page->count - 1];
	page->next = (struct iap_interaction_cursor){ true, last->id, last->duration_ms };
}

/* Counts up to one more than the most that is told. */
static enum iap_status
count_all(struct hunt *hunt, struct iap_error *err)
{
	struct iap_interaction_page *page = hunt->page;
	struct total total = { 0 };
	struct iap_error late = { 0 };
	struct iap_query query;

	page->total = page->count;
	page->total_exact = !page->next.set && !hunt->search->after.set;
	if (page->total_exact || page->searched_back_ms.set)
		return IAP_OK;
	iap_query_open(&query, hunt->arena, "SET STATEMENT max_statement_time = 0.3 FOR"
	    " SELECT COUNT(*) AS total FROM (SELECT 1 FROM interaction i WHERE ");
	iap_interaction_filter_add(&hunt->search->filter, hunt->viewer,
	    iap_interaction_filter_span(&hunt->search->filter), hunt->agent_is_user, &query);
	iap_query_add(&query, " LIMIT 1001) counted");
	if (iap_query_one(hunt->db, hunt->arena, &query, &total_shape, &total, &late) != IAP_OK)
		/* A count that takes too long is not worth the page. */
		return late.status == IAP_UNAVAILABLE ? iap_db_ensure(hunt->db, err) :
		    iap_error_set(err, late.status, "%s", late.detail);
	page->total_exact = total.total <= IAP_INTERACTION_TOTAL_MAX;
	page->total = page->total_exact ? total.total : IAP_INTERACTION_TOTAL_MAX;
	return IAP_OK;
}

enum iap_status
iap_interaction_list(struct iap_db *db, struct iap_arena *arena,
    const struct iap_viewer *viewer, const struct iap_interaction_search *search,
    struct iap_interaction_page *out, struct iap_error *err)
{
	struct hunt hunt = {
		.db = db, .arena = arena, .viewer = viewer, .search = search, .page = out,
		.begun_ms = iap_clock_ticks_ms(),
	};
	enum iap_status status;

	*out = (struct iap_interaction_page){
		.items = iap_arena_array(arena, search->limit + 1, sizeof *out->items),
	};
	if (iap_db_one(db, arena, &edges_find, NULL, 0, &hunt.edges, err) != IAP_OK ||
	    iap_agent_check(db, arena, search->filter.agent, &hunt.agent_is_user, err) != IAP_OK)
		return err->status;
	out->archive_empty = hunt.edges.newest == 0;
	set_span(&hunt);
	status = search->sort < IAP_SORT_SHORTEST ? look_by_time(&hunt, err) :
	    look_by_duration(&hunt, err);
	if (status != IAP_OK)
		return status;
	cut_page(&hunt);
	return count_all(&hunt, err);
}

enum iap_status
iap_failed_causes_list(struct iap_db *db, struct iap_arena *arena,
    const struct iap_viewer *viewer, const struct iap_interaction_filter *filter,
    struct iap_rows *out, struct iap_error *err)
{
	struct iap_interaction_filter others = *filter;
	struct iap_error late = { 0 };
	struct iap_query query;
	bool agent_is_user;

	*out = (struct iap_rows){ 0 };
	others.failed = true;
	others.state = NULL;
	if (iap_agent_check(db, arena, filter->agent, &agent_is_user, err) != IAP_OK)
		return err->status;
	iap_query_open(&query, arena, "SET STATEMENT max_statement_time = 1 FOR"
	    " SELECT i.state, COUNT(*) AS count FROM interaction i WHERE ");
	iap_interaction_filter_add(&others, viewer, iap_interaction_filter_span(&others),
	    agent_is_user, &query);
	iap_query_add(&query, " GROUP BY i.state ORDER BY count DESC, i.state");
	if (iap_query_all(db, arena, &query, &cause_shape, out, &late) != IAP_OK)
		return late.status == IAP_UNAVAILABLE ? iap_db_ensure(db, err) :
		    iap_error_set(err, late.status, "%s", late.detail);
	return IAP_OK;
}
