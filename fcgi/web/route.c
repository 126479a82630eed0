/* SPDX-License-Identifier: Apache-2.0 */
#include "web/route.h"

#include <string.h>

#include "base/text.h"

static const char *const method_names[] = {
	[IAP_METHOD_OTHER] = "?",
	[IAP_METHOD_GET] = "GET",
	[IAP_METHOD_POST] = "POST",
	[IAP_METHOD_DELETE] = "DELETE",
};

static const char *const audit_names[] = {
	[IAP_AUDIT_NONE] = NULL,
	[IAP_AUDIT_SEARCH] = "search",
	[IAP_AUDIT_VIEW] = "view",
	[IAP_AUDIT_METADATA] = "metadata",
	[IAP_AUDIT_MEDIA] = "play",
	[IAP_AUDIT_SIGNOUT] = "signout",
};
_Static_assert(IAP_LENGTH(audit_names) == IAP_AUDIT_ACTION_COUNT, "every action has a word");

const char *
iap_audit_action_name(enum iap_audit_action action)
{
	return audit_names[action];
}

/* A number of a path: digits only, so that one thing has one address. */
static bool
read_number(const char **path, uint64_t *out)
{
	size_t length = strspn(*path, "0123456789");
	char digits[24];

	if (length == 0 || length >= sizeof digits || (length > 1 && **path == '0'))
		return false;
	memcpy(digits, *path, length);
	digits[length] = '\0';
	*path += length;
	return iap_text_parse_u64(digits, out);
}

static bool
matches(const char *pattern, const char *path, uint64_t *id, uint64_t *n)
{
	while (*pattern != '\0') {
		if (iap_text_begins(pattern, "{id}")) {
			if (!read_number(&path, id))
				return false;
			pattern += strlen("{id}");
		} else if (iap_text_begins(pattern, "{n}")) {
			if (!read_number(&path, n))
				return false;
			pattern += strlen("{n}");
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

const struct iap_route *
iap_route_find(struct iap_request *req)
{
	struct iap_buf allow;

	iap_buf_open(&allow, req->arena);
	for (size_t i = 0; i < iap_routes_count; i++) {
		const struct iap_route *route = &iap_routes[i];

		if (!matches(route->path, req->path, &req->path_id, &req->path_n))
			continue;
		if (route->method == req->method)
			return route;
		iap_buf_format(&allow, "%s%s%s", allow.length > 0 ? ", " : "",
		    method_names[route->method], route->method == IAP_METHOD_GET ? ", HEAD" : "");
	}
	if (allow.length > 0)
		req->problem.allow = allow.bytes;
	return NULL;
}

static void
print_needs(unsigned int needs, FILE *out)
{
	const char *between = "";

	if (needs == IAP_PERM_UNSET)
		fputs("unset", out);
	for (unsigned int i = 0; i < 32; i++) {
		if ((needs & (1u << i)) == 0)
			continue;
		fprintf(out, "%s%s", between, iap_permission_name(1u << i));
		between = "|";
	}
}

void
iap_routes_print(FILE *out)
{
	for (size_t i = 0; i < iap_routes_count; i++) {
		const struct iap_route *route = &iap_routes[i];
		const char *audit = iap_audit_action_name(route->audit);

		fprintf(out, "%s\t%s\t", method_names[route->method], route->path);
		print_needs(route->needs, out);
		fprintf(out, "\t%s\t%s\t", audit != NULL ? audit : "-",
		    route->page != NULL ? route->page : "-");
		for (size_t p = 0; p < route->param_count; p++)
			fprintf(out, "%s%s", p > 0 ? "," : "", route->params[p].name);
		fputs(route->param_count == 0 ? "-\n" : "\n", out);
	}
}
