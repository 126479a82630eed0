/* SPDX-License-Identifier: Apache-2.0 */
/* Readings of sources: what each found. */
#ifndef IAP_MODEL_PASS_H
#define IAP_MODEL_PASS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"

/* Numbers of one pass; the words are those of `process-server --json`. */
struct iap_pass_counts {
	uint64_t seen;      /* objects listed */
	uint64_t documents; /* opened */
	uint64_t unchanged; /* documents known and not opened */
	uint64_t inserted;  /* interactions */
	uint64_t updated;
	uint64_t faults;    /* damaged documents, of this pass or known and unchanged */
	uint64_t media;     /* checked */
	uint64_t valid;     /* interactions found valid */
	uint64_t failed;    /* interactions found failed */
};

/* The words of pass.state for a pass that ended. */
#define IAP_PASS_DONE "done"
#define IAP_PASS_STOPPED "stopped"         /* the source is not what it was: a person must look */
#define IAP_PASS_FAILED "failed"
#define IAP_PASS_INTERRUPTED "interrupted" /* by a signal, or by another worker */

/*
 * Begins a pass in the name of `worker`; those of the source that seem to be
 * running still are marked as interrupted, since the source's lease is ours.
 */
IAP_MUST_CHECK enum iap_status iap_pass_begin(struct iap_db *db, uint64_t source_id,
    const char *worker, uint64_t *pass_id_out, struct iap_error *err);

/* Whether the last pass of the source before `pass_id` went to its end. */
IAP_MUST_CHECK enum iap_status iap_pass_check_last(struct iap_db *db, uint64_t source_id,
    uint64_t pass_id, bool *done_out, struct iap_error *err);

/* Stores the numbers so far. */
IAP_MUST_CHECK enum iap_status iap_pass_update(struct iap_db *db, uint64_t pass_id,
    const struct iap_pass_counts *counts, struct iap_error *err);

/* Ends a pass with one of the words above; `message` is "" or says why. */
IAP_MUST_CHECK enum iap_status iap_pass_end(struct iap_db *db, uint64_t pass_id,
    const struct iap_pass_counts *counts, const char *state, const char *message,
    struct iap_error *err);

#endif
