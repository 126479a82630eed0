/* SPDX-License-Identifier: Apache-2.0 */
/* Whose request this is, whether they may, and whether it is theirs and not somebody else's page's. */
#ifndef IAP_WEB_GUARD_H
#define IAP_WEB_GUARD_H

#include "base/error.h"
#include "web/request.h"

/*
 * Finds the session of the request's cookie. No cookie, or one that is worth
 * nothing, is no failure: req->viewer is NULL then.
 */
IAP_MUST_CHECK enum iap_status iap_guard_session(struct iap_request *req, struct iap_error *err);

/* IAP_UNAUTHENTICATED without a session where one is needed, IAP_FORBIDDEN without the right. */
IAP_MUST_CHECK enum iap_status iap_guard_right(struct iap_request *req, struct iap_error *err);

/*
 * For requests that change something in a session: the session's token in the
 * header X-IAP-CSRF or, of a form, in its field `csrf`; and not from another
 * site's page. IAP_FORBIDDEN.
 */
IAP_MUST_CHECK enum iap_status iap_guard_csrf(struct iap_request *req, struct iap_error *err);

/*
 * Works out which calls the viewer may see. To be called after the right was
 * found good; does nothing without a viewer.
 */
IAP_MUST_CHECK enum iap_status iap_guard_scope(struct iap_request *req, struct iap_error *err);

/* The body as a form; IAP_INVALID when it is none. */
IAP_MUST_CHECK enum iap_status iap_guard_form(struct iap_request *req, struct iap_form *out,
    struct iap_error *err);

#endif
