/* SPDX-License-Identifier: Apache-2.0 */
/* The product on one page. A page is the same handler as its API route, shown by a template. */
#include "web/route.h"

#include "web/api/api.h"

#define PLAYERS (IAP_PERM_PLAY | IAP_PERM_PLAY_OWN)
#define DOCUMENTS (IAP_PERM_METADATA | IAP_PERM_METADATA_RAW)
#define READERS (IAP_PERM_FAILED | IAP_PERM_SOURCES)

const struct iap_route iap_routes[] = {
	{ .method = IAP_METHOD_POST, .path = "/api/v1/session", .needs = IAP_PERM_PUBLIC,
	  .handler = iap_api_session_post },
	{ .method = IAP_METHOD_GET, .path = "/api/v1/session", .needs = IAP_PERM_SIGNED_IN,
	  .handler = iap_api_session_get },
	{ .method = IAP_METHOD_DELETE, .path = "/api/v1/session", .needs = IAP_PERM_SIGNED_IN,
	  .audit = IAP_AUDIT_SIGNOUT, .handler = iap_api_session_delete },

	{ .method = IAP_METHOD_GET, .path = "/api/v1/interactions", .needs = IAP_PERM_SEARCH,
	  .audit = IAP_AUDIT_SEARCH, .params = iap_search_params,
	  .param_count = IAP_SEARCH_PARAMS, .handler = iap_api_interactions_get },
	{ .method = IAP_METHOD_GET, .path = "/interactions", .needs = IAP_PERM_SEARCH,
	  .audit = IAP_AUDIT_SEARCH, .params = iap_search_params,
	  .param_count = IAP_SEARCH_PARAMS, .handler = iap_api_interactions_get,
	  .page = "interactions", .is_list = true },

	{ .method = IAP_METHOD_GET, .path = "/api/v1/interactions/{id}", .needs = IAP_PERM_SEARCH,
	  .audit = IAP_AUDIT_VIEW, .handler = iap_api_interaction_get },
	{ .method = IAP_METHOD_GET, .path = "/interactions/{id}", .needs = IAP_PERM_SEARCH,
	  .audit = IAP_AUDIT_VIEW, .handler = iap_api_interaction_get, .page = "interaction" },

	{ .method = IAP_METHOD_GET, .path = "/api/v1/interactions/{id}/metadata",
	  .needs = DOCUMENTS, .audit = IAP_AUDIT_METADATA, .params = iap_metadata_params,
	  .param_count = IAP_METADATA_PARAMS, .handler = iap_api_metadata_get },
	{ .method = IAP_METHOD_GET, .path = "/api/v1/interactions/{id}/media/{n}",
	  .needs = PLAYERS | IAP_PERM_DOWNLOAD, .audit = IAP_AUDIT_MEDIA,
	  .params = iap_media_params, .param_count = IAP_MEDIA_PARAMS,
	  .handler = iap_api_media_get },
	{ .method = IAP_METHOD_GET, .path = "/api/v1/interactions/{id}/media/{n}/peaks",
	  .needs = PLAYERS, .handler = iap_api_peaks_get },

	{ .method = IAP_METHOD_GET, .path = "/api/v1/failed", .needs = IAP_PERM_FAILED,
	  .audit = IAP_AUDIT_SEARCH, .params = iap_search_params,
	  .param_count = IAP_SEARCH_PARAMS, .handler = iap_api_failed_get },
	{ .method = IAP_METHOD_GET, .path = "/failed", .needs = IAP_PERM_FAILED,
	  .audit = IAP_AUDIT_SEARCH, .params = iap_search_params,
	  .param_count = IAP_SEARCH_PARAMS, .handler = iap_api_failed_get, .page = "failed",
	  .is_list = true },

	{ .method = IAP_METHOD_GET, .path = "/api/v1/faults", .needs = READERS,
	  .params = iap_reading_params, .param_count = IAP_READING_PARAMS,
	  .handler = iap_api_faults_get },
	{ .method = IAP_METHOD_GET, .path = "/faults", .needs = READERS,
	  .params = iap_reading_params, .param_count = IAP_READING_PARAMS,
	  .handler = iap_api_faults_get, .page = "faults", .is_list = true },
	{ .method = IAP_METHOD_GET, .path = "/api/v1/passes", .needs = READERS,
	  .params = iap_reading_params, .param_count = IAP_READING_PARAMS,
	  .handler = iap_api_passes_get },
	{ .method = IAP_METHOD_GET, .path = "/passes", .needs = READERS,
	  .params = iap_reading_params, .param_count = IAP_READING_PARAMS,
	  .handler = iap_api_passes_get, .page = "passes", .is_list = true },

	{ .method = IAP_METHOD_GET, .path = "/", .needs = IAP_PERM_SIGNED_IN,
	  .handler = iap_page_root_get, .page = "interactions" },
	{ .method = IAP_METHOD_GET, .path = "/signin", .needs = IAP_PERM_PUBLIC,
	  .params = iap_signin_params, .param_count = IAP_SIGNIN_PARAMS,
	  .handler = iap_page_signin_get, .page = "signin" },
	{ .method = IAP_METHOD_POST, .path = "/signin", .needs = IAP_PERM_PUBLIC,
	  .params = iap_signin_params, .param_count = IAP_SIGNIN_PARAMS,
	  .handler = iap_page_signin_post, .page = "signin" },
	{ .method = IAP_METHOD_POST, .path = "/signout", .needs = IAP_PERM_SIGNED_IN,
	  .audit = IAP_AUDIT_SIGNOUT, .handler = iap_page_signout_post, .page = "signin" },

	{ .method = IAP_METHOD_GET, .path = "/healthz", .needs = IAP_PERM_PUBLIC,
	  .handler = iap_api_healthz_get, .no_database = true, .loopback_only = true },
	{ .method = IAP_METHOD_GET, .path = "/readyz", .needs = IAP_PERM_PUBLIC,
	  .handler = iap_api_readyz_get, .loopback_only = true },
	{ .method = IAP_METHOD_GET, .path = "/metrics", .needs = IAP_PERM_PUBLIC,
	  .handler = iap_api_metrics_get, .loopback_only = true },
};

const size_t iap_routes_count = IAP_LENGTH(iap_routes);
