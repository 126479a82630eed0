/* SPDX-License-Identifier: Apache-2.0 */
/* How the archives were read: faults and passes. */
#include "web/api/api.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/source_list.h"
#include "web/api/item.h"
#include "web/page.h"
#include "web/route.h"

enum { LIMIT_DEFAULT = 50, LIMIT_MAX = 500 };

const struct iap_param_def iap_reading_params[IAP_READING_PARAMS] = {
	[IAP_READING_SOURCE] = { "source", IAP_PARAM_TEXT, .most = 64, .narrows = true },
	[IAP_READING_CAUSE] = { "cause", IAP_PARAM_TEXT, .most = 32, .narrows = true },
	[IAP_READING_LIMIT] = { "limit", IAP_PARAM_NUMBER, .least = 1, .most = LIMIT_MAX },
	[IAP_READING_AFTER] = { "after", IAP_PARAM_TEXT, .most = 64 },
};

/* Names of documents tell of calls, so a scope that leaves some out leaves them out too. */
static enum iap_status
check_whole_archive(struct iap_request *req, struct iap_error *err)
{
	if (iap_request_may(req, IAP_PERM_SOURCES) ||
	    (req->viewer->all_regions && req->viewer->all_divisions))
		return IAP_OK;
	return iap_request_refuse(req, IAP_FORBIDDEN,
	    "This tells of all regions and divisions; you see only some.", err);
}

static uint64_t
limit_of(const struct iap_request *req)
{
	const struct iap_param *limit = &req->params.values[IAP_READING_LIMIT];

	return limit->text != NULL ? (uint64_t)limit->number : LIMIT_DEFAULT;
}

static enum iap_status
refuse_after(struct iap_request *req, struct iap_error *err)
{
	req->problem.parameter = "after";
	return iap_request_refuse(req, IAP_INVALID, "after is the `next` of an answer.", err);
}

/* "last_ms-id" of a fault. */
static enum iap_status
read_after(struct iap_request *req, struct iap_fault_search *search, struct iap_error *err)
{
	const char *after = req->params.values[IAP_READING_AFTER].text;
	char *parts = iap_arena_copy(req->arena, after), *time = strsep(&parts, "-");

	if (after == NULL)
		return IAP_OK;
	search->after_ms.set = true;
	if (parts == NULL || !iap_text_parse_i64(time, &search->after_ms.value) ||
	    !iap_text_parse_u64(parts, &search->after_id))
		return refuse_after(req, err);
	return IAP_OK;
}

static uint64_t
write_fault_causes(struct iap_request *req, const struct iap_rows *rows,
    struct iap_json_writer *json)
{
	const char *wanted = req->params.values[IAP_READING_CAUSE].text;
	const struct iap_fault_cause *causes = rows->items;
	uint64_t total = 0;

	iap_json_write_array_begin(json, "causes");
	for (size_t i = 0; i < rows->count; i++) {
		if (wanted == NULL || strcmp(wanted, causes[i].cause) == 0)
			total += causes[i].count;
		iap_json_write_object_begin(json, NULL);
		iap_json_write_text(json, "cause", causes[i].cause);
		iap_json_write_u64(json, "count", causes[i].count);
		if (req->route->page != NULL)
			iap_json_write_text(json, "url",
			    iap_page_url(req, "cause", "cause", causes[i].cause));
		iap_json_write_object_end(json);
	}
	iap_json_write_array_end(json);
	return total;
}

static void
write_faults(struct iap_arena *arena, const struct iap_fault_row *faults, size_t count,
    struct iap_json_writer *json)
{
	iap_json_write_array_begin(json, "items");
	for (size_t i = 0; i < count; i++) {
		iap_json_write_object_begin(json, NULL);
		iap_json_write_text(json, "source", faults[i].source);
		iap_item_write_key(json, arena, faults[i].object_key.bytes);
		iap_json_write_text(json, "cause", faults[i].cause);
		iap_json_write_text(json, "detail", faults[i].detail);
		iap_json_write_time(json, "first_at", faults[i].first_ms);
		iap_json_write_time(json, "last_at", faults[i].last_ms);
		iap_json_write_u64(json, "pass", faults[i].pass_id);
		iap_json_write_object_end(json);
	}
	iap_json_write_array_end(json);
}

enum iap_status
iap_api_faults_get(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	struct iap_fault_search search = {
		.source = req->params.values[IAP_READING_SOURCE].text,
		.cause = req->params.values[IAP_READING_CAUSE].text,
		.limit = limit_of(req) + 1,
	};
	const struct iap_fault_row *faults;
	struct iap_rows rows, causes;
	struct iap_json_writer *json;
	uint64_t total;

	if (check_whole_archive(req, err) != IAP_OK || read_after(req, &search, err) != IAP_OK ||
	    iap_fault_list(req->db, req->arena, &search, &rows, err) != IAP_OK ||
	    iap_fault_causes_list(req->db, req->arena, search.source, &causes, err) != IAP_OK)
		return err->status;
	faults = rows.items;
	if (rows.count == search.limit) {
		rows.count--;
		res->next = iap_arena_format(req->arena, "%" PRId64 "-%" PRIu64,
		    faults[rows.count - 1].last_ms, faults[rows.count - 1].id);
	}
	json = iap_response_json(res);
	iap_json_write_object_begin(json, NULL);
	write_faults(req->arena, faults, rows.count, json);
	iap_item_write_text(json, "next", res->next);
	total = write_fault_causes(req, &causes, json);
	iap_json_write_object_begin(json, "total");
	iap_json_write_u64(json, "value", total);
	iap_json_write_text(json, "relation", "eq");
	iap_json_write_object_end(json);
	iap_json_write_object_end(json);
	return IAP_OK;
}

static void
write_pass_counts(const struct iap_pass_row *pass, struct iap_json_writer *json)
{
	iap_json_write_u64(json, "seen", pass->seen);
	iap_json_write_u64(json, "documents", pass->documents);
	iap_json_write_u64(json, "unchanged", pass->unchanged);
	iap_json_write_u64(json, "inserted", pass->inserted);
	iap_json_write_u64(json, "updated", pass->updated);
	iap_json_write_u64(json, "faults", pass->faults);
	iap_json_write_u64(json, "media", pass->media);
	iap_json_write_u64(json, "valid", pass->valid);
	iap_json_write_u64(json, "failed", pass->failed);
}

static void
write_passes(struct iap_request *req, const struct iap_pass_row *passes, size_t count,
    struct iap_json_writer *json)
{
	iap_json_write_array_begin(json, "items");
	for (size_t i = 0; i < count; i++) {
		const struct iap_pass_row *pass = &passes[i];
		struct iap_maybe_i64 duration = pass->ended_ms;

		duration.value -= pass->started_ms;
		iap_json_write_object_begin(json, NULL);
		iap_json_write_u64(json, "id", pass->id);
		iap_json_write_text(json, "source", pass->source);
		iap_json_write_text(json, "worker", pass->worker);
		iap_json_write_text(json, "state", pass->state);
		iap_json_write_text(json, "message", pass->message);
		iap_json_write_time(json, "started_at", pass->started_ms);
		iap_item_write_time(json, "ended_at", pass->ended_ms);
		iap_item_write_number(json, "duration_ms", duration);
		write_pass_counts(pass, json);
		if (req->route->page != NULL)
			iap_json_write_text(json, "faults_url", iap_arena_format(req->arena,
			    "/faults?source=%s", pass->source));
		iap_json_write_object_end(json);
	}
	iap_json_write_array_end(json);
}

static enum iap_status
write_sources(struct iap_request *req, struct iap_json_writer *json, struct iap_error *err)
{
	const struct iap_source_row *sources;
	struct iap_rows rows;

	if (iap_source_list_names(req->db, req->arena, &rows, err) != IAP_OK)
		return err->status;
	sources = rows.items;
	iap_json_write_array_begin(json, "sources");
	for (size_t i = 0; i < rows.count; i++) {
		iap_json_write_object_begin(json, NULL);
		iap_json_write_text(json, "name", sources[i].name);
		iap_json_write_text(json, "kind", sources[i].kind);
		iap_json_write_text(json, "region", sources[i].region);
		iap_json_write_text(json, "division_rule", sources[i].division_rule);
		iap_json_write_time(json, "added_at", sources[i].added_ms);
		iap_json_write_object_end(json);
	}
	iap_json_write_array_end(json);
	return IAP_OK;
}

enum iap_status
iap_api_passes_get(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	const struct iap_param *values = req->params.values;
	const char *after = values[IAP_READING_AFTER].text;
	uint64_t before = 0, limit = limit_of(req) + 1;
	const struct iap_pass_row *passes;
	struct iap_json_writer *json;
	struct iap_rows rows;

	if (check_whole_archive(req, err) != IAP_OK)
		return err->status;
	if (after != NULL && (!iap_text_parse_u64(after, &before) || before == 0))
		return refuse_after(req, err);
	if (iap_pass_list(req->db, req->arena, values[IAP_READING_SOURCE].text, before, limit,
	    &rows, err) != IAP_OK)
		return err->status;
	passes = rows.items;
	if (rows.count == limit) {
		rows.count--;
		res->next = iap_arena_format(req->arena, "%" PRIu64, passes[rows.count - 1].id);
	}
	json = iap_response_json(res);
	iap_json_write_object_begin(json, NULL);
	write_passes(req, passes, rows.count, json);
	iap_item_write_text(json, "next", res->next);
	if (write_sources(req, json, err) != IAP_OK)
		return err->status;
	iap_json_write_object_end(json);
	return IAP_OK;
}
