/* SPDX-License-Identifier: Apache-2.0 */
/* One request: what nginx said of it, and what was found out on the way to its handler. */
#ifndef IAP_WEB_REQUEST_H
#define IAP_WEB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "http/form.h"
#include "model/session.h"
#include "web/params.h"
#include "web/server.h"

struct iap_route;

/* The largest body of a request. */
enum { IAP_BODY_MAX = 64 * 1024 };

enum iap_method {
	IAP_METHOD_OTHER,
	IAP_METHOD_GET, /* HEAD too, see is_head */
	IAP_METHOD_POST,
	IAP_METHOD_DELETE,
};

/* What the user is told when the request fails, beside its status. */
struct iap_problem {
	int http;              /* instead of the status' own; 0: that one */
	const char *detail;    /* a sentence instead of the status' own */
	const char *parameter; /* that is not valid */
	const char *state;     /* of a medium that cannot be played */
	const char *allow;     /* methods that the path has */
	int64_t retry_after_s; /* 0: not said */
};

/* What the audit is told of the request. */
struct iap_request_audit {
	const char *object_type; /* NULL: none */
	const char *object_id;
	const char *detail; /* a JSON object; NULL: {} */
	bool hidden;        /* the thing exists, but not for this viewer */
	bool done;          /* the handler has written its rows itself */
};

struct iap_request {
	struct iap_server *server;
	struct iap_arena *arena;
	struct iap_db *db;

	enum iap_method method;
	bool is_head;
	const char *path;      /* decoded */
	const char *query_text; /* as sent */
	struct iap_form query;
	const char *body;
	size_t body_size;

	const char *id;        /* made by nginx; in logs and problems */
	const char *address;   /* of the client */
	const char *host;      /* header; these are NULL when they were not sent */
	const char *cookie;
	const char *content_type;
	const char *csrf;
	const char *range;
	const char *if_range;
	const char *fetch_site;
	const char *origin;
	const char *user_agent;
	bool https;
	bool loopback;         /* plain http is allowed: client and name are this machine's */

	const struct iap_route *route;
	uint64_t path_id;      /* {id} */
	uint64_t path_n;       /* {n} */
	struct iap_params params;

	bool has_session;
	struct iap_session session;
	struct iap_viewer *viewer; /* of the session; NULL without */

	struct iap_problem problem;
	struct iap_request_audit audit;
};

/*
 * Reads a request from FastCGI parameters ("NAME=value", NULL ends them) and
 * its body. IAP_INVALID with a problem that says what is malformed; the
 * request can be answered all the same.
 */
IAP_MUST_CHECK enum iap_status iap_request_read(struct iap_server *server,
    struct iap_arena *arena, char *const *environment, const char *body, size_t body_size,
    struct iap_request *out, struct iap_error *err);

/* The parameter `name`; NULL when it was not sent or is empty. */
const char *iap_environment_find(char *const *environment, const char *name);

/* The cookie that carries sessions on this connection; NULL when none may. */
const char *iap_request_cookie_name(const struct iap_request *req);

/* Names the thing that the request is about, for its audit row. */
void iap_request_subject(struct iap_request *req, const char *type, const char *id);

/* Fails with `status` and a sentence that the user may see. */
enum iap_status iap_request_refuse(struct iap_request *req, enum iap_status status,
    const char *sentence, struct iap_error *err);

/* Whether the viewer has any of these permissions. */
bool iap_request_may(const struct iap_request *req, unsigned int permissions);

#endif
