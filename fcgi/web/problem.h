/* SPDX-License-Identifier: Apache-2.0 */
/* The one place where failures meet users: RFC 9457 for programs, a page for people. */
#ifndef IAP_WEB_PROBLEM_H
#define IAP_WEB_PROBLEM_H

#include "base/error.h"
#include "web/request.h"
#include "web/response.h"

/* What this failure is to HTTP, with what the request says beside it. */
int iap_problem_http(const struct iap_request *req, enum iap_status status);

/*
 * Makes *res the whole answer to a failed request: a problem document, for
 * pages templates/problem.html, for pages without a session the way to sign in.
 */
void iap_problem_answer(struct iap_request *req, enum iap_status status,
    struct iap_response *res);

#endif
