/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Media from the worker's side: which have no object yet, which are to be
 * judged, and what was found; and the interactions' state that follows.
 */
#ifndef IAP_MODEL_MEDIA_CHECK_H
#define IAP_MODEL_MEDIA_CHECK_H

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "db/stmt.h"

/* A medium to be paired or judged. */
struct iap_media_check {
	uint64_t interaction_id;
	unsigned int n;
	const char *recording_id;
	const char *kind;
	const char *names;        /* one a line */
	const char *document_key;
	bool sole;
	const char *object_key;   /* NULL: not found yet */
	struct iap_maybe_i64 size;
	bool encrypted;
	const char *envelope;
	const char *state;
	bool deep;                /* the state was found by reading it whole */
};

/* Which media a list is of. */
enum iap_media_list {
	IAP_MEDIA_UNPAIRED,  /* without an object */
	IAP_MEDIA_UNCHECKED, /* not judged yet */
	IAP_MEDIA_FAILED,    /* judged, and not good */
	IAP_MEDIA_LIST_COUNT
};

/*
 * At most `limit` media of a source, by interaction and position, behind
 * `after` (NULL: from the first on): struct iap_media_check.
 */
IAP_MUST_CHECK enum iap_status iap_media_check_list(struct iap_db *db, struct iap_arena *arena,
    enum iap_media_list which, uint64_t source_id, const struct iap_media_check *after,
    size_t limit, struct iap_rows *out, struct iap_error *err);

/* The object of a medium, found late. */
struct iap_media_pair {
	const char *object_key;
	struct iap_bytes key_hash;
	struct iap_maybe_i64 size;
	uint64_t interaction_id;
	unsigned int n;
};

/* Stores pairs; the media are to be judged again. */
IAP_MUST_CHECK enum iap_status iap_media_pair_save(struct iap_db *db,
    const struct iap_media_pair *pairs, size_t count, struct iap_error *err);

/* What was found about a medium. */
struct iap_media_verdict {
	const char *state;
	struct iap_maybe_i64 size;
	struct iap_maybe_i64 plain_size;
	bool encrypted;
	const char *envelope;
	int64_t checked_ms;
	uint64_t interaction_id;
	unsigned int n;
};

IAP_MUST_CHECK enum iap_status iap_media_verdict_save(struct iap_db *db,
    const struct iap_media_verdict *verdicts, size_t count, struct iap_error *err);

/* An object that changed, came or went. */
struct iap_media_change {
	struct iap_maybe_i64 size; /* now; not set: gone */
	uint64_t source_id;
	struct iap_bytes key_hash;
};

/* The media that these objects are must be judged again. */
IAP_MUST_CHECK enum iap_status iap_media_change_save(struct iap_db *db,
    const struct iap_media_change *changes, size_t count, struct iap_error *err);

/* The media of a source that the storage refused are to be judged again. */
IAP_MUST_CHECK enum iap_status iap_media_retry_unreadable(struct iap_db *db, uint64_t source_id,
    struct iap_error *err);

/* A medium of an interaction. */
struct iap_media_id {
	uint64_t interaction_id;
	unsigned int n;
};

/* Those media of these interactions for which there is a key: struct iap_media_id, in order. */
IAP_MUST_CHECK enum iap_status iap_media_with_key(struct iap_db *db, struct iap_arena *arena,
    const uint64_t *interaction_ids, size_t count, struct iap_rows *out, struct iap_error *err);

/* Recipients of a medium that were found in its own bytes. */
IAP_MUST_CHECK enum iap_status iap_media_recipient_save(struct iap_db *db,
    const struct iap_media_id *medium, const uint64_t *recipient_ids, size_t count,
    struct iap_error *err);

/*
 * Whether a recording other than `recording_id` has a medium with a name of
 * this form, in a document that lies in `folder` (NULL: anywhere).
 */
IAP_MUST_CHECK enum iap_status iap_media_named_elsewhere(struct iap_db *db, uint64_t source_id,
    const char *folder, const char *form, const char *recording_id, bool *out,
    struct iap_error *err);

struct iap_refreshed {
	uint64_t valid;
	uint64_t failed;
};

/*
 * Makes state, flags and `encrypted` of these interactions what their media
 * say, and counts them.
 */
IAP_MUST_CHECK enum iap_status iap_interaction_refresh(struct iap_db *db,
    struct iap_arena *arena, const uint64_t *ids, size_t count, struct iap_refreshed *out,
    struct iap_error *err);

/*
 * A medium's state as it was found on playing: "wrong_key", "damaged" or "ok".
 * "ok" only takes back those two. Refreshes the interaction.
 */
IAP_MUST_CHECK enum iap_status iap_media_report(struct iap_db *db, uint64_t interaction_id,
    uint64_t n, const char *state, struct iap_error *err);

/*
 * Media that had no key and have one now become ok, with their interactions,
 * whose number is *count_out. To be called after iap_key_inventory_save().
 */
IAP_MUST_CHECK enum iap_status iap_media_key_arrived(struct iap_db *db, uint64_t *count_out,
    struct iap_error *err);

#endif
