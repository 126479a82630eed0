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

/*
 * At the end of the walk: looks again at documents that were being written
 * when they were met, and stores the rest.
 */
IAP_MUST_CHECK enum iap_status iap_ingest_end(struct iap_ingest *ingest, struct iap_error *err);

#endif
