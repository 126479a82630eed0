/* SPDX-License-Identifier: Apache-2.0 */
/* What a request leaves in the audit. */
#ifndef IAP_WEB_AUDIT_ROW_H
#define IAP_WEB_AUDIT_ROW_H

#include "base/error.h"
#include "web/request.h"

/*
 * Writes the row of a request that ended with `status`: its route's action, or
 * `denied` when the viewer lacked a right or asked for what is not theirs to
 * see. Nothing for requests without a session, and where the handler did it.
 */
IAP_MUST_CHECK enum iap_status iap_audit_row_save(struct iap_request *req,
    enum iap_status status, struct iap_error *err);

/* Writes a row of `action` now; `once_ms` > 0: unless there is one since so long. */
IAP_MUST_CHECK enum iap_status iap_audit_row_insert(struct iap_request *req, const char *action,
    int64_t once_ms, struct iap_error *err);

#endif
