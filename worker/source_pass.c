/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/source_pass.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "conf/source.h"
#include "model/lease.h"
#include "model/media_check.h"
#include "model/object.h"
#include "worker/pair_late.h"
#include "worker/validate.h"
#include "worker/vanished.h"
#include "worker/walk.h"

enum { BEAT_MS = 5000 };

#define ARENA_LIMIT ((size_t)256 << 20)

enum iap_status
iap_source_pass_beat(struct iap_source_pass *pass, struct iap_error *err)
{
	struct iap_worker *worker = pass->worker;
	int64_t now = iap_clock_ticks_ms();

	if (pass->renewed_ms != 0 && now - pass->renewed_ms < BEAT_MS)
		return IAP_OK;
	pass->renewed_ms = now;
	if (iap_lease_renew(worker->db, pass->source->id, worker->owner, err) != IAP_OK)
		return err->status;
	return pass->pass_id == 0 ? IAP_OK :
	    iap_pass_update(worker->db, pass->pass_id, &pass->counts, err);
}

static enum iap_status
open_storage(struct iap_source_pass *pass, struct iap_error *err)
{
	const char *folder = pass->worker->settings.media_sources;
	struct iap_storage_conf storage;
	struct iap_source_conf conf;

	if (iap_source_conf_load(pass->arena, folder, pass->source->name, &conf, err) != IAP_OK)
		return err->status;
	storage = iap_storage_conf_of(&conf);
	if (iap_storage_open(&storage, &pass->storage, err) != IAP_OK)
		return err->status;
	return iap_division_rule_parse(pass->arena, pass->source->division_rule, &pass->rule, err);
}

/* What comes after every document has been read. */
static enum iap_status
settle(struct iap_source_pass *pass, struct iap_error *err)
{
	struct iap_db *db = pass->worker->db;
	bool settled;

	if (iap_vanished_check(pass, err) != IAP_OK ||
	    iap_pass_check_last(db, pass->source->id, pass->pass_id, &settled, err) != IAP_OK)
		return err->status;
	/* With nothing new since a whole pass, what was not found then is not found now. */
	if ((!settled || pass->found_new) && iap_pair_late(pass, err) != IAP_OK)
		return err->status;
	if (iap_media_retry_unreadable(db, pass->source->id, err) != IAP_OK)
		return err->status;
	return iap_validate(pass, IAP_MEDIA_UNCHECKED, err);
}

static enum iap_status
do_pass(struct iap_source_pass *pass, struct iap_error *err)
{
	struct iap_worker *worker = pass->worker;

	if (iap_pass_begin(worker->db, pass->source->id, worker->owner, &pass->pass_id, err) != IAP_OK ||
	    iap_object_count(worker->db, pass->source->id, &pass->known, err) != IAP_OK ||
	    open_storage(pass, err) != IAP_OK || iap_walk(pass, err) != IAP_OK)
		return err->status;
	return iap_worker_stopping() ? IAP_OK : settle(pass, err);
}

static enum iap_status
do_validate(struct iap_source_pass *pass, enum iap_source_work work, struct iap_error *err)
{
	if (open_storage(pass, err) != IAP_OK || iap_validate(pass, IAP_MEDIA_UNCHECKED, err) != IAP_OK)
		return err->status;
	return work == IAP_WORK_RECHECK ? iap_validate(pass, IAP_MEDIA_FAILED, err) : IAP_OK;
}

/* What a failure means for the source. */
static void
judge_failure(struct iap_source_pass *pass, const struct iap_error *err)
{
	snprintf(pass->message, sizeof pass->message, "%s", err->detail);
	if (err->status == IAP_CONFLICT)
		pass->outcome = IAP_SOURCE_INTERRUPTED;
	else if (err->status == IAP_CORRUPT || pass->storage == NULL)
		pass->outcome = IAP_SOURCE_STOPPED;
	else
		pass->outcome = IAP_SOURCE_FAILED;
}

static const char *
word_of(enum iap_source_outcome outcome)
{
	switch (outcome) {
	case IAP_SOURCE_STOPPED:
		return IAP_PASS_STOPPED;
	case IAP_SOURCE_FAILED:
		return IAP_PASS_FAILED;
	case IAP_SOURCE_INTERRUPTED:
		return IAP_PASS_INTERRUPTED;
	default:
		return IAP_PASS_DONE;
	}
}

/* Stores how it ended; a database that is gone is told of by the status. */
static enum iap_status
finish(struct iap_source_pass *pass, struct iap_error *err)
{
	struct iap_worker *worker = pass->worker;

	if (iap_db_ensure(worker->db, err) != IAP_OK)
		return err->status;
	if (pass->pass_id != 0 && iap_pass_end(worker->db, pass->pass_id, &pass->counts,
	    word_of(pass->outcome), pass->message, err) != IAP_OK)
		return err->status;
	return iap_lease_end(worker->db, pass->source->id, worker->owner, err);
}

enum iap_status
iap_source_pass_run(struct iap_worker *worker, const struct iap_source *source,
    enum iap_source_work work, struct iap_source_pass *pass, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	enum iap_status status;

	*pass = (struct iap_source_pass){ .worker = worker, .source = source, .arena = arena };
	status = iap_lease_begin(worker->db, source->id, worker->owner, err);
	if (status != IAP_OK) {
		snprintf(pass->message, sizeof pass->message, "%s", err->detail);
		pass->outcome = status == IAP_CONFLICT ? IAP_SOURCE_SKIPPED : IAP_SOURCE_FAILED;
		return status == IAP_CONFLICT ? IAP_OK : status;
	}
	iap_progress_open(&pass->progress, source->name);
	status = work == IAP_WORK_PASS ? do_pass(pass, err) : do_validate(pass, work, err);
	iap_progress_close(&pass->progress);
	if (status != IAP_OK) {
		judge_failure(pass, err);
	} else if (iap_worker_stopping()) {
		pass->outcome = IAP_SOURCE_INTERRUPTED;
		snprintf(pass->message, sizeof pass->message, "ended by a signal");
	}
	iap_storage_close(&pass->storage);
	status = finish(pass, err);
	pass->arena = NULL;
	return status;
}
