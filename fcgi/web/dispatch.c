/* SPDX-License-Identifier: Apache-2.0 */
#include "web/dispatch.h"

#include "base/log.h"
#include "crypto/hash.h"
#include "http/header.h"
#include "web/audit_row.h"
#include "web/guard.h"
#include "web/page.h"
#include "web/problem.h"
#include "web/route.h"

static void
log_failure(const struct iap_request *req, const struct iap_error *err)
{
	int http = iap_problem_http(req, err->status);

	if (http >= 500)
		iap_log_error("request failed request=%s status=%d path=%s detail=%s", req->id, http,
		    req->path, err->detail);
}

static enum iap_status
check_route(struct iap_request *req, struct iap_error *err)
{
	req->route = iap_route_find(req);
	if (req->route == NULL)
		return iap_error_set(err, IAP_NOT_FOUND, "no such route");
	if (req->route->loopback_only && !iap_header_check_loopback_address(req->address))
		return iap_error_set(err, IAP_NOT_FOUND, "not from %s", req->address);
	if (req->body_size > IAP_BODY_MAX) {
		req->problem.http = 413;
		return iap_request_refuse(req, IAP_INVALID, "A request may be 64 KB long.", err);
	}
	return IAP_OK;
}

static enum iap_status
run(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	if (!req->route->no_database &&
	    (iap_db_ensure(req->db, err) != IAP_OK || iap_guard_session(req, err) != IAP_OK))
		return err->status;
	if (iap_guard_right(req, err) != IAP_OK || iap_guard_csrf(req, err) != IAP_OK ||
	    iap_guard_scope(req, err) != IAP_OK || iap_params_parse(req, err) != IAP_OK)
		return err->status;
	return req->route->handler(req, res, err);
}

/* A list tells of a bad parameter where it was typed. */
static enum iap_status
show_invalid(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	struct iap_json_writer *json;

	iap_response_open(res, req->arena);
	res->status = 400;
	json = iap_response_json(res);
	iap_json_write_object_begin(json, NULL);
	iap_json_write_array_begin(json, "items");
	iap_json_write_array_end(json);
	iap_json_write_null(json, "next");
	iap_json_write_object_begin(json, "invalid");
	iap_json_write_text(json, "parameter", req->problem.parameter);
	iap_json_write_text(json, "detail", req->problem.detail);
	iap_json_write_object_end(json);
	if (iap_page_write_options(req, json, err) != IAP_OK)
		return err->status;
	iap_json_write_object_end(json);
	return iap_page_render(req, req->route->page, res, err);
}

static bool
is_invalid_list(const struct iap_request *req, enum iap_status status)
{
	return status == IAP_INVALID && req->problem.parameter != NULL && req->viewer != NULL &&
	    req->route != NULL && req->route->is_list;
}

static enum iap_status
answer(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	enum iap_status status = check_route(req, err);
	struct iap_error audit_err = { 0 };

	if (status == IAP_OK)
		status = run(req, res, err);
	if (status != IAP_OK)
		log_failure(req, err);
	/* What cannot be written down is not answered. */
	if (iap_audit_row_save(req, status, &audit_err) != IAP_OK) {
		*err = audit_err;
		log_failure(req, err);
		return err->status;
	}
	if (is_invalid_list(req, status))
		return show_invalid(req, res, err);
	if (status == IAP_OK && req->route->page != NULL && res->type != NULL) {
		status = iap_page_render(req, req->route->page, res, err);
		if (status != IAP_OK)
			log_failure(req, err);
	}
	return status;
}

void
iap_dispatch(struct iap_server *server, struct iap_arena *arena, char *const *environment,
    const char *body, size_t body_size, struct iap_response *res)
{
	struct iap_error err = { 0 };
	struct iap_request req;
	enum iap_status status;

	iap_response_open(res, arena);
	status = iap_request_read(server, arena, environment, body, body_size, &req, &err);
	if (status == IAP_OK)
		status = answer(&req, res, &err);
	if (status != IAP_OK)
		iap_problem_answer(&req, status, res);
	if (!res->handed_over)
		iap_response_header(res, "X-Request-Id", req.id);
	iap_secret_wipe(&req.session, sizeof req.session);
}
