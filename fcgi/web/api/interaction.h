/* SPDX-License-Identifier: Apache-2.0 */
/* What all routes below /interactions/{id} begin with. */
#ifndef IAP_WEB_API_INTERACTION_H
#define IAP_WEB_API_INTERACTION_H

#include "model/interaction_find.h"
#include "web/request.h"

/*
 * The call that the path names, for this viewer; the audit is told of it.
 * IAP_NOT_FOUND when there is none, or not for this viewer.
 */
IAP_MUST_CHECK enum iap_status iap_interaction_of_path(struct iap_request *req,
    struct iap_interaction *out, struct iap_error *err);

/* Whether the viewer may hear it: everybody's calls, or as an agent of this one their own. */
IAP_MUST_CHECK enum iap_status iap_interaction_may_play(struct iap_request *req,
    const struct iap_interaction *interaction, bool *out, struct iap_error *err);

#endif
