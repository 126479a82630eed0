/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every address of iap-web in one table: who may, what the audit is told,
 * which parameters there are, and who answers. routes.c is the table.
 */
#ifndef IAP_WEB_ROUTE_H
#define IAP_WEB_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "model/permission.h"
#include "web/params.h"
#include "web/request.h"
#include "web/response.h"

enum iap_audit_action {
	IAP_AUDIT_NONE,
	IAP_AUDIT_SEARCH,
	IAP_AUDIT_VIEW,
	IAP_AUDIT_METADATA,
	IAP_AUDIT_MEDIA, /* play or download, as the handler says */
	IAP_AUDIT_SIGNOUT,
	IAP_AUDIT_ACTION_COUNT
};

struct iap_route {
	enum iap_method method;
	const char *path;   /* {id} and {n} stand for numbers */
	unsigned int needs; /* any of these permissions; zero refuses everybody */
	enum iap_audit_action audit;
	const struct iap_param_def *params;
	size_t param_count;
	enum iap_status (*handler)(struct iap_request *req, struct iap_response *res,
	    struct iap_error *err);
	const char *page;   /* template that shows the answer; NULL: the API, answered as JSON */
	bool is_list;       /* a page that shows a bad parameter in place */
	bool no_database;   /* answers while the database is away */
	bool loopback_only; /* for this machine's own monitoring */
};

extern const struct iap_route iap_routes[];
extern const size_t iap_routes_count;

/*
 * The route of a request, with its path's numbers set in `req`; NULL when no
 * route has that path, or none with that method: then req->problem.allow says
 * which there are.
 */
const struct iap_route *iap_route_find(struct iap_request *req);

/* Prints the table: method, path, needs, parameters, page. */
void iap_routes_print(FILE *out);

/* The word in the audit; NULL for IAP_AUDIT_NONE. */
const char *iap_audit_action_name(enum iap_audit_action action);

#endif
