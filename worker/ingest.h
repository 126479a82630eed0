/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders of a source into the database: only new and changed documents are
 * opened; everything listed is catalogued.
 */
#ifndef IAP_WORKER_INGEST_H
#define IAP_WORKER_INGEST_H

#include "worker/folder.h"
#include "worker/worker.h"

struct iap_ingest;

/* Begins for a pass; the caller closes it. */
struct iap_ingest *iap_ingest_open(struct iap_source_pass *pass);
void iap_ingest_close(struct iap_ingest **ingest);

/* Reads what is new in these folders; they need not outlive the call. */
IAP_MUST_CHECK enum iap_status iap_ingest_folders(struct iap_ingest *ingest,
    struct iap_arena *arena, struct iap_folder *folders, size_t count, struct iap_error *err);

/* Stores that a folder cannot be listed. */
void iap_ingest_fault(struct iap_ingest *ingest, const char *key, const char *cause,
    const char *detail);

/* A zip that is to be read. */
struct iap_ingest_zip {
	const char *key;
	uint64_t size;
	int64_t mtime_ns;
	bool ending; /* what is damaged now is a fault */
	struct iap_ingest_zip *next;
};

/* The next zip of the folders that were read; NULL when there is none. Lives until it is ended. */
struct iap_ingest_zip *iap_ingest_next_zip(struct iap_ingest *ingest);

/* The same of those that seemed to be written when they were met; waits for them. */
struct iap_ingest_zip *iap_ingest_next_late_zip(struct iap_ingest *ingest);

/* The reading of one zip. */
struct iap_ingest_zip_work {
	const struct iap_ingest_zip *zip;
	bool postponed; /* or refused: nothing more is to be done with it now */
	bool enter;     /* its folders are to be read: "KEY/" is the first */
	struct iap_pass_counts before;
};

/*
 * Opens a zip: what is wrong with it becomes faults. Its folders are then read
 * like others, and what came of it is stored by the end.
 */
IAP_MUST_CHECK enum iap_status iap_ingest_begin_zip(struct iap_ingest *ingest,
    const struct iap_ingest_zip *zip, struct iap_ingest_zip_work *work, struct iap_error *err);
IAP_MUST_CHECK enum iap_status iap_ingest_end_zip(struct iap_ingest *ingest,
    const struct iap_ingest_zip_work *work, struct iap_error *err);

/*
 * At the end of the walk: looks again at documents that were being written
 * when they were met, and stores the rest.
 */
IAP_MUST_CHECK enum iap_status iap_ingest_end(struct iap_ingest *ingest, struct iap_error *err);

#endif
