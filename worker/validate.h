/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judges media without playing them: is there an object, does the storage
 * give it, is anything left after decryption, is there a key. The words are
 * those of the interface.
 */
#ifndef IAP_WORKER_VALIDATE_H
#define IAP_WORKER_VALIDATE_H

#include "model/media_check.h"
#include "worker/worker.h"

/* Judges all media of a list of the source and counts them in the pass. */
IAP_MUST_CHECK enum iap_status iap_validate(struct iap_source_pass *pass,
    enum iap_media_list which, struct iap_error *err);

#endif
