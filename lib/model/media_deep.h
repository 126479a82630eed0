/* SPDX-License-Identifier: Apache-2.0 */
/* Media that are read to their end, and what was found so. */
#ifndef IAP_MODEL_MEDIA_DEEP_H
#define IAP_MODEL_MEDIA_DEEP_H

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "db/stmt.h"

/* A medium to be read. */
struct iap_media_deep {
	uint64_t interaction_id;
	unsigned int n;
	const char *type;
	struct iap_bytes object_key;
	struct iap_maybe_i64 size;
	struct iap_maybe_i64 duration_ms; /* as the document says */
	const char *envelope;             /* none, detached, whole */
	struct iap_bytes cms;
	const char *state;
	struct iap_bytes sha256;          /* of the object, when it was read last; or none */
	struct iap_maybe_i64 deep_ms;     /* when that was */
};

enum iap_media_deep_list {
	IAP_MEDIA_DEEP_NEW,    /* good and never read, the newest call first */
	IAP_MEDIA_DEEP_OLD,    /* good and read before, the longest ago first */
	IAP_MEDIA_DEEP_FAILED, /* not good, and there is an object */
	IAP_MEDIA_DEEP_COUNT
};

/*
 * At most `limit` media of a source that were not read since `begun_ms`, behind
 * `after` (NULL: from the first on): struct iap_media_deep.
 */
IAP_MUST_CHECK enum iap_status iap_media_deep_list(struct iap_db *db, struct iap_arena *arena,
    enum iap_media_deep_list which, uint64_t source_id, int64_t begun_ms,
    const struct iap_media_deep *after, size_t limit, struct iap_rows *out,
    struct iap_error *err);

/* How many media of a source were never read, whatever their state. */
IAP_MUST_CHECK enum iap_status iap_media_deep_count(struct iap_db *db, uint64_t source_id,
    uint64_t *out, struct iap_error *err);

/* What was found. */
struct iap_media_deep_verdict {
	const char *state;
	struct iap_maybe_i64 plain_size; /* not set: what is known stays; likewise these two */
	struct iap_bytes sha256;
	struct iap_maybe_i64 deep_ms;    /* set when it was read */
	int64_t checked_ms;
	uint64_t interaction_id;
	unsigned int n;
	const char *was;                 /* the state it had ... */
	struct iap_bytes object_key;     /* ... and its object: only then is this true of it */
};

/* Stores verdicts; a medium that became another meanwhile keeps what it has. */
IAP_MUST_CHECK enum iap_status iap_media_deep_save(struct iap_db *db,
    const struct iap_media_deep_verdict *verdicts, size_t count, struct iap_error *err);

#endif
