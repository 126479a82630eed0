/* SPDX-License-Identifier: Apache-2.0 */
#include "web/request.h"

#include <string.h>

#include "base/text.h"
#include "http/header.h"
#include "http/percent.h"

const char *
iap_environment_find(char *const *environment, const char *name)
{
	size_t length = strlen(name);

	for (; environment != NULL && *environment != NULL; environment++)
		if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
			return (*environment)[length + 1] != '\0' ? *environment + length + 1 : NULL;
	return NULL;
}

static enum iap_method
method_of(const char *name, bool *is_head)
{
	*is_head = name != NULL && strcmp(name, "HEAD") == 0;
	if (name == NULL)
		return IAP_METHOD_OTHER;
	if (*is_head || strcmp(name, "GET") == 0)
		return IAP_METHOD_GET;
	if (strcmp(name, "POST") == 0)
		return IAP_METHOD_POST;
	if (strcmp(name, "DELETE") == 0)
		return IAP_METHOD_DELETE;
	return IAP_METHOD_OTHER;
}

static const char *
or_else(const char *text, const char *other)
{
	return text != NULL ? text : other;
}

static void
read_headers(char *const *environment, struct iap_request *out)
{
	out->method = method_of(iap_environment_find(environment, "REQUEST_METHOD"), &out->is_head);
	out->id = or_else(iap_environment_find(environment, "REQUEST_ID"), "-");
	out->address = or_else(iap_environment_find(environment, "REMOTE_ADDR"), "-");
	out->host = iap_environment_find(environment, "HTTP_HOST");
	out->cookie = iap_environment_find(environment, "HTTP_COOKIE");
	out->content_type = iap_environment_find(environment, "CONTENT_TYPE");
	out->csrf = iap_environment_find(environment, "HTTP_X_IAP_CSRF");
	out->range = iap_environment_find(environment, "HTTP_RANGE");
	out->if_range = iap_environment_find(environment, "HTTP_IF_RANGE");
	out->fetch_site = iap_environment_find(environment, "HTTP_SEC_FETCH_SITE");
	out->origin = iap_environment_find(environment, "HTTP_ORIGIN");
	out->user_agent = iap_environment_find(environment, "HTTP_USER_AGENT");
	out->query_text = or_else(iap_environment_find(environment, "QUERY_STRING"), "");
	out->https = iap_environment_find(environment, "HTTPS") != NULL;
	out->loopback = iap_header_check_loopback_address(out->address) &&
	    iap_header_check_loopback_host(out->host);
}

enum iap_status
iap_request_read(struct iap_server *server, struct iap_arena *arena, char *const *environment,
    const char *body, size_t body_size, struct iap_request *out, struct iap_error *err)
{
	const char *uri = or_else(iap_environment_find(environment, "REQUEST_URI"), "/");

	*out = (struct iap_request){
		.server = server, .arena = arena, .db = server->db,
		.path = "", .body = body, .body_size = body_size,
	};
	read_headers(environment, out);
	out->path = iap_percent_parse(arena, uri, strcspn(uri, "?#"), IAP_PERCENT_PLUS_IS_PLUS);
	if (out->path == NULL) {
		out->path = "";
		return iap_request_refuse(out, IAP_INVALID,
		    "The address is not percent-encoded UTF-8.", err);
	}
	if (iap_form_parse(arena, out->query_text, strlen(out->query_text), &out->query,
	    err) != IAP_OK) {
		out->problem.detail = iap_arena_format(arena, "Query: %s.", err->detail);
		return err->status;
	}
	return IAP_OK;
}

const char *
iap_request_cookie_name(const struct iap_request *req)
{
	if (req->https)
		return "__Host-iap";
	return req->loopback ? "iap" : NULL;
}

void
iap_request_subject(struct iap_request *req, const char *type, const char *id)
{
	req->audit.object_type = type;
	req->audit.object_id = id;
}

enum iap_status
iap_request_refuse(struct iap_request *req, enum iap_status status, const char *sentence,
    struct iap_error *err)
{
	req->problem.detail = sentence;
	return iap_error_set(err, status, "%s", sentence);
}

bool
iap_request_may(const struct iap_request *req, unsigned int permissions)
{
	return req->viewer != NULL && (req->viewer->permissions & permissions) != 0;
}
