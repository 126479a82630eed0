/* SPDX-License-Identifier: Apache-2.0 */
/* A set of kept connections that one thread uses at a time; for lib/fetch only. */
#ifndef IAP_FETCH_LANE_H
#define IAP_FETCH_LANE_H

#include <curl/curl.h>

#include "fetch/fetch.h"

/* One request on its way. */
struct iap_fetch_flight {
	CURL *easy;
	struct curl_slist *headers;
	struct iap_arena *arena;
	const struct iap_fetch_request *request;
	struct iap_fetch_answer *answer;
	bool own_host;   /* loopback is what the URL asks for */
	bool metadata;   /* link-local is allowed */
	bool unix_socket; /* one was asked for: there is no address to judge */
	bool refused;    /* the address was one that may not be reached */
	bool too_large;
	char cause[CURL_ERROR_SIZE];
};

struct iap_fetch_lane {
	struct iap_fetch_lane *next;
	CURLM *multi;
	struct iap_fetch_flight flights[IAP_FETCH_IN_FLIGHT_MAX];
};

struct iap_fetch_lane *iap_fetch_lane_open(void);
void iap_fetch_lane_close(struct iap_fetch_lane *lane);

/* Gets `flight` ready for `request`: fresh settings on a kept handle. */
void iap_fetch_flight_begin(struct iap_fetch_flight *flight, const struct iap_fetch_conf *conf,
    struct iap_arena *arena, const struct iap_fetch_request *request,
    struct iap_fetch_answer *answer);

/* Fills the answer from how the transfer ended, and lets go of what begin took. */
void iap_fetch_flight_end(struct iap_fetch_flight *flight, CURLcode result);

#endif
