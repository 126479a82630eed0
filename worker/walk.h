/* SPDX-License-Identifier: Apache-2.0 */
/* Through all folders of a source, in order of their keys. */
#ifndef IAP_WORKER_WALK_H
#define IAP_WORKER_WALK_H

#include "worker/worker.h"

/*
 * Lists every folder and reads what is new. Ends early, with IAP_OK, when the
 * program is to stop. IAP_UNAVAILABLE when the storage or the database is.
 */
IAP_MUST_CHECK enum iap_status iap_walk(struct iap_source_pass *pass, struct iap_error *err);

#endif
