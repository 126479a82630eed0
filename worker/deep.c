/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/deep.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/tx.h"
#include "model/media_check.h"

/*
 * Media between two looks at whether to stop, and in a transaction. Lengths may
 * differ by what players round.
 */
enum { PAGE = 32, DURATION_SLACK_MS = 2000, DURATION_PARTS = 20 };

#define ARENA_LIMIT ((size_t)256 << 20)

struct deep {
	struct iap_source_pass *pass;
	const struct iap_deep_wish *wish;
	struct iap_arena *arena; /* of a page */
	int64_t begun_ms;
	char cause[256];         /* of the first medium without an answer */
};

struct page {
	struct deep *deep;
	const struct iap_media_deep *media;
	size_t count;
	struct iap_media_finding *findings;
	struct iap_media_deep_verdict *verdicts;
	size_t verdict_count;
	uint64_t *ids;
	size_t id_count;
	struct iap_refreshed refreshed;
};

static bool
has_other_bytes(const struct iap_media_deep *medium, const struct iap_media_finding *finding)
{
	return finding->read && medium->sha256.bytes != NULL &&
	    (medium->sha256.size != sizeof finding->sha256 ||
	    memcmp(medium->sha256.bytes, finding->sha256, sizeof finding->sha256) != 0);
}

static bool
differs_in_length(const struct iap_media_deep *medium, const struct iap_media_finding *finding)
{
	int64_t gap = (int64_t)finding->duration_ms - medium->duration_ms.value;

	if (gap < 0)
		gap = -gap;
	return finding->duration_ms != 0 && medium->duration_ms.set && gap > DURATION_SLACK_MS &&
	    gap > medium->duration_ms.value / DURATION_PARTS;
}

/*
 * A pass that sees an object change forgets its hash: bytes that are others
 * and no change was seen have gone bad. The hash of the good ones is kept.
 */
static void
add_verdict(struct page *page, const struct iap_media_deep *medium,
    const struct iap_media_finding *finding, int64_t now)
{
	struct iap_deep_counts *counts = &page->deep->pass->deep;
	bool other = has_other_bytes(medium, finding);
	enum iap_media_state state = other ? IAP_STATE_DAMAGED : finding->state;
	bool inside = finding->read || state == IAP_STATE_DAMAGED || state == IAP_STATE_WRONG_KEY ||
	    state == IAP_STATE_EMPTY;

	if (other)
		iap_log_warning("stored bytes are not those of before interaction=%" PRIu64 " n=%u key=%.*s",
		    medium->interaction_id, medium->n, (int)medium->object_key.size,
		    (const char *)medium->object_key.bytes);
	page->verdicts[page->verdict_count++] = (struct iap_media_deep_verdict){
		.state = iap_state_name(state),
		.plain_size = { finding->read, (int64_t)finding->plain_size },
		.sha256 = { finding->read && !other ? finding->sha256 : NULL,
			finding->read && !other ? sizeof finding->sha256 : 0 },
		.deep_ms = { inside, now },
		.checked_ms = now,
		.interaction_id = medium->interaction_id,
		.n = medium->n,
		.was = medium->state,
		.object_key = medium->object_key,
	};
	counts->states[state]++;
	counts->bytes += finding->plain_size;
	counts->duration_differs += differs_in_length(medium, finding);
}

static void
judge(struct page *page)
{
	struct deep *deep = page->deep;
	int64_t now = iap_clock_now_ms();

	page->verdicts = iap_arena_array(deep->arena, page->count, sizeof *page->verdicts);
	page->ids = iap_arena_array(deep->arena, page->count, sizeof *page->ids);
	for (size_t i = 0; i < page->count; i++) {
		uint64_t id = page->media[i].interaction_id;

		if (page->findings[i].cause != NULL) {
			deep->pass->deep.unanswered++;
			if (deep->cause[0] == '\0')
				snprintf(deep->cause, sizeof deep->cause, "%s", page->findings[i].cause);
			continue;
		}
		add_verdict(page, &page->media[i], &page->findings[i], now);
		if (page->id_count == 0 || page->ids[page->id_count - 1] != id)
			page->ids[page->id_count++] = id;
	}
}

static enum iap_status
store(struct iap_db *db, void *context, struct iap_error *err)
{
	struct page *page = context;

	if (iap_media_deep_save(db, page->verdicts, page->verdict_count, err) != IAP_OK)
		return err->status;
	return iap_interaction_refresh(db, page->deep->arena, page->ids, page->id_count,
	    &page->refreshed, err);
}

/* A call whose media do not all fit waits for the next page, so that it counts once. */
static size_t
whole_calls(const struct iap_media_deep *media, size_t count, size_t asked)
{
	size_t end = count;

	if (count < asked)
		return count;
	while (end > 1 && media[end - 2].interaction_id == media[count - 1].interaction_id)
		end--;
	return end > 1 ? end - 1 : count;
}

static enum iap_status
read_page(struct deep *deep, const struct iap_rows *rows, size_t asked, struct iap_error *err)
{
	struct iap_source_pass *pass = deep->pass;
	struct page page = { .deep = deep, .media = rows->items };

	page.count = asked < PAGE ? rows->count : whole_calls(page.media, rows->count, asked);
	page.findings = iap_arena_array(deep->arena, page.count, sizeof *page.findings);
	iap_media_pool_check(deep->wish->pool, deep->arena, pass->source->name, page.media,
	    page.count, page.findings);
	judge(&page);
	/* One medium may be too much for iap-media; when nothing is answered, it is not the media. */
	if (page.verdict_count == 0)
		return iap_error_set(err, IAP_UNAVAILABLE, "%s", deep->cause);
	if (iap_tx_retry(pass->worker->db, store, &page, err) != IAP_OK)
		return err->status;
	pass->deep.media += page.count;
	pass->deep.valid += page.refreshed.valid;
	pass->deep.failed += page.refreshed.failed;
	iap_progress_update(&pass->progress, pass->deep.media, NULL);
	return IAP_OK;
}

/* Media of the list that may still be read in this run. */
static size_t
room(const struct deep *deep)
{
	uint64_t limit = deep->wish->limit, done = deep->pass->deep.media;

	return limit == 0 || limit - done > PAGE ? PAGE : (size_t)(limit - done);
}

static enum iap_status
read_list(struct deep *deep, enum iap_media_deep_list which, struct iap_error *err)
{
	struct iap_source_pass *pass = deep->pass;
	struct iap_media_deep after = { 0 };
	size_t asked;

	for (bool first = true; !iap_worker_stopping() && (asked = room(deep)) != 0; first = false) {
		uint64_t before = pass->deep.media;
		struct iap_rows rows;

		iap_arena_reset(deep->arena);
		if (iap_media_deep_list(pass->worker->db, deep->arena, which, pass->source->id,
		    deep->begun_ms, first ? NULL : &after, asked, &rows, err) != IAP_OK)
			return err->status;
		if (rows.count == 0)
			break;
		if (read_page(deep, &rows, asked, err) != IAP_OK)
			return err->status;
		/* Its numbers alone are looked at when the page's memory is gone. */
		after = ((const struct iap_media_deep *)rows.items)[pass->deep.media - before - 1];
	}
	return IAP_OK;
}

static enum iap_status
read_lists(struct deep *deep, struct iap_error *err)
{
	struct iap_source_pass *pass = deep->pass;
	uint64_t limit = deep->wish->limit, unread;

	if (iap_media_deep_count(pass->worker->db, pass->source->id, &unread, err) != IAP_OK)
		return err->status;
	iap_progress_phase(&pass->progress, "reading whole", limit != 0 ? limit : unread);
	if (deep->wish->recheck && read_list(deep, IAP_MEDIA_DEEP_FAILED, err) != IAP_OK)
		return err->status;
	if (read_list(deep, IAP_MEDIA_DEEP_NEW, err) != IAP_OK)
		return err->status;
	return limit == 0 ? IAP_OK : read_list(deep, IAP_MEDIA_DEEP_OLD, err);
}

enum iap_status
iap_deep_run(struct iap_source_pass *pass, const struct iap_deep_wish *wish,
    struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	struct deep deep = { .pass = pass, .wish = wish, .arena = arena,
		.begun_ms = iap_clock_now_ms() };
	enum iap_status status;

	/* That another worker passes over the source is no reason to wait. */
	pass->outcome = IAP_SOURCE_DONE;
	pass->message[0] = '\0';
	iap_progress_open(&pass->progress, pass->source->name);
	status = read_lists(&deep, err);
	iap_progress_close(&pass->progress);
	if (status != IAP_OK) {
		pass->outcome = IAP_SOURCE_FAILED;
		snprintf(pass->message, sizeof pass->message, "%s", err->detail);
	} else if (pass->deep.unanswered != 0) {
		pass->outcome = IAP_SOURCE_FAILED;
		snprintf(pass->message, sizeof pass->message, "%" PRIu64 " media could not be looked"
		    " into: %s", pass->deep.unanswered, deep.cause);
	} else if (iap_worker_stopping()) {
		pass->outcome = IAP_SOURCE_INTERRUPTED;
		snprintf(pass->message, sizeof pass->message, "ended by a signal");
	}
	return iap_db_ensure(pass->worker->db, err);
}
