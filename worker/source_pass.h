/* SPDX-License-Identifier: Apache-2.0 */
/* One source from the claim to the last count. */
#ifndef IAP_WORKER_SOURCE_PASS_H
#define IAP_WORKER_SOURCE_PASS_H

#include "worker/worker.h"

/* What is to be done with a source. */
enum iap_source_work {
	IAP_WORK_PASS,     /* read what is new, pair, judge */
	IAP_WORK_VALIDATE, /* judge what was not judged yet */
	IAP_WORK_RECHECK,  /* and what was found failed */
};

/*
 * Does it; what became of it is in pass->outcome, counts and message. The
 * status is IAP_OK unless the database is gone: then there is no point in
 * trying the next source.
 */
IAP_MUST_CHECK enum iap_status iap_source_pass_run(struct iap_worker *worker,
    const struct iap_source *source, enum iap_source_work work, struct iap_source_pass *pass,
    struct iap_error *err);

#endif
