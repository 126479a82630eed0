/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of calls: the search, and the failed ones. */
#include "web/api/api.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/interaction_list.h"
#include "web/api/item.h"
#include "web/page.h"
#include "web/route.h"

enum { LIMIT_DEFAULT = 50, LIMIT_MAX = 500, NAME_MAX_BYTES = 255, BUDGET_MS = 250 };

/* A duration of more than a year is not one. */
#define DURATION_MAX_MS ((int64_t)366 * 86400000)

static const char *const call_types[] = {
	"unknown", "inbound", "outbound", "internal", "consult", NULL,
};
static const char *const states[] = {
	"unchecked", "ok", "empty", "missing", "unreadable", "no_key", "wrong_key", "damaged", NULL,
};
/* By each order's own word, and by the member of an item that it follows. */
static const char *const sorts[] = {
	"-started", "started", "duration", "-duration",
	"-started_at", "started_at", "duration_ms", "-duration_ms", NULL,
};
_Static_assert(IAP_LENGTH(sorts) == 2 * IAP_SORT_COUNT + 1, "every sort has two words");

const struct iap_param_def iap_search_params[IAP_SEARCH_PARAMS] = {
	[IAP_SEARCH_WORDS] = { "q", IAP_PARAM_TEXT, .most = NAME_MAX_BYTES, .narrows = true },
	[IAP_SEARCH_FROM] = { "from", IAP_PARAM_TIME, .narrows = true },
	[IAP_SEARCH_UNTIL] = { "until", IAP_PARAM_TIME_END, .narrows = true },
	[IAP_SEARCH_AGENT] = { "agent", IAP_PARAM_TEXT, .most = NAME_MAX_BYTES, .narrows = true },
	[IAP_SEARCH_CALLER] = { "caller", IAP_PARAM_TEXT, .most = NAME_MAX_BYTES, .narrows = true },
	[IAP_SEARCH_DIALED] = { "dialed", IAP_PARAM_TEXT, .most = NAME_MAX_BYTES, .narrows = true },
	[IAP_SEARCH_CALL_TYPE] = { "call_type", IAP_PARAM_CHOICE, .choices = call_types,
	    .narrows = true },
	[IAP_SEARCH_REGION] = { "region", IAP_PARAM_TEXT, .most = NAME_MAX_BYTES, .narrows = true },
	[IAP_SEARCH_DIVISION] = { "division", IAP_PARAM_TEXT, .most = NAME_MAX_BYTES,
	    .narrows = true },
	[IAP_SEARCH_STATE] = { "state", IAP_PARAM_CHOICE, .choices = states, .narrows = true },
	[IAP_SEARCH_ENCRYPTED] = { "encrypted", IAP_PARAM_FLAG, .narrows = true },
	[IAP_SEARCH_DURATION_MIN] = { "duration_min_ms", IAP_PARAM_NUMBER, .least = 0,
	    .most = DURATION_MAX_MS, .narrows = true },
	[IAP_SEARCH_DURATION_MAX] = { "duration_max_ms", IAP_PARAM_NUMBER, .least = 0,
	    .most = DURATION_MAX_MS, .narrows = true },
	[IAP_SEARCH_SOURCE] = { "source", IAP_PARAM_TEXT, .most = NAME_MAX_BYTES, .narrows = true },
	[IAP_SEARCH_ATTRIBUTES] = { "attr.*", IAP_PARAM_ATTRIBUTES, .narrows = true },
	[IAP_SEARCH_SORT] = { "sort", IAP_PARAM_CHOICE, .choices = sorts },
	[IAP_SEARCH_LIMIT] = { "limit", IAP_PARAM_NUMBER, .least = 1, .most = LIMIT_MAX },
	[IAP_SEARCH_AFTER] = { "after", IAP_PARAM_TEXT, .most = 100 },
};

/* A place in a list: its order, the id, and the duration where it counts. */
static const char *
format_cursor(struct iap_request *req, enum iap_interaction_sort sort,
    const struct iap_interaction_cursor *cursor)
{
	const char *text;

	if (!cursor->set)
		return NULL;
	text = sort >= IAP_SORT_SHORTEST && cursor->duration_ms.set ?
	    iap_arena_format(req->arena, "%d:%" PRIu64 ":%" PRId64, (int)sort, cursor->id,
	    cursor->duration_ms.value) :
	    iap_arena_format(req->arena, "%d:%" PRIu64, (int)sort, cursor->id);
	return iap_text_to_base64url(req->arena, text, strlen(text));
}

static bool
read_cursor(struct iap_arena *arena, const char *text, enum iap_interaction_sort sort,
    struct iap_interaction_cursor *out)
{
	size_t size = 0;
	char *plain = (char *)iap_text_from_base64url(arena, text, strlen(text), &size);
	char *parts = plain != NULL && strlen(plain) == size ? plain : NULL;
	char *sorted = strsep(&parts, ":"), *id = strsep(&parts, ":");
	uint64_t order;

	*out = (struct iap_interaction_cursor){ .set = true };
	if (sorted == NULL || id == NULL || !iap_text_parse_u64(sorted, &order) ||
	    order != (uint64_t)sort || !iap_text_parse_u64(id, &out->id))
		return false;
	out->duration_ms.set = parts != NULL;
	return parts == NULL || (sort >= IAP_SORT_SHORTEST &&
	    iap_text_parse_i64(parts, &out->duration_ms.value));
}

static void
read_filter(const struct iap_params *params, struct iap_interaction_filter *filter)
{
	const struct iap_param *values = params->values;

	*filter = (struct iap_interaction_filter){
		.words = values[IAP_SEARCH_WORDS].text,
		.from_ms = iap_param_number(&values[IAP_SEARCH_FROM]),
		.until_ms = iap_param_number(&values[IAP_SEARCH_UNTIL]),
		.agent = values[IAP_SEARCH_AGENT].text,
		.caller = values[IAP_SEARCH_CALLER].text,
		.dialed = values[IAP_SEARCH_DIALED].text,
		.call_type = values[IAP_SEARCH_CALL_TYPE].text,
		.region = values[IAP_SEARCH_REGION].text,
		.division = values[IAP_SEARCH_DIVISION].text,
		.state = values[IAP_SEARCH_STATE].text,
		.encrypted = iap_param_number(&values[IAP_SEARCH_ENCRYPTED]),
		.duration_min_ms = iap_param_number(&values[IAP_SEARCH_DURATION_MIN]),
		.duration_max_ms = iap_param_number(&values[IAP_SEARCH_DURATION_MAX]),
		.source = values[IAP_SEARCH_SOURCE].text,
		.attributes = params->attributes,
		.attribute_count = params->attribute_count,
	};
}

static enum iap_status
read_search(struct iap_request *req, bool failed, struct iap_interaction_search *search,
    struct iap_error *err)
{
	const struct iap_param *values = req->params.values;
	const char *after = values[IAP_SEARCH_AFTER].text;

	*search = (struct iap_interaction_search){
		.sort = (enum iap_interaction_sort)(values[IAP_SEARCH_SORT].number % IAP_SORT_COUNT),
		.limit = values[IAP_SEARCH_LIMIT].text != NULL ?
		    (size_t)values[IAP_SEARCH_LIMIT].number : LIMIT_DEFAULT,
		.budget_ms = BUDGET_MS,
	};
	read_filter(&req->params, &search->filter);
	search->filter.failed = failed;
	if (after != NULL && !read_cursor(req->arena, after, search->sort, &search->after)) {
		req->problem.parameter = "after";
		return iap_request_refuse(req, IAP_INVALID,
		    "after is the `next` of an answer in the same order.", err);
	}
	return IAP_OK;
}

static void
write_items(struct iap_request *req, const struct iap_interaction_page *page,
    struct iap_json_writer *json)
{
	iap_json_write_array_begin(json, "items");
	for (size_t i = 0; i < page->count; i++) {
		iap_json_write_object_begin(json, NULL);
		iap_item_write(json, req->viewer, &page->items[i]);
		iap_json_write_object_end(json);
	}
	iap_json_write_array_end(json);
}

static void
write_page(struct iap_request *req, struct iap_response *res,
    const struct iap_interaction_page *page, struct iap_json_writer *json)
{
	write_items(req, page, json);
	iap_item_write_text(json, "next", res->next);
	iap_json_write_object_begin(json, "total");
	iap_json_write_u64(json, "value", page->total);
	iap_json_write_text(json, "relation", page->total_exact ? "eq" : "gte");
	iap_json_write_object_end(json);
	if (page->searched_back_ms.set)
		iap_json_write_time(json, "searched_back_to", page->searched_back_ms.value);
}

/* Why a page shows nothing: three different things to say. */
static const char *
why_empty(const struct iap_request *req, const struct iap_interaction_search *search,
    const struct iap_interaction_page *page)
{
	const struct iap_viewer *viewer = req->viewer;
	bool all = viewer->all_regions && viewer->all_divisions;
	const struct iap_interaction_filter *filter = &search->filter;

	if (page->archive_empty)
		return "yet";
	if (!all && (viewer->scope_count == 0 || (iap_interaction_filter_check_empty(filter) &&
	    !filter->from_ms.set && !filter->until_ms.set && !filter->failed)))
		return "you";
	return "match";
}

static void
note_search(struct iap_request *req, const struct iap_interaction_page *page)
{
	struct iap_json_writer json;
	struct iap_buf detail;

	iap_buf_open(&detail, req->arena);
	iap_json_write_open(&json, &detail);
	iap_json_write_object_begin(&json, NULL);
	iap_json_write_text(&json, "query", req->query_text);
	iap_json_write_u64(&json, "count", page->count);
	iap_json_write_u64(&json, "total", page->total);
	iap_json_write_object_end(&json);
	req->audit.detail = detail.bytes;
}

static enum iap_status
write_causes(struct iap_request *req, const struct iap_interaction_filter *filter,
    struct iap_json_writer *json, struct iap_error *err)
{
	const struct iap_failed_cause *causes;
	struct iap_rows rows;

	if (iap_failed_causes_list(req->db, req->arena, req->viewer, filter, &rows, err) != IAP_OK)
		return err->status;
	causes = rows.items;
	iap_json_write_array_begin(json, "causes");
	for (size_t i = 0; i < rows.count; i++) {
		iap_json_write_object_begin(json, NULL);
		iap_json_write_text(json, "state", causes[i].state);
		iap_json_write_u64(json, "count", causes[i].count);
		if (req->route->page != NULL)
			iap_json_write_text(json, "url",
			    iap_page_url(req, "state", "state", causes[i].state));
		iap_json_write_object_end(json);
	}
	iap_json_write_array_end(json);
	return IAP_OK;
}

static enum iap_status
answer_list(struct iap_request *req, struct iap_response *res, bool failed,
    struct iap_error *err)
{
	struct iap_interaction_search search;
	struct iap_interaction_page page;
	struct iap_json_writer *json;

	if (read_search(req, failed, &search, err) != IAP_OK ||
	    iap_interaction_list(req->db, req->arena, req->viewer, &search, &page, err) != IAP_OK)
		return err->status;
	res->next = format_cursor(req, search.sort, &page.next);
	note_search(req, &page);
	json = iap_response_json(res);
	iap_json_write_object_begin(json, NULL);
	write_page(req, res, &page, json);
	if (failed && write_causes(req, &search.filter, json, err) != IAP_OK)
		return err->status;
	if (req->route->page != NULL) {
		if (iap_page_write_options(req, json, err) != IAP_OK)
			return err->status;
		if (page.count == 0)
			iap_json_write_text(json, "empty", why_empty(req, &search, &page));
	}
	iap_json_write_object_end(json);
	return IAP_OK;
}

enum iap_status
iap_api_interactions_get(struct iap_request *req, struct iap_response *res,
    struct iap_error *err)
{
	return answer_list(req, res, false, err);
}

enum iap_status
iap_api_failed_get(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	return answer_list(req, res, true, err);
}
