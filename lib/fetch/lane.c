/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch/lane.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "fetch/address.h"

enum {
	HEADERS_LIMIT = 64 * 1024,
	ERROR_LIMIT = 64 * 1024,
	CONNECT_MS = 5000,
	STALL_BYTES = 1024,
	STALL_S = 20,
};

struct iap_fetch_lane *
iap_fetch_lane_open(void)
{
	struct iap_fetch_lane *lane = calloc(1, sizeof *lane);

	if (lane == NULL || (lane->multi = curl_multi_init()) == NULL)
		iap_log_die("out of memory");
	curl_multi_setopt(lane->multi, CURLMOPT_MAXCONNECTS, (long)IAP_FETCH_IN_FLIGHT_MAX);
	return lane;
}

void
iap_fetch_lane_close(struct iap_fetch_lane *lane)
{
	for (size_t i = 0; i < IAP_LENGTH(lane->flights); i++)
		curl_easy_cleanup(lane->flights[i].easy);
	curl_multi_cleanup(lane->multi);
	free(lane);
}

static size_t
keep_header(char *bytes, size_t size, size_t count, void *context)
{
	struct iap_fetch_flight *flight = context;
	struct iap_buf *headers = &flight->answer->headers;
	size_t length = size * count;

	/* A second head: what came before was "100 Continue" or a proxy's. */
	if (length >= 5 && memcmp(bytes, "HTTP/", 5) == 0) {
		headers->length = 0;
		return length;
	}
	while (length != 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r'))
		length--;
	if (length == 0)
		return size * count;
	if (headers->length + length > HEADERS_LIMIT) {
		flight->too_large = true;
		return 0;
	}
	iap_buf_add(headers, bytes, length);
	iap_buf_add(headers, "", 1);
	return size * count;
}

static size_t
keep_body(char *bytes, size_t size, size_t count, void *context)
{
	struct iap_fetch_flight *flight = context;
	struct iap_fetch_answer *answer = flight->answer;
	size_t length = size * count, limit = ERROR_LIMIT;
	long code = 0;

	curl_easy_getinfo(flight->easy, CURLINFO_RESPONSE_CODE, &code);
	if (code >= 200 && code < 300) {
		limit = flight->request->limit;
		if (flight->request->into != NULL) {
			flight->too_large = length > limit - answer->into_size;
			if (flight->too_large)
				return 0;
			memcpy((char *)flight->request->into + answer->into_size, bytes, length);
			answer->into_size += length;
			return length;
		}
	}
	flight->too_large = length > limit - answer->body.length;
	if (flight->too_large)
		return 0;
	if (answer->body.bytes == NULL)
		iap_buf_open(&answer->body, flight->arena);
	iap_buf_add(&answer->body, bytes, length);
	return length;
}

/* Judges the address that is about to be reached, after the name was resolved. */
static curl_socket_t
open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct iap_fetch_flight *flight = context;
	enum iap_address_kind kind = iap_address_kind(&address->addr);

	(void)purpose;
	if (address->family == AF_UNIX && flight->unix_socket)
		return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
	if ((kind == IAP_ADDRESS_METADATA && !flight->metadata) ||
	    (kind == IAP_ADDRESS_LOOPBACK && !flight->own_host)) {
		flight->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* A proxy may well be on this machine; curl does not say which of the two it connects to. */
static bool
has_proxy(void)
{
	static const char *const names[] = {
		"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
	};

	for (size_t i = 0; i < IAP_LENGTH(names); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return true;
	}
	return false;
}

static bool
asks_for_own_host(const char *text)
{
	CURLU *url = curl_url();
	char *host = NULL;
	bool own;

	own = url != NULL && curl_url_set(url, CURLUPART_URL, text, CURLU_PATH_AS_IS) == CURLUE_OK &&
	    curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
	    iap_address_check_own_host(host);
	curl_free(host);
	curl_url_cleanup(url);
	return own;
}

static void
set_travel(CURL *easy, const struct iap_fetch_conf *conf)
{
	const char *protocols = conf->plain ? "http,https" : "https";

	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols);
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, protocols);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (conf->ca_file != NULL) {
		curl_easy_setopt(easy, CURLOPT_CAINFO, conf->ca_file);
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
	if (conf->socket != NULL)
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, conf->socket);
	if (conf->metadata || conf->socket != NULL)
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)(conf->connect_ms != 0 ? conf->connect_ms : CONNECT_MS));
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_BYTES);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME,
	    (long)(conf->stall_s != 0 ? conf->stall_s : STALL_S));
}

static void
set_request(struct iap_fetch_flight *flight, const struct iap_fetch_request *request)
{
	CURL *easy = flight->easy;

	curl_easy_setopt(easy, CURLOPT_URL, request->url);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	if (strcmp(request->method, "HEAD") == 0) {
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	} else if (strcmp(request->method, "GET") != 0) {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body == NULL ? "" : request->body);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)request->body_size);
	}
	/* "Name:" keeps curl from adding a header of its own. */
	flight->headers = curl_slist_append(NULL, "Expect:");
	for (size_t i = 0; i < request->header_count; i++)
		flight->headers = curl_slist_append(flight->headers, request->headers[i]);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, flight->headers);
}

void
iap_fetch_flight_begin(struct iap_fetch_flight *flight, const struct iap_fetch_conf *conf,
    struct iap_arena *arena, const struct iap_fetch_request *request,
    struct iap_fetch_answer *answer)
{
	CURL *easy = flight->easy != NULL ? flight->easy : curl_easy_init();

	if (easy == NULL)
		iap_log_die("out of memory");
	curl_easy_reset(easy);
	*answer = (struct iap_fetch_answer){ 0 };
	iap_buf_open(&answer->headers, arena);
	*flight = (struct iap_fetch_flight){
		.easy = easy,
		.arena = arena,
		.request = request,
		.answer = answer,
		.own_host = asks_for_own_host(request->url) || has_proxy(),
		.metadata = conf->metadata,
		.unix_socket = conf->socket != NULL,
	};
	set_travel(easy, conf);
	set_request(flight, request);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, flight);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, flight->cause);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, keep_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, flight);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, flight);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, flight);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, PACKAGE "/" PACKAGE_VERSION);
}

/* Whether what ended a transfer may be gone at the next try. */
static bool
may_pass(CURLcode result)
{
	switch (result) {
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_PARTIAL_FILE:
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
		return true;
	default:
		return false;
	}
}

void
iap_fetch_flight_end(struct iap_fetch_flight *flight, CURLcode result)
{
	struct iap_fetch_answer *answer = flight->answer;
	curl_off_t connected_us = 0;
	long code = 0;

	if (result == CURLE_OK) {
		curl_easy_getinfo(flight->easy, CURLINFO_RESPONSE_CODE, &code);
		answer->code = (unsigned int)code;
	} else if (flight->refused) {
		answer->cause = "its address is one of this machine or a metadata service";
	} else if (flight->too_large) {
		answer->cause = "the answer is larger than was asked for";
	} else {
		answer->cause = iap_arena_copy(flight->arena,
		    flight->cause[0] != '\0' ? flight->cause : curl_easy_strerror(result));
		answer->again = may_pass(result);
		curl_easy_getinfo(flight->easy, CURLINFO_CONNECT_TIME_T, &connected_us);
		answer->unreachable = answer->again && connected_us == 0;
	}
	curl_slist_free_all(flight->headers);
	flight->headers = NULL;
	flight->arena = NULL;
	flight->request = NULL;
	flight->answer = NULL;
}
