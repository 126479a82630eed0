/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/credentials.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "crypto/hash.h"

enum {
	ARENA_LIMIT = 1024 * 1024,
	EARLY_MS = 5 * 60 * 1000,  /* refreshed so long before its end */
	PAUSE_MS = 30 * 1000,      /* between two tries while the old one still holds */
};

struct iap_credentials {
	struct iap_credentials_conf conf;
	char *file, *region, *ca_file;
	const struct iap_credentials_provider *providers;
	pthread_mutex_t lock;      /* of all below; held during a refresh, so there is one */
	struct iap_arena *arena;   /* of `now` */
	struct iap_credential now; /* number 0: none yet */
	uint64_t number;
	int64_t tried_ms;          /* when the last refresh failed; by iap_clock_ticks_ms() */
};

static char *
copy(const char *text)
{
	char *bytes = text == NULL ? NULL : strdup(text);

	if (text != NULL && bytes == NULL)
		iap_log_die("out of memory");
	return bytes;
}

struct iap_credentials *
iap_credentials_open(const struct iap_credentials_conf *conf,
    const struct iap_credentials_provider *providers)
{
	struct iap_credentials *credentials = calloc(1, sizeof *credentials);

	if (credentials == NULL)
		iap_log_die("out of memory");
	credentials->conf.file = credentials->file = copy(conf->file);
	credentials->conf.region = credentials->region = copy(conf->region);
	credentials->conf.ca_file = credentials->ca_file = copy(conf->ca_file);
	credentials->providers = providers;
	pthread_mutex_init(&credentials->lock, NULL);
	return credentials;
}

static void
wipe(const char *text)
{
	if (text != NULL)
		iap_secret_wipe((char *)(uintptr_t)text, strlen(text));
}

static void
forget(struct iap_credentials *credentials)
{
	wipe(credentials->now.secret_key);
	wipe(credentials->now.token);
	wipe(credentials->now.account_key);
	wipe(credentials->now.sas);
	wipe(credentials->now.bearer);
	credentials->now = (struct iap_credential){ 0 };
	iap_arena_free(&credentials->arena);
}

void
iap_credentials_close(struct iap_credentials **credentials)
{
	if (*credentials == NULL)
		return;
	forget(*credentials);
	pthread_mutex_destroy(&(*credentials)->lock);
	free((*credentials)->file);
	free((*credentials)->region);
	free((*credentials)->ca_file);
	free(*credentials);
	*credentials = NULL;
}

/* Asks one provider after the other, until one knows or one that should fails. */
static enum iap_status
ask_providers(struct iap_credentials *credentials, struct iap_arena *arena,
    struct iap_credential *out, struct iap_error *err)
{
	struct iap_buf tried;

	iap_buf_open(&tried, arena);
	for (const struct iap_credentials_provider *at = credentials->providers;
	    at->name != NULL; at++) {
		*out = (struct iap_credential){ .from = at->name };
		if (at->find(&credentials->conf, arena, out, err) == IAP_OK)
			return IAP_OK;
		if (err->status != IAP_NOT_FOUND) {
			err->status = IAP_UNAVAILABLE;
			return iap_error_context(err, "credentials from %s", at->name);
		}
		iap_buf_format(&tried, "%s%s", tried.length == 0 ? "" : ", ", at->name);
	}
	return iap_error_set(err, IAP_UNAVAILABLE, "there are no credentials: asked %s",
	    tried.bytes);
}

static void
copy_out(struct iap_arena *arena, const struct iap_credential *now, struct iap_credential *out)
{
	*out = *now;
	out->from = iap_arena_copy(arena, now->from);
	out->access_key = iap_arena_copy(arena, now->access_key);
	out->secret_key = iap_arena_copy(arena, now->secret_key);
	out->token = iap_arena_copy(arena, now->token);
	out->account_key = iap_arena_copy(arena, now->account_key);
	out->sas = iap_arena_copy(arena, now->sas);
	out->bearer = iap_arena_copy(arena, now->bearer);
}

static enum iap_status
refresh(struct iap_credentials *credentials, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	struct iap_credential next;

	if (ask_providers(credentials, arena, &next, err) != IAP_OK) {
		credentials->tried_ms = iap_clock_ticks_ms();
		return err->status;
	}
	forget(credentials);
	credentials->arena = iap_arena_new(ARENA_LIMIT);
	copy_out(credentials->arena, &next, &credentials->now);
	credentials->now.number = ++credentials->number;
	credentials->tried_ms = 0;
	return IAP_OK;
}

/* Whether the one at hand will do without asking anybody. */
static bool
is_good(const struct iap_credentials *credentials, uint64_t refused, int64_t now_ms)
{
	const struct iap_credential *now = &credentials->now;

	if (now->number == 0 || now->number == refused)
		return false;
	if (now->until_ms == 0 || now->until_ms > now_ms + EARLY_MS)
		return true;
	/* Near its end, and a refresh has just failed: it still holds. */
	return now->until_ms > now_ms && credentials->tried_ms != 0 &&
	    iap_clock_ticks_ms() - credentials->tried_ms < PAUSE_MS;
}

enum iap_status
iap_credentials_find(struct iap_credentials *credentials, struct iap_arena *arena,
    uint64_t refused, struct iap_credential *out, struct iap_error *err)
{
	int64_t now_ms = iap_clock_now_ms();
	enum iap_status status = IAP_OK;

	pthread_mutex_lock(&credentials->lock);
	if (!is_good(credentials, refused, now_ms) && refresh(credentials, err) != IAP_OK) {
		const struct iap_credential *now = &credentials->now;

		status = err->status;
		if (now->number != 0 && now->number != refused && now->until_ms > now_ms) {
			iap_log_warning("credentials not refreshed, still good for %lld s: %s",
			    (long long)((now->until_ms - now_ms) / 1000), err->detail);
			status = IAP_OK;
		}
	}
	if (status == IAP_OK)
		copy_out(arena, &credentials->now, out);
	pthread_mutex_unlock(&credentials->lock);
	return status;
}
