/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of ingest share; for worker/ingest*.c only. */
#ifndef IAP_WORKER_INGEST_PARTS_H
#define IAP_WORKER_INGEST_PARTS_H

#include "worker/batch.h"
#include "worker/ingest.h"

/*
 * A damaged document that changed so lately may be half of one that is being
 * written: it is looked at again when it has been still for a while.
 */
enum { IAP_FRESH_MS = 5000, IAP_STILL_MS = 2000 };

/*
 * New documents are read many at a time, for a disk or an object store answers
 * many questions in the time of one; bounded in number and bytes.
 */
enum { IAP_AHEAD_MAX = 256 };

/* Zips that were met and have not been read yet. */
struct iap_ingest_zips {
	struct iap_arena *arena; /* they live in */
	struct iap_ingest_zip *first;
	struct iap_ingest_zip **end;
	bool unread; /* the storage refused an entry of the one that is read now: it is read again */
	struct iap_ingest_zip *late; /* being written, it seems; in the arena of the pass */
};

/* A document to look at again. */
struct iap_ingest_late {
	const char *folder;
	const char *key;
	uint64_t size;
	int64_t mtime_ns;
	struct iap_ingest_late *next;
};

struct iap_ingest {
	struct iap_source_pass *pass;
	struct iap_batch *batch;
	struct iap_arena *document_arena; /* of the document that is read now */
	struct iap_arena *ahead_arena;    /* of those read ahead */
	struct iap_storage_load ahead[IAP_AHEAD_MAX];
	size_t ahead_count, ahead_at;     /* documents come in the order they were read ahead */
	struct iap_ingest_late *late;
	struct iap_ingest_late **late_end;
	bool ending; /* what is damaged now is a fault */
	struct iap_ingest_zips zips;
};

bool iap_ingest_is_fresh(int64_t mtime_ns);

/* Waits until what has changed lately has been still for long enough to be what it is. */
void iap_ingest_wait(int64_t mtime_ns);

/* An object that is a zip: `known` is its row of the catalogue, or NULL. */
IAP_MUST_CHECK enum iap_status iap_ingest_see_zip(struct iap_ingest *ingest,
    const struct iap_folder_object *object, bool unchanged, struct iap_error *err);

#endif
