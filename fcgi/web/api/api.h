/* SPDX-License-Identifier: Apache-2.0 */
/* The handlers of routes.c, and the parameters they declare. */
#ifndef IAP_WEB_API_API_H
#define IAP_WEB_API_API_H

#include "web/params.h"
#include "web/request.h"
#include "web/response.h"

/* A handler fills *res; what it fails with becomes a problem. */
#define IAP_HANDLER(name) \
	IAP_MUST_CHECK enum iap_status name(struct iap_request *req, struct iap_response *res, \
	    struct iap_error *err)

/* Parameters of lists of calls; each names its place in req->params.values. */
enum {
	IAP_SEARCH_WORDS, IAP_SEARCH_FROM, IAP_SEARCH_UNTIL, IAP_SEARCH_AGENT, IAP_SEARCH_CALLER,
	IAP_SEARCH_DIALED, IAP_SEARCH_CALL_TYPE, IAP_SEARCH_REGION, IAP_SEARCH_DIVISION,
	IAP_SEARCH_STATE, IAP_SEARCH_ENCRYPTED, IAP_SEARCH_DURATION_MIN, IAP_SEARCH_DURATION_MAX,
	IAP_SEARCH_SOURCE, IAP_SEARCH_ATTRIBUTES, IAP_SEARCH_SORT, IAP_SEARCH_LIMIT,
	IAP_SEARCH_AFTER, IAP_SEARCH_PARAMS
};
extern const struct iap_param_def iap_search_params[IAP_SEARCH_PARAMS];

enum {
	IAP_READING_SOURCE, IAP_READING_CAUSE, IAP_READING_LIMIT, IAP_READING_AFTER,
	IAP_READING_PARAMS
};
extern const struct iap_param_def iap_reading_params[IAP_READING_PARAMS];

enum { IAP_MEDIA_DOWNLOAD, IAP_MEDIA_PARAMS };
extern const struct iap_param_def iap_media_params[IAP_MEDIA_PARAMS];

enum { IAP_METADATA_REDACT, IAP_METADATA_DOWNLOAD, IAP_METADATA_PARAMS };
extern const struct iap_param_def iap_metadata_params[IAP_METADATA_PARAMS];

enum { IAP_SIGNIN_NEXT, IAP_SIGNIN_PARAMS };
extern const struct iap_param_def iap_signin_params[IAP_SIGNIN_PARAMS];

IAP_HANDLER(iap_api_session_post);
IAP_HANDLER(iap_api_session_get);
IAP_HANDLER(iap_api_session_delete);
IAP_HANDLER(iap_api_interactions_get);
IAP_HANDLER(iap_api_failed_get);
IAP_HANDLER(iap_api_interaction_get);
IAP_HANDLER(iap_api_metadata_get);
IAP_HANDLER(iap_api_media_get);
IAP_HANDLER(iap_api_peaks_get);
IAP_HANDLER(iap_api_faults_get);
IAP_HANDLER(iap_api_passes_get);
IAP_HANDLER(iap_api_healthz_get);
IAP_HANDLER(iap_api_readyz_get);
IAP_HANDLER(iap_api_metrics_get);

IAP_HANDLER(iap_page_root_get);
IAP_HANDLER(iap_page_signin_get);
IAP_HANDLER(iap_page_signin_post);
IAP_HANDLER(iap_page_signout_post);

#endif
