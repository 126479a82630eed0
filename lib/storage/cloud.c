/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/cloud.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "fetch/retry.h"
#include "http/stamp.h"

enum {
	TEXTS_LIMIT = 64 * 1024,
	PATIENCE_S = 20,
	SKEW_LEAST_MS = 60 * 1000,
	BUDGET_FACTOR = 3, /* tries go on for so many times the patience */
};

/* "https://host:port" and nothing more but a slash. */
static enum iap_status
read_endpoint(struct iap_cloud *cloud, const char *endpoint, struct iap_error *err)
{
	const char *host;
	size_t length;

	if (endpoint == NULL)
		return iap_error_set(err, IAP_INVALID, "endpoint is missing");
	if (iap_text_begins(endpoint, "https://"))
		cloud->scheme = "https";
	else if (iap_text_begins(endpoint, "http://"))
		cloud->scheme = "http";
	else
		return iap_error_set(err, IAP_INVALID,
		    "endpoint %s does not begin with https:// or http://", endpoint);
	host = strstr(endpoint, "://") + 3;
	length = strcspn(host, "/");
	if (length == 0 || (host[length] == '/' && host[length + 1] != '\0') ||
	    strspn(host, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]") !=
	    length)
		return iap_error_set(err, IAP_INVALID,
		    "endpoint %s is not scheme://host or scheme://host:port", endpoint);
	cloud->host = iap_arena_copy_bytes(cloud->arena, host, length);
	return IAP_OK;
}

static const char *
end_with_slash(struct iap_arena *arena, const char *prefix)
{
	if (prefix == NULL || prefix[0] == '\0')
		return "";
	return iap_text_ends(prefix, "/") ? iap_arena_copy(arena, prefix) :
	    iap_arena_format(arena, "%s/", prefix);
}

enum iap_status
iap_cloud_open(const struct iap_storage_conf *conf, const struct iap_storage_ops *ops,
    const struct iap_cloud_dialect *dialect, const struct iap_credentials_provider *providers,
    struct iap_cloud **out, struct iap_error *err)
{
	struct iap_cloud *cloud = calloc(1, sizeof *cloud);

	if (cloud == NULL)
		iap_log_die("out of memory");
	*out = cloud;
	cloud->storage.ops = ops;
	cloud->dialect = dialect;
	cloud->arena = iap_arena_new(TEXTS_LIMIT);
	cloud->source = iap_arena_copy(cloud->arena, conf->name);
	cloud->prefix = end_with_slash(cloud->arena, conf->prefix);
	cloud->container = iap_arena_copy(cloud->arena, conf->bucket);
	cloud->region = iap_arena_copy(cloud->arena,
	    conf->aws_region == NULL ? "us-east-1" : conf->aws_region);
	cloud->requester_pays = conf->requester_pays;
	cloud->patience_s = conf->patience_s == 0 ? PATIENCE_S : conf->patience_s;
	if (read_endpoint(cloud, conf->endpoint, err) != IAP_OK)
		return err->status;
	cloud->fetch = iap_fetch_open(&(struct iap_fetch_conf){
		.ca_file = conf->ca_file,
		.plain = strcmp(cloud->scheme, "http") == 0,
		.stall_s = cloud->patience_s,
	});
	cloud->credentials = iap_credentials_open(&(struct iap_credentials_conf){
		.file = conf->credentials,
		.region = cloud->region,
	}, providers);
	return IAP_OK;
}

void
iap_cloud_close(struct iap_storage *storage)
{
	struct iap_cloud *cloud = (struct iap_cloud *)storage;

	iap_fetch_close(&cloud->fetch);
	iap_credentials_close(&cloud->credentials);
	iap_arena_free(&cloud->arena);
	free(cloud);
}

/* Takes the store's clock for ours from now on; false when that is no other time. */
static bool
repair_clock(struct iap_cloud *cloud, const struct iap_fetch_answer *answer)
{
	int64_t there_ms, skew_ms;

	if (!iap_http_stamp_parse(iap_fetch_header(answer, "Date"), &there_ms))
		return false;
	skew_ms = there_ms - iap_clock_now_ms();
	if (llabs(skew_ms - atomic_load(&cloud->storage.skew_ms)) < SKEW_LEAST_MS)
		return false;
	atomic_store(&cloud->storage.skew_ms, skew_ms);
	iap_log_warning("this machine's clock is not that of the storage: requests are signed with "
	    "the storage's source=%s behind_s=%lld", cloud->source, (long long)(skew_ms / 1000));
	return true;
}

/* What a round leaves to the next. */
struct round {
	struct iap_cloud_turn **turns; /* still open */
	size_t count;
	uint64_t refused;              /* number of a credential that is of no use */
	bool wait;                     /* before the next, for so long at least: */
	int64_t wait_ms;
};

/* Whether the turn has come to its end; if not, the next round asks again. */
static bool
settle(struct iap_cloud *cloud, struct iap_arena *arena, struct iap_cloud_turn *turn,
    const struct iap_credential *credential, struct round *round)
{
	const struct iap_fetch_answer *answer = &turn->answer;
	enum iap_cloud_verdict verdict = IAP_CLOUD_FINAL;

	turn->err.status = IAP_OK;
	if (answer->code >= 200 && answer->code < 300)
		return true;
	if (answer->code == 0)
		iap_error_set(&turn->err, IAP_UNAVAILABLE, "%s://%s: %s", cloud->scheme,
		    cloud->host, answer->cause);
	else
		verdict = cloud->dialect->judge(cloud, arena, &turn->ask, credential, answer,
		    &turn->err);
	if (verdict == IAP_CLOUD_SKEWED && !turn->clock_tried && repair_clock(cloud, answer)) {
		turn->clock_tried = true;
		return false;
	}
	if (verdict == IAP_CLOUD_EXPIRED && !turn->credential_tried) {
		turn->credential_tried = true;
		round->refused = credential->number;
		return false;
	}
	if (verdict != IAP_CLOUD_FINAL || !iap_retry_check(answer))
		return true;
	round->wait = true;
	if (iap_retry_after_ms(answer) > round->wait_ms)
		round->wait_ms = iap_retry_after_ms(answer);
	return false;
}

/* Asks what is still open, once. */
static enum iap_status
ask_round(struct iap_cloud *cloud, struct iap_arena *arena, struct round *round,
    size_t in_flight, struct iap_error *err)
{
	size_t count = round->count;
	struct iap_fetch_request *requests = iap_arena_array(arena, count, sizeof *requests);
	struct iap_fetch_answer *answers = iap_arena_array(arena, count, sizeof *answers);
	int64_t now_ms = iap_clock_now_ms() + atomic_load(&cloud->storage.skew_ms);
	struct iap_credential credential;

	if (iap_credentials_find(cloud->credentials, arena, round->refused, &credential, err) !=
	    IAP_OK)
		return err->status;
	for (size_t i = 0; i < count; i++)
		if (cloud->dialect->prepare(cloud, arena, &round->turns[i]->ask, &credential, now_ms,
		    &requests[i], err) != IAP_OK)
			return err->status;
	iap_fetch_send_all(cloud->fetch, arena, requests, answers, count, in_flight);
	round->count = 0;
	round->wait = false;
	round->wait_ms = 0;
	for (size_t i = 0; i < count; i++) {
		struct iap_cloud_turn *turn = round->turns[i];

		turn->answer = answers[i];
		if (!settle(cloud, arena, turn, &credential, round))
			round->turns[round->count++] = turn;
	}
	return IAP_OK;
}

void
iap_cloud_send_all(struct iap_cloud *cloud, struct iap_arena *arena,
    struct iap_cloud_turn *turns, size_t count, size_t in_flight)
{
	struct round round = {
		.turns = iap_arena_array(arena, count, sizeof *round.turns),
		.count = count,
	};
	struct iap_error err = { 0 };
	struct iap_retry retry;

	for (size_t i = 0; i < count; i++)
		round.turns[i] = &turns[i];
	iap_retry_begin(&retry, (int64_t)cloud->patience_s * 1000 * BUDGET_FACTOR);
	while (round.count != 0) {
		if (ask_round(cloud, arena, &round, in_flight, &err) != IAP_OK) {
			for (size_t i = 0; i < round.count; i++)
				round.turns[i]->err = err;
			break;
		}
		if (round.wait && !iap_retry_again(&retry, round.wait_ms))
			break;
	}
}

enum iap_status
iap_cloud_send(struct iap_cloud *cloud, struct iap_arena *arena,
    const struct iap_cloud_ask *ask, struct iap_fetch_answer *answer, struct iap_error *err)
{
	struct iap_cloud_turn turn = { .ask = *ask };

	iap_cloud_send_all(cloud, arena, &turn, 1, 1);
	*answer = turn.answer;
	if (turn.err.status != IAP_OK)
		*err = turn.err;
	return turn.err.status;
}
