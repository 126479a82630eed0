/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a pass found and has not stored yet. One batch is one transaction:
 * interactions, the catalogue rows of the documents they came from, and
 * faults are stored together or not at all, so that a worker that is killed
 * has lost nothing that another pass will not find again.
 */
#ifndef IAP_WORKER_BATCH_H
#define IAP_WORKER_BATCH_H

#include "model/draft.h"
#include "model/fault.h"
#include "model/media_check.h"
#include "model/object.h"
#include "worker/worker.h"

struct iap_batch;

/* An empty batch of the pass; the caller closes it, which drops what was not committed. */
struct iap_batch *iap_batch_open(struct iap_source_pass *pass);
void iap_batch_close(struct iap_batch **batch);

/* Memory that lives until the next commit. */
struct iap_arena *iap_batch_arena(struct iap_batch *batch);

/* What is added points into the batch's own arena, or to what lives longer. */
void iap_batch_add_draft(struct iap_batch *batch, const struct iap_draft *draft);
void iap_batch_add_object(struct iap_batch *batch, const struct iap_catalogued *object);
void iap_batch_add_change(struct iap_batch *batch, const struct iap_media_change *change);

/* A fault of the object `key`; `detail` is copied. */
void iap_batch_add_fault(struct iap_batch *batch, const char *key, const char *cause,
    const char *detail);

/* The object of this key was read well: its faults are over. */
void iap_batch_add_end(struct iap_batch *batch, const char *key);

/* Whether it is time to commit. */
bool iap_batch_is_full(const struct iap_batch *batch);

/*
 * Stores everything, counts it in the pass, renews the lease, and empties the
 * batch. IAP_CONFLICT when another worker took the source over.
 */
IAP_MUST_CHECK enum iap_status iap_batch_commit(struct iap_batch *batch, struct iap_error *err);

#endif
