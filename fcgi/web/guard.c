/* SPDX-License-Identifier: Apache-2.0 */
#include "web/guard.h"

#include <string.h>

#include "auth/token.h"
#include "base/clock.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "http/cookie.h"
#include "http/header.h"
#include "web/route.h"

enum iap_status
iap_guard_session(struct iap_request *req, struct iap_error *err)
{
	const char *name = iap_request_cookie_name(req);
	const char *token = name != NULL ? iap_cookie_find(req->arena, req->cookie, name) : NULL;
	unsigned char hash[IAP_SESSION_HASH_SIZE];
	int64_t now_ms = iap_clock_now_ms();

	if (token == NULL || !iap_token_hash(req->arena, token, hash))
		return IAP_OK;
	if (iap_session_find(req->db, req->arena, hash, &req->server->limits, now_ms,
	    &req->session, err) != IAP_OK) {
		if (err->status != IAP_UNAUTHENTICATED)
			return err->status;
		*err = (struct iap_error){ 0 };
		return IAP_OK;
	}
	req->has_session = true;
	req->viewer = &req->session.viewer;
	return iap_session_update_seen(req->db, &req->session, now_ms, err);
}

enum iap_status
iap_guard_right(struct iap_request *req, struct iap_error *err)
{
	unsigned int needs = req->route->needs;

	if (needs == IAP_PERM_PUBLIC)
		return IAP_OK;
	if (req->viewer == NULL)
		return iap_error_set(err, IAP_UNAUTHENTICATED, "no session");
	if (needs == IAP_PERM_SIGNED_IN || iap_request_may(req, needs))
		return IAP_OK;
	return iap_error_set(err, IAP_FORBIDDEN, "role %s may not", req->viewer->role);
}

enum iap_status
iap_guard_form(struct iap_request *req, struct iap_form *out, struct iap_error *err)
{
	if (!iap_header_check_type(req->content_type, "application/x-www-form-urlencoded"))
		return iap_request_refuse(req, IAP_INVALID, "The body is not a form.", err);
	if (iap_form_parse(req->arena, req->body, req->body_size, out, err) != IAP_OK)
		req->problem.detail = "The form is not percent-encoded UTF-8.";
	return err->status;
}

enum iap_status
iap_guard_csrf(struct iap_request *req, struct iap_error *err)
{
	unsigned char given[IAP_SESSION_CSRF_SIZE];
	const char *token = req->csrf;
	struct iap_form form;

	if (req->method == IAP_METHOD_GET || req->route->needs == IAP_PERM_PUBLIC)
		return IAP_OK;
	if (!iap_header_check_site(req->fetch_site, req->origin, req->host))
		return iap_request_refuse(req, IAP_FORBIDDEN,
		    "This request was sent by a page of another site.", err);
	if (token == NULL && req->route->page != NULL) {
		if (iap_guard_form(req, &form, err) != IAP_OK)
			return err->status;
		token = iap_form_find(&form, "csrf");
	}
	if (token == NULL || strlen(token) != 2 * sizeof given ||
	    !iap_text_from_hex(token, given, sizeof given) ||
	    !iap_secret_equal(given, req->session.csrf, sizeof given))
		return iap_request_refuse(req, IAP_FORBIDDEN,
		    "The session's token (X-IAP-CSRF) is missing or wrong.", err);
	return IAP_OK;
}

enum iap_status
iap_guard_scope(struct iap_request *req, struct iap_error *err)
{
	if (req->viewer == NULL)
		return IAP_OK;
	if (iap_scopes_load(req->db, req->arena, &req->server->scopes, err) != IAP_OK)
		return err->status;
	iap_viewer_resolve(req->viewer, req->arena, &req->server->scopes);
	return IAP_OK;
}
