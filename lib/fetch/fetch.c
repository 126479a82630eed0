/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads share an iap_fetch: each call borrows a lane (a curl multi handle
 * with the connections it keeps) for its time and lays it back.
 */
#include "fetch/fetch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "fetch/lane.h"

enum { POLL_MS = 1000 };

struct iap_fetch {
	struct iap_fetch_conf conf;
	char *ca_file;
	char *socket;
	pthread_mutex_t lock; /* of `idle` */
	struct iap_fetch_lane *idle;
};

struct iap_fetch *
iap_fetch_open(const struct iap_fetch_conf *conf)
{
	struct iap_fetch *fetch = calloc(1, sizeof *fetch);

	/* Counted and safe among threads since curl 7.84. */
	if (fetch == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		iap_log_die("out of memory");
	fetch->conf = *conf;
	if (conf->ca_file != NULL && (fetch->ca_file = strdup(conf->ca_file)) == NULL)
		iap_log_die("out of memory");
	if (conf->socket != NULL && (fetch->socket = strdup(conf->socket)) == NULL)
		iap_log_die("out of memory");
	fetch->conf.ca_file = fetch->ca_file;
	fetch->conf.socket = fetch->socket;
	pthread_mutex_init(&fetch->lock, NULL);
	return fetch;
}

void
iap_fetch_close(struct iap_fetch **fetch)
{
	if (*fetch == NULL)
		return;
	while ((*fetch)->idle != NULL) {
		struct iap_fetch_lane *lane = (*fetch)->idle;

		(*fetch)->idle = lane->next;
		iap_fetch_lane_close(lane);
	}
	pthread_mutex_destroy(&(*fetch)->lock);
	free((*fetch)->ca_file);
	free((*fetch)->socket);
	free(*fetch);
	*fetch = NULL;
	curl_global_cleanup();
}

static struct iap_fetch_lane *
take_lane(struct iap_fetch *fetch)
{
	struct iap_fetch_lane *lane;

	pthread_mutex_lock(&fetch->lock);
	lane = fetch->idle;
	if (lane != NULL)
		fetch->idle = lane->next;
	pthread_mutex_unlock(&fetch->lock);
	return lane != NULL ? lane : iap_fetch_lane_open();
}

static void
give_lane(struct iap_fetch *fetch, struct iap_fetch_lane *lane)
{
	pthread_mutex_lock(&fetch->lock);
	lane->next = fetch->idle;
	fetch->idle = lane;
	pthread_mutex_unlock(&fetch->lock);
}

void
iap_fetch_send_all(struct iap_fetch *fetch, struct iap_arena *arena,
    const struct iap_fetch_request *requests, struct iap_fetch_answer *answers, size_t count,
    size_t in_flight)
{
	struct iap_fetch_lane *lane = take_lane(fetch);
	struct iap_fetch_flight *idle[IAP_FETCH_IN_FLIGHT_MAX];
	size_t room = in_flight < IAP_FETCH_IN_FLIGHT_MAX ? in_flight : IAP_FETCH_IN_FLIGHT_MAX;
	size_t next = 0, done = 0;
	CURLMsg *message;
	int running, left;

	for (size_t i = 0; i < room; i++)
		idle[i] = &lane->flights[room - 1 - i];
	while (done < count) {
		for (; room != 0 && next < count; next++) {
			struct iap_fetch_flight *flight = idle[--room];

			iap_fetch_flight_begin(flight, &fetch->conf, arena, &requests[next],
			    &answers[next]);
			curl_multi_add_handle(lane->multi, flight->easy);
		}
		curl_multi_perform(lane->multi, &running);
		while ((message = curl_multi_info_read(lane->multi, &left)) != NULL) {
			struct iap_fetch_flight *flight;
			CURLcode result = message->data.result;

			curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &flight);
			curl_multi_remove_handle(lane->multi, flight->easy);
			iap_fetch_flight_end(flight, result);
			idle[room++] = flight;
			done++;
		}
		if (running != 0 && (room == 0 || next == count))
			curl_multi_poll(lane->multi, NULL, 0, POLL_MS, NULL);
	}
	give_lane(fetch, lane);
}

enum iap_status
iap_fetch_send(struct iap_fetch *fetch, struct iap_arena *arena,
    const struct iap_fetch_request *request, struct iap_fetch_answer *answer,
    struct iap_error *err)
{
	iap_fetch_send_all(fetch, arena, request, answer, 1, 1);
	if (answer->code == 0)
		return iap_error_set(err, IAP_UNAVAILABLE, "%s", answer->cause);
	return IAP_OK;
}

const char *
iap_fetch_header(const struct iap_fetch_answer *answer, const char *name)
{
	size_t length = strlen(name);

	for (size_t at = 0; at < answer->headers.length;) {
		const char *line = answer->headers.bytes + at;

		at += strlen(line) + 1;
		if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
			line += length + 1;
			return line + strspn(line, " \t");
		}
	}
	return NULL;
}
