/* SPDX-License-Identifier: Apache-2.0 */
#include "web/response.h"

#include <string.h>

#include "base/log.h"

/* What every answer of IAP says to browsers. */
static const struct iap_header security[] = {
	{ "Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self';"
	  " img-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self';"
	  " base-uri 'none'; frame-ancestors 'none'" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "X-Frame-Options", "DENY" },
	{ "Referrer-Policy", "same-origin" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "Permissions-Policy", "camera=(), geolocation=(), microphone=()" },
	{ "Cache-Control", "no-store" },
};

static const struct { int status; const char *reason; } reasons[] = {
	{ 200, "OK" }, { 201, "Created" }, { 204, "No Content" }, { 301, "Moved Permanently" },
	{ 303, "See Other" }, { 400, "Bad Request" }, { 401, "Unauthorized" }, { 403, "Forbidden" },
	{ 404, "Not Found" }, { 405, "Method Not Allowed" }, { 409, "Conflict" },
	{ 413, "Content Too Large" }, { 415, "Unsupported Media Type" },
	{ 429, "Too Many Requests" }, { 500, "Internal Server Error" },
	{ 503, "Service Unavailable" },
};

const char *
iap_response_reason(int status)
{
	for (size_t i = 0; i < IAP_LENGTH(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Unknown";
}

void
iap_response_open(struct iap_response *res, struct iap_arena *arena)
{
	*res = (struct iap_response){ .arena = arena, .status = 200 };
	iap_buf_open(&res->body, arena);
}

void
iap_response_header(struct iap_response *res, const char *name, const char *value)
{
	if (res->header_count == IAP_RESPONSE_HEADERS_MAX)
		iap_log_die("response: too many headers");
	if (strpbrk(value, "\r\n") != NULL)
		iap_log_die("response: header %s would be two", name);
	res->headers[res->header_count++] = (struct iap_header){ name, value };
}

struct iap_json_writer *
iap_response_json(struct iap_response *res)
{
	res->type = "application/json";
	iap_json_write_open(&res->json, &res->body);
	return &res->json;
}

void
iap_response_redirect(struct iap_response *res, const char *path)
{
	res->status = 303;
	iap_response_header(res, "Location", path);
}

void
iap_response_format(const struct iap_response *res, bool https, struct iap_buf *out)
{
	iap_buf_format(out, "Status: %d %s\r\n", res->status, iap_response_reason(res->status));
	if (res->type != NULL)
		iap_buf_format(out, "Content-Type: %s\r\n", res->type);
	if (!res->handed_over && res->status != 204)
		iap_buf_format(out, "Content-Length: %zu\r\n", res->body.length);
	for (size_t i = 0; i < res->header_count; i++)
		iap_buf_format(out, "%s: %s\r\n", res->headers[i].name, res->headers[i].value);
	for (size_t i = 0; !res->handed_over && i < IAP_LENGTH(security); i++)
		iap_buf_format(out, "%s: %s\r\n", security[i].name, security[i].value);
	if (https && !res->handed_over)
		iap_buf_text(out, "Strict-Transport-Security: max-age=31536000\r\n");
	iap_buf_text(out, "\r\n");
	iap_buf_add(out, res->body.bytes, res->body.length);
}
