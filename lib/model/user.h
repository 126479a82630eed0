/* SPDX-License-Identifier: Apache-2.0 */
/* People who may sign in, and what limits each of them to. */
#ifndef IAP_MODEL_USER_H
#define IAP_MODEL_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "db/stmt.h"

/* The issuer of accounts that IAP itself keeps. */
#define IAP_USER_LOCAL "local"

/* A user as administrators see them; never the password. */
struct iap_user {
	uint64_t id;
	const char *issuer;
	const char *subject;
	const char *name;
	const char *mail;
	const char *role;
	bool all_regions;
	bool all_divisions;
	const char *regions;   /* one a line, sorted; NULL: none */
	const char *divisions; /* likewise */
	bool has_password;
	int64_t created_ms;
	struct iap_maybe_i64 disabled_ms;
	struct iap_maybe_i64 last_signin_ms;
};

/* A local account to be made. */
struct iap_user_new {
	const char *name; /* 1 to 191 bytes; typed at sign-in */
	const char *mail; /* NULL: none */
	const char *role;
	bool all_regions;
	bool all_divisions;
	const char *const *regions;
	size_t region_count;
	const char *const *divisions; /* paths; slashes at their end are dropped */
	size_t division_count;
	const char *password_hash; /* by iap_password_format() */
	int64_t created_ms;
};

/* What signing in needs of an account. */
struct iap_user_secret {
	uint64_t id;
	const char *issuer;
	const char *subject;
	const char *password_hash; /* NULL: this account has no password */
	bool disabled;
};

/*
 * Makes a local account. IAP_INVALID names what is wrong (an unknown role, an
 * empty name, region or division), IAP_CONFLICT when the name is taken.
 */
IAP_MUST_CHECK enum iap_status iap_user_insert(struct iap_db *db, struct iap_arena *arena,
    const struct iap_user_new *user, struct iap_error *err);

/* All users, by issuer and name: *out holds struct iap_user. */
IAP_MUST_CHECK enum iap_status iap_user_list(struct iap_db *db, struct iap_arena *arena,
    struct iap_rows *out, struct iap_error *err);

/* The local account `name`, disabled or not; IAP_NOT_FOUND. */
IAP_MUST_CHECK enum iap_status iap_user_secret_find(struct iap_db *db, struct iap_arena *arena,
    const char *name, struct iap_user_secret *out, struct iap_error *err);

/*
 * Forbids the local account `name` to sign in, and deletes its sessions:
 * *ended holds struct iap_session_ended, to be given to iap_ended_save().
 * IAP_NOT_FOUND; a second time changes nothing but ends sessions again.
 */
IAP_MUST_CHECK enum iap_status iap_user_disable(struct iap_db *db, struct iap_arena *arena,
    const char *name, int64_t now_ms, struct iap_rows *ended, struct iap_error *err);

/* Notes a sign-in. */
IAP_MUST_CHECK enum iap_status iap_user_update_signin(struct iap_db *db, uint64_t user_id,
    int64_t now_ms, struct iap_error *err);

/* Keeps a password's hash that was made anew at today's cost. */
IAP_MUST_CHECK enum iap_status iap_user_update_password(struct iap_db *db, uint64_t user_id,
    const char *password_hash, struct iap_error *err);

#endif
