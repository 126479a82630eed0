/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing in with a name and a password of IAP's own. Whoever knocks learns
 * nothing of which names there are: unknown, disabled and passwordless
 * accounts cost the same hash and give the same answer.
 */
#ifndef IAP_AUTH_SIGNIN_H
#define IAP_AUTH_SIGNIN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "model/session.h"

enum {
	IAP_SIGNIN_SLOTS = 2,                    /* hashes at a time, on the whole machine */
	IAP_SIGNIN_WINDOW_MS = 15 * 60 * 1000,
	IAP_SIGNIN_PAIR_MAX = 10,                /* refused, of one account from one address */
	IAP_SIGNIN_ADDRESS_MAX = 100             /* refused, of all accounts from one address */
};

struct iap_signin {
	const char *name;
	const char *password;
	const char *address;
	const char *agent;      /* of the browser; NULL: not said */
	const char *request_id;
	const char *ended;      /* folder of ended sessions; the slots are there too */
	const struct iap_session_limits *limits; /* sessions beyond them are swept away */
	const unsigned char *replaces; /* token hash of the session before; NULL: none */
};

struct iap_signin_done {
	const char *token;     /* for the cookie */
	unsigned char token_hash[IAP_SESSION_HASH_SIZE];
	int64_t retry_after_s; /* with IAP_TOO_MANY */
};

/*
 * Checks the password and begins a session in place of the one before.
 * IAP_UNAUTHENTICATED when name or password is wrong, IAP_TOO_MANY when there
 * were too many wrong ones, or all slots are taken. Each outcome is in the audit.
 */
IAP_MUST_CHECK enum iap_status iap_signin_begin(struct iap_db *db, struct iap_arena *arena,
    const struct iap_signin *signin, struct iap_signin_done *out, struct iap_error *err);

#endif
