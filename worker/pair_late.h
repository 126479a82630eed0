/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Media whose file was not beside their document, or whose name alone left a
 * doubt: looked for again when every document of the source has been read.
 */
#ifndef IAP_WORKER_PAIR_LATE_H
#define IAP_WORKER_PAIR_LATE_H

#include "worker/worker.h"

IAP_MUST_CHECK enum iap_status iap_pair_late(struct iap_source_pass *pass,
    struct iap_error *err);

#endif
