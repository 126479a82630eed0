/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What iap-media found on playing: files REPORTS/INTERACTION-N-STATE, which it
 * leaves and this program takes in and removes.
 */
#ifndef IAP_WORKER_REPORT_H
#define IAP_WORKER_REPORT_H

#include "worker/worker.h"

/* Takes in all reports there are; a folder that is not there has none. */
IAP_MUST_CHECK enum iap_status iap_report_read(struct iap_worker *worker, struct iap_error *err);

#endif
