/* SPDX-License-Identifier: Apache-2.0 */
#include "web/audit_row.h"

#include "base/clock.h"
#include "base/text.h"
#include "json/write.h"
#include "model/audit.h"
#include "web/route.h"

/* An actor as the audit keeps it: issuer and subject, for names change. */
static const char *
actor_of(struct iap_request *req)
{
	return iap_arena_format(req->arena, "%s %s", req->viewer->issuer, req->viewer->subject);
}

static struct iap_audit
row_of(struct iap_request *req, const char *action)
{
	return (struct iap_audit){
		.at_ms = iap_clock_now_ms(),
		.user_id = req->viewer->user_id,
		.actor = actor_of(req),
		.session = req->session.token_hash,
		.address = req->address,
		.request_id = req->id,
		.action = action,
		.object_type = req->audit.object_type != NULL ? req->audit.object_type : "",
		.object_id = req->audit.object_id != NULL ? req->audit.object_id : "",
		.result = IAP_AUDIT_OK,
		.detail = req->audit.detail != NULL ? req->audit.detail : "{}",
	};
}

enum iap_status
iap_audit_row_insert(struct iap_request *req, const char *action, int64_t once_ms,
    struct iap_error *err)
{
	struct iap_audit row = row_of(req, action);

	req->audit.done = true;
	if (once_ms > 0)
		return iap_audit_insert_once(req->db, &row, row.at_ms - once_ms, err);
	return iap_audit_insert(req->db, &row, err);
}

static enum iap_status
insert_denied(struct iap_request *req, enum iap_status status, struct iap_error *err)
{
	struct iap_audit row = row_of(req, "denied");
	struct iap_json_writer json;
	struct iap_buf detail;

	iap_buf_open(&detail, req->arena);
	iap_json_write_open(&json, &detail);
	iap_json_write_object_begin(&json, NULL);
	iap_json_write_text(&json, "path", req->path);
	iap_json_write_text(&json, "reason", status == IAP_NOT_FOUND ? "outside the scope" :
	    req->problem.detail != NULL ? req->problem.detail : "without the right");
	iap_json_write_object_end(&json);
	row.result = IAP_AUDIT_DENIED;
	row.detail = detail.bytes;
	return iap_audit_insert(req->db, &row, err);
}

enum iap_status
iap_audit_row_save(struct iap_request *req, enum iap_status status, struct iap_error *err)
{
	const char *action;

	if (req->viewer == NULL || req->route == NULL || req->audit.done)
		return IAP_OK;
	if (status == IAP_FORBIDDEN || (status == IAP_NOT_FOUND && req->audit.hidden))
		return insert_denied(req, status, err);
	action = iap_audit_action_name(req->route->audit);
	if (status != IAP_OK || action == NULL)
		return IAP_OK;
	return iap_audit_row_insert(req, action, 0, err);
}
