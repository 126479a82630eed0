/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/media_pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "fetch/fetch.h"
#include "json/json.h"
#include "media/ticket.h"

/*
 * The pool has threads for 32 downloads; four leave room for people. A ticket
 * waits for the media before it; a large one takes its time before the first word.
 */
enum { IN_FLIGHT = 4, TICKET_LIFE_MS = 3600 * 1000, PATIENCE_S = 3600, ANSWER_MAX = 4096 };

struct iap_media_pool {
	struct iap_fetch *fetch;
	struct iap_ticket_key key;
	const char *socket; /* of the settings */
};

enum iap_status
iap_media_pool_open(const struct iap_settings *settings, struct iap_media_pool **out,
    struct iap_error *err)
{
	struct iap_media_pool *pool = calloc(1, sizeof *pool);

	if (pool == NULL)
		iap_log_die("out of memory");
	*out = pool;
	pool->socket = settings->worker_media_socket;
	if (pool->socket == NULL)
		return iap_error_set(err, IAP_INVALID, "%s: [worker] media_socket is empty: there is"
		    " no way to iap-media", settings->path);
	pool->fetch = iap_fetch_open(&(struct iap_fetch_conf){ .plain = true,
		.socket = pool->socket, .stall_s = PATIENCE_S });
	return iap_ticket_key_load(settings->media_ticket_key_file, &pool->key, err);
}

void
iap_media_pool_close(struct iap_media_pool **pool)
{
	if (*pool == NULL)
		return;
	iap_fetch_close(&(*pool)->fetch);
	iap_ticket_key_wipe(&(*pool)->key);
	free(*pool);
	*pool = NULL;
}

/* The header that carries the ticket; no session is all zeros. NULL with the cause in err. */
static const char *
header_for(struct iap_media_pool *pool, struct iap_arena *arena, const char *source,
    const struct iap_media_deep *medium, struct iap_error *err)
{
	struct iap_ticket ticket = {
		.op = IAP_TICKET_CHECK,
		.expires_ms = iap_clock_now_ms() + TICKET_LIFE_MS,
		.source = source,
		.key = iap_arena_copy_bytes(arena, medium->object_key.bytes, medium->object_key.size),
		.size = medium->size.set ? (uint64_t)medium->size.value : 0,
		.n = medium->n,
		.type = medium->type,
	};
	const char *text;

	if (strcmp(medium->envelope, "whole") == 0) {
		ticket.protection = IAP_TICKET_WHOLE_FILE;
	} else if (strcmp(medium->envelope, "detached") == 0) {
		ticket.protection = IAP_TICKET_DETACHED;
		ticket.envelope = medium->cms.bytes;
		ticket.envelope_size = medium->cms.size;
	}
	if (iap_ticket_format(arena, &pool->key, &ticket, &text, err) != IAP_OK)
		return NULL;
	return iap_arena_format(arena, "X-IAP-Ticket: %s", text);
}

/* Why an answer tells nothing of the medium. */
static const char *
cause_of(const struct iap_media_pool *pool, struct iap_arena *arena,
    const struct iap_fetch_answer *answer)
{
	switch (answer->code) {
	case 0:
		return answer->unreachable ? iap_arena_format(arena, "nobody listens at %s: does nginx"
		    " run, and is it [worker] media_socket?", pool->socket) : answer->cause;
	case 403:
		return "iap-media refuses the ticket: [media] ticket_key_file must be the same, and"
		    " the clocks too";
	case 502:
	case 504:
		return "iap-media does not answer: does its pool of whole files run?";
	case 503:
		return "iap-media cannot reach the source";
	default:
		return iap_arena_format(arena, "iap-media answers with status %u", answer->code);
	}
}

static bool
read_finding(struct iap_arena *arena, const struct iap_fetch_answer *answer,
    struct iap_media_finding *out)
{
	struct iap_error err = { 0 };
	struct iap_json *json;
	int64_t size, duration = 0;
	const char *state, *sha256;

	if (answer->body.bytes == NULL ||
	    iap_json_parse(arena, answer->body.bytes, answer->body.length, &json, &err) != IAP_OK)
		return false;
	state = iap_json_text(iap_json_find(json, "state"));
	sha256 = iap_json_text(iap_json_find(json, "sha256"));
	if (state == NULL || !iap_state_parse(state, &out->state) ||
	    out->state == IAP_STATE_UNCHECKED)
		return false;
	out->read = sha256 != NULL;
	if (!out->read)
		return true;
	if (!iap_json_i64(iap_json_find(json, "plain_size"), &size) || size < 0 ||
	    !iap_text_from_hex(sha256, out->sha256, sizeof out->sha256))
		return false;
	out->plain_size = (uint64_t)size;
	if (iap_json_i64(iap_json_find(json, "duration_ms"), &duration) && duration > 0)
		out->duration_ms = (uint64_t)duration;
	return true;
}

void
iap_media_pool_check(struct iap_media_pool *pool, struct iap_arena *arena, const char *source,
    const struct iap_media_deep *media, size_t count, struct iap_media_finding *findings)
{
	struct iap_fetch_request *requests = iap_arena_array(arena, count, sizeof *requests);
	struct iap_fetch_answer *answers = iap_arena_array(arena, count, sizeof *answers);
	const char **headers = iap_arena_array(arena, count, sizeof *headers);
	size_t *whose = iap_arena_array(arena, count, sizeof *whose);
	size_t sent = 0;

	for (size_t i = 0; i < count; i++) {
		struct iap_error err = { 0 };

		findings[i] = (struct iap_media_finding){ 0 };
		headers[sent] = header_for(pool, arena, source, &media[i], &err);
		if (headers[sent] == NULL) {
			findings[i].cause = iap_arena_copy(arena, err.detail);
			continue;
		}
		requests[sent] = (struct iap_fetch_request){ .method = "GET",
			.url = "http://localhost/check", .headers = &headers[sent], .header_count = 1,
			.limit = ANSWER_MAX };
		whose[sent++] = i;
	}
	iap_fetch_send_all(pool->fetch, arena, requests, answers, sent, IN_FLIGHT);
	for (size_t i = 0; i < sent; i++) {
		struct iap_media_finding *finding = &findings[whose[i]];

		if (answers[i].code != 200)
			finding->cause = cause_of(pool, arena, &answers[i]);
		else if (!read_finding(arena, &answers[i], finding))
			finding->cause = "iap-media answers what is not understood: is it of this version?";
	}
}
