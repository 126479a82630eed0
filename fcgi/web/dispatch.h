/* SPDX-License-Identifier: Apache-2.0 */
/* The way of every request: session, right, parameters, handler, audit, answer. */
#ifndef IAP_WEB_DISPATCH_H
#define IAP_WEB_DISPATCH_H

#include "web/request.h"
#include "web/response.h"

/*
 * Answers a request; `environment` and `body` as iap_request_read() takes
 * them, `body_size` may be more than IAP_BODY_MAX for one that was cut off.
 * *res lives in `arena`. There is always an answer.
 */
void iap_dispatch(struct iap_server *server, struct iap_arena *arena, char *const *environment,
    const char *body, size_t body_size, struct iap_response *res);

#endif
