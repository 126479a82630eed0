/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks iap-media what is in media, since this program holds no keys: by nginx,
 * with tickets (op=check), several at a time.
 */
#ifndef IAP_WORKER_MEDIA_POOL_H
#define IAP_WORKER_MEDIA_POOL_H

#include "media/state.h"
#include "model/media_deep.h"
#include "worker/worker.h"

struct iap_media_pool;

/* Reads the key of tickets. The caller closes it, also when it failed. */
IAP_MUST_CHECK enum iap_status iap_media_pool_open(const struct iap_settings *settings,
    struct iap_media_pool **out, struct iap_error *err);
void iap_media_pool_close(struct iap_media_pool **pool);

/* What came back for a medium. */
struct iap_media_finding {
	const char *cause; /* why nothing did; NULL when something did, and only then: */
	enum iap_media_state state;
	bool read;         /* to its end: what follows is known */
	uint64_t plain_size;
	unsigned char sha256[32];
	uint64_t duration_ms; /* 0: headers do not tell */
};

/* Asks about `count` media of `source` and fills one finding each; texts live in `arena`. */
void iap_media_pool_check(struct iap_media_pool *pool, struct iap_arena *arena,
    const char *source, const struct iap_media_deep *media, size_t count,
    struct iap_media_finding *findings);

#endif
