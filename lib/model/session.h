/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions: a random token in a cookie, of which only the SHA-256 is stored.
 * A session ends when it was not used for some time, at an age, when its user
 * signs out, or when its user is disabled.
 */
#ifndef IAP_MODEL_SESSION_H
#define IAP_MODEL_SESSION_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "db/stmt.h"
#include "model/viewer.h"

enum { IAP_SESSION_HASH_SIZE = 32, IAP_SESSION_CSRF_SIZE = 32 };

/* What a new session is made of. */
struct iap_session_new {
	unsigned char token_hash[IAP_SESSION_HASH_SIZE];
	unsigned char csrf[IAP_SESSION_CSRF_SIZE];
	uint64_t user_id;
	int64_t created_ms;
	const char *address;
	const char *agent; /* cut at 255 bytes */
};

/* A session in use, and whose it is. */
struct iap_session {
	unsigned char token_hash[IAP_SESSION_HASH_SIZE];
	unsigned char csrf[IAP_SESSION_CSRF_SIZE];
	int64_t created_ms;
	int64_t seen_ms;
	struct iap_viewer viewer; /* not yet resolved to scopes */
};

/* When sessions end, in ms. */
struct iap_session_limits {
	int64_t idle_ms;
	int64_t absolute_ms;
};

/* A session as administrators see it. */
struct iap_session_row {
	struct iap_bytes token_hash;
	const char *user;
	int64_t created_ms;
	int64_t seen_ms;
	const char *address;
	const char *agent;
};

/* A session that was deleted. */
struct iap_session_ended {
	struct iap_bytes token_hash;
};

IAP_MUST_CHECK enum iap_status iap_session_insert(struct iap_db *db,
    const struct iap_session_new *session, struct iap_error *err);

/*
 * The session behind `token_hash`; IAP_UNAUTHENTICATED when there is none, it
 * has ended by `limits` at `now_ms`, or its user is disabled.
 */
IAP_MUST_CHECK enum iap_status iap_session_find(struct iap_db *db, struct iap_arena *arena,
    const unsigned char token_hash[IAP_SESSION_HASH_SIZE],
    const struct iap_session_limits *limits, int64_t now_ms, struct iap_session *out,
    struct iap_error *err);

/* Notes that the session is in use; at most once a minute. */
IAP_MUST_CHECK enum iap_status iap_session_update_seen(struct iap_db *db,
    const struct iap_session *session, int64_t now_ms, struct iap_error *err);

/* Ends one session; none is no failure. */
IAP_MUST_CHECK enum iap_status iap_session_delete(struct iap_db *db,
    const unsigned char token_hash[IAP_SESSION_HASH_SIZE], struct iap_error *err);

/* Ends all sessions of a user: *ended holds struct iap_session_ended. */
IAP_MUST_CHECK enum iap_status iap_session_delete_of(struct iap_db *db, struct iap_arena *arena,
    uint64_t user_id, struct iap_rows *ended, struct iap_error *err);

/* Deletes up to 1,000 sessions that `limits` has ended. */
IAP_MUST_CHECK enum iap_status iap_session_delete_ended(struct iap_db *db,
    const struct iap_session_limits *limits, int64_t now_ms, struct iap_error *err);

/* Sessions of the user `name`, of all users when it is NULL; newest first: struct iap_session_row. */
IAP_MUST_CHECK enum iap_status iap_session_list(struct iap_db *db, struct iap_arena *arena,
    const char *name, struct iap_rows *out, struct iap_error *err);

#endif
