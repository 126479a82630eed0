/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that were catalogued and are there no more. */
#ifndef IAP_WORKER_VANISHED_H
#define IAP_WORKER_VANISHED_H

#include "worker/worker.h"

/*
 * After a whole walk. IAP_CORRUPT, with a sentence for the administrator, when
 * so much is gone that the source is hardly what it was. Otherwise takes what
 * is gone out of the catalogue, and has its media judged again; interactions
 * are never removed.
 */
IAP_MUST_CHECK enum iap_status iap_vanished_check(struct iap_source_pass *pass,
    struct iap_error *err);

#endif
