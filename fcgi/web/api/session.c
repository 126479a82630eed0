/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in and out: as JSON for programs, as forms for pages. */
#include "web/api/api.h"

#include <string.h>

#include "auth/ended.h"
#include "auth/signin.h"
#include "auth/token.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/cookie.h"
#include "http/header.h"
#include "json/json.h"
#include "web/guard.h"
#include "web/page.h"
#include "web/route.h"

enum { NAME_MAX_BYTES = 191, PASSWORD_MAX_BYTES = 1024 };

const struct iap_param_def iap_signin_params[IAP_SIGNIN_PARAMS] = {
	[IAP_SIGNIN_NEXT] = { "next", IAP_PARAM_TEXT, .most = 2000 },
};

/* Sign-in has no token yet: what a stranger's page could send is refused by its kind. */
static enum iap_status
check_origin(struct iap_request *req, struct iap_error *err)
{
	if (!iap_header_check_site(req->fetch_site, req->origin, req->host))
		return iap_request_refuse(req, IAP_FORBIDDEN,
		    "Signing in from a page of another site is not possible.", err);
	if (iap_request_cookie_name(req) == NULL)
		return iap_request_refuse(req, IAP_FORBIDDEN,
		    "Sign in over https: over plain http the password could be read on its way.",
		    err);
	return IAP_OK;
}

static void
set_cookie(struct iap_request *req, struct iap_response *res, const char *token)
{
	const char *name = iap_request_cookie_name(req);

	iap_response_header(res, "Set-Cookie", iap_arena_format(req->arena,
	    "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", name != NULL ? name : "iap", token,
	    req->https ? "; Secure" : "", *token == '\0' ? "; Max-Age=0" : ""));
}

static enum iap_status
sign_in(struct iap_request *req, struct iap_response *res, const char *name,
    const char *password, struct iap_error *err)
{
	const char *old = iap_cookie_find(req->arena, req->cookie, iap_request_cookie_name(req));
	unsigned char old_hash[IAP_SESSION_HASH_SIZE];
	struct iap_signin_done done;
	const struct iap_signin signin = {
		.name = name,
		.password = password,
		.address = req->address,
		.agent = req->user_agent,
		.request_id = req->id,
		.ended = req->server->settings.media_ended,
		.limits = &req->server->limits,
		.replaces = old != NULL && iap_token_hash(req->arena, old, old_hash) ? old_hash : NULL,
	};

	req->audit.done = true;
	if (iap_signin_begin(req->db, req->arena, &signin, &done, err) != IAP_OK) {
		if (err->status == IAP_TOO_MANY)
			req->problem.retry_after_s = done.retry_after_s;
		return err->status;
	}
	if (iap_session_find(req->db, req->arena, done.token_hash, &req->server->limits,
	    iap_clock_now_ms(), &req->session, err) != IAP_OK)
		return err->status;
	req->has_session = true;
	req->viewer = &req->session.viewer;
	set_cookie(req, res, done.token);
	return IAP_OK;
}

static void
write_session(struct iap_request *req, struct iap_response *res)
{
	struct iap_json_writer *json = iap_response_json(res);

	iap_json_write_object_begin(json, NULL);
	iap_page_write_session(req, json);
	iap_json_write_object_end(json);
}

static enum iap_status
read_credentials(struct iap_request *req, const char **name, const char **password,
    struct iap_error *err)
{
	const struct iap_json *name_json, *password_json;
	struct iap_json *json;

	if (!iap_header_check_type(req->content_type, "application/json")) {
		req->problem.http = 415;
		return iap_request_refuse(req, IAP_INVALID, "Send Content-Type: application/json.",
		    err);
	}
	if (iap_json_parse(req->arena, req->body, req->body_size, &json, err) != IAP_OK)
		return iap_request_refuse(req, IAP_INVALID, iap_arena_format(req->arena,
		    "The body is not JSON: %s.", err->detail), err);
	name_json = iap_json_find(json, "user");
	password_json = iap_json_find(json, "password");
	if (name_json == NULL || name_json->type != IAP_JSON_TEXT || password_json == NULL ||
	    password_json->type != IAP_JSON_TEXT) {
		req->problem.parameter = name_json == NULL || name_json->type != IAP_JSON_TEXT ?
		    "user" : "password";
		return iap_request_refuse(req, IAP_INVALID,
		    "The body is {\"user\":\"...\",\"password\":\"...\"}.", err);
	}
	*name = name_json->text;
	*password = password_json->text;
	return IAP_OK;
}

static enum iap_status
check_credentials(struct iap_request *req, const char *name, const char *password,
    struct iap_error *err)
{
	bool bad_name = *name == '\0' || strlen(name) > NAME_MAX_BYTES;

	if (!bad_name && *password != '\0' && strlen(password) <= PASSWORD_MAX_BYTES)
		return IAP_OK;
	req->problem.parameter = bad_name ? "user" : "password";
	return iap_request_refuse(req, IAP_INVALID, bad_name ?
	    "user has 1 to 191 bytes." : "password has 1 to 1024 bytes.", err);
}

enum iap_status
iap_api_session_post(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	const char *name, *password;

	if (check_origin(req, err) != IAP_OK ||
	    read_credentials(req, &name, &password, err) != IAP_OK ||
	    check_credentials(req, name, password, err) != IAP_OK)
		return err->status;
	if (sign_in(req, res, name, password, err) != IAP_OK) {
		if (err->status == IAP_UNAUTHENTICATED)
			req->problem.detail = "Name or password is wrong.";
		return err->status;
	}
	res->status = 201;
	write_session(req, res);
	return IAP_OK;
}

enum iap_status
iap_api_session_get(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	(void)err;
	write_session(req, res);
	return IAP_OK;
}

static enum iap_status
sign_out(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	if (iap_session_delete(req->db, req->session.token_hash, err) != IAP_OK ||
	    iap_ended_save(req->server->settings.media_ended, req->session.token_hash,
	    err) != IAP_OK)
		return err->status;
	set_cookie(req, res, "");
	return IAP_OK;
}

enum iap_status
iap_api_session_delete(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	res->status = 204;
	return sign_out(req, res, err);
}

enum iap_status
iap_page_root_get(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	(void)req;
	(void)err;
	iap_response_redirect(res, "/interactions");
	return IAP_OK;
}

static const char *
return_path(const char *path)
{
	return iap_page_check_path(path) ? path : "/interactions";
}

/* The form, with what went wrong before and what was typed. */
static void
write_form(struct iap_request *req, struct iap_response *res, const char *next,
    const char *error, const char *name)
{
	struct iap_json_writer *json = iap_response_json(res);

	iap_json_write_object_begin(json, NULL);
	iap_json_write_text(json, "return_to", return_path(next));
	if (error != NULL) {
		iap_json_write_text(json, "error", error);
		iap_json_write_text(json, "user", name);
	}
	if (req->problem.retry_after_s > 0)
		iap_json_write_i64(json, "retry_after_s", req->problem.retry_after_s);
	iap_json_write_object_end(json);
}

enum iap_status
iap_page_signin_get(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	const char *next = req->params.values[IAP_SIGNIN_NEXT].text;

	(void)err;
	if (req->viewer != NULL)
		iap_response_redirect(res, return_path(next));
	else
		write_form(req, res, next, NULL, NULL);
	return IAP_OK;
}

enum iap_status
iap_page_signin_post(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	const char *name, *password, *next;
	struct iap_form form;

	if (check_origin(req, err) != IAP_OK || iap_guard_form(req, &form, err) != IAP_OK)
		return err->status;
	name = iap_form_find(&form, "user");
	password = iap_form_find(&form, "password");
	next = iap_form_find(&form, "return_to");
	req->viewer = NULL;
	if (check_credentials(req, name != NULL ? name : "", password != NULL ? password : "",
	    err) == IAP_OK && sign_in(req, res, name, password, err) == IAP_OK) {
		iap_response_redirect(res, return_path(next));
		return IAP_OK;
	}
	if (err->status != IAP_INVALID && err->status != IAP_UNAUTHENTICATED &&
	    err->status != IAP_TOO_MANY)
		return err->status;
	res->status = err->status == IAP_TOO_MANY ? 429 : 401;
	if (req->problem.retry_after_s > 0)
		iap_response_header(res, "Retry-After", iap_arena_format(req->arena, "%lld",
		    (long long)req->problem.retry_after_s));
	write_form(req, res, next, err->status == IAP_TOO_MANY ? "wait" : "wrong", name != NULL ?
	    name : "");
	*err = (struct iap_error){ 0 };
	return IAP_OK;
}

enum iap_status
iap_page_signout_post(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	if (sign_out(req, res, err) != IAP_OK)
		return err->status;
	iap_response_redirect(res, "/signin");
	return IAP_OK;
}
