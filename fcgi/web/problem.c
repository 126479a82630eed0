/* SPDX-License-Identifier: Apache-2.0 */
#include "web/problem.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "http/percent.h"
#include "web/page.h"
#include "web/route.h"

enum { RETRY_AFTER_S = 5 };

/* What each status looks like from outside. */
static const struct { int http; const char *detail; } outside[] = {
	[IAP_OK]              = { 200, "" },
	[IAP_INVALID]         = { 400, "The request is not valid." },
	[IAP_UNAUTHENTICATED] = { 401, "Sign in first." },
	[IAP_FORBIDDEN]       = { 403, "Your role does not have this right." },
	[IAP_NOT_FOUND]       = { 404, "There is no such thing here." },
	[IAP_CONFLICT]        = { 409, "Somebody changed this first." },
	[IAP_TOO_MANY]        = { 429, "That was too often." },
	[IAP_UNAVAILABLE]     = { 503, "The database does not answer." },
	[IAP_CORRUPT]         = { 500, "What is stored is damaged; the log says where." },
	[IAP_FAILED]          = { 500, "IAP made a mistake; the log says which." },
};
_Static_assert(IAP_LENGTH(outside) == IAP_STATUS_COUNT, "every status has an outside");

int
iap_problem_http(const struct iap_request *req, enum iap_status status)
{
	if (req->problem.http != 0)
		return req->problem.http;
	return status == IAP_NOT_FOUND && req->problem.allow != NULL ? 405 : outside[status].http;
}

static int64_t
retry_after(const struct iap_request *req, int http)
{
	if (req->problem.retry_after_s > 0)
		return req->problem.retry_after_s;
	return http == 503 || http == 429 ? RETRY_AFTER_S : 0;
}

static void
write_problem(struct iap_request *req, enum iap_status status, int http,
    struct iap_response *res)
{
	struct iap_json_writer *json = iap_response_json(res);
	const struct iap_problem *problem = &req->problem;

	iap_json_write_object_begin(json, NULL);
	iap_json_write_text(json, "type", "about:blank");
	iap_json_write_text(json, "title", iap_response_reason(http));
	iap_json_write_i64(json, "status", http);
	iap_json_write_text(json, "detail", problem->detail != NULL ? problem->detail :
	    http == 405 ? "This address does not have that method." : outside[status].detail);
	iap_json_write_text(json, "request_id", req->id);
	if (problem->parameter != NULL)
		iap_json_write_text(json, "parameter", problem->parameter);
	if (problem->state != NULL)
		iap_json_write_text(json, "state", problem->state);
	if (retry_after(req, http) > 0)
		iap_json_write_i64(json, "retry_after_s", retry_after(req, http));
	iap_json_write_object_end(json);
	res->type = "application/problem+json";
}

/* People see pages everywhere but below /api/ and at what machines ask. */
static bool
wants_page(const struct iap_request *req)
{
	if (req->route != NULL)
		return req->route->page != NULL;
	return !iap_text_begins(req->path, "/api/");
}

static void
redirect_to_signin(struct iap_request *req, struct iap_response *res)
{
	const char *next = *req->query_text != '\0' ?
	    iap_arena_format(req->arena, "%s?%s", req->path, req->query_text) : req->path;

	iap_response_redirect(res, strcmp(req->path, "/") == 0 || req->method != IAP_METHOD_GET ?
	    "/signin" : iap_arena_format(req->arena, "/signin?next=%s",
	    iap_percent_format(req->arena, next)));
}

void
iap_problem_answer(struct iap_request *req, enum iap_status status, struct iap_response *res)
{
	int http = iap_problem_http(req, status);
	struct iap_error err = { 0 };

	iap_response_open(res, req->arena);
	if (status == IAP_UNAUTHENTICATED && wants_page(req)) {
		redirect_to_signin(req, res);
		return;
	}
	res->status = http;
	if (req->problem.allow != NULL && http == 405)
		iap_response_header(res, "Allow", req->problem.allow);
	if (retry_after(req, http) > 0)
		iap_response_header(res, "Retry-After", iap_arena_format(req->arena, "%lld",
		    (long long)retry_after(req, http)));
	write_problem(req, status, http, res);
	if (wants_page(req) && iap_page_render(req, "problem", res, &err) != IAP_OK) {
		/* Without its template a problem is still told, as a program would read it. */
		iap_log_error("problem page request=%s detail=%s", req->id, err.detail);
		res->body.length = 0;
		write_problem(req, status, http, res);
	}
}
