/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads media to their end (iap-media does) and judges what is in them: does
 * the key open it, is it whole, is anything to be heard, are the stored bytes
 * those of the last time. No lease is held: a pass over the source goes on
 * meanwhile, and two that do this at once store the same.
 */
#ifndef IAP_WORKER_DEEP_H
#define IAP_WORKER_DEEP_H

#include "worker/media_pool.h"
#include "worker/worker.h"

struct iap_deep_wish {
	struct iap_media_pool *pool;
	bool recheck;   /* those that were found failed, too */
	uint64_t limit; /* media of each source at most, then also such as were read before; 0: none */
};

/* Does it for the source of `pass`; what became of it is in pass->deep, outcome and message. */
IAP_MUST_CHECK enum iap_status iap_deep_run(struct iap_source_pass *pass,
    const struct iap_deep_wish *wish, struct iap_error *err);

#endif
