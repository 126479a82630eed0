/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refused sign-ins, for the rate limit. They count for the pair of account
 * and address, so that nobody can lock somebody out from elsewhere, and for
 * the address alone.
 */
#ifndef IAP_MODEL_SIGNIN_ATTEMPT_H
#define IAP_MODEL_SIGNIN_ATTEMPT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "db/stmt.h"

struct iap_signin_attempts {
	uint64_t of_pair;
	uint64_t of_address;
	int64_t oldest_of_pair_ms;    /* INT64_MAX when there is none */
	int64_t oldest_of_address_ms;
};

/* How many there were after `since_ms`. `account` is cut at 191 bytes. */
IAP_MUST_CHECK enum iap_status iap_signin_attempt_count(struct iap_db *db,
    struct iap_arena *arena, const char *account, const char *address, int64_t since_ms,
    struct iap_signin_attempts *out, struct iap_error *err);

/* Notes one, and forgets some of those before `forget_ms`. */
IAP_MUST_CHECK enum iap_status iap_signin_attempt_insert(struct iap_db *db, const char *account,
    const char *address, int64_t now_ms, int64_t forget_ms, struct iap_error *err);

/* Forgets those of this account from this address: it has proved itself. */
IAP_MUST_CHECK enum iap_status iap_signin_attempt_delete(struct iap_db *db, const char *account,
    const char *address, struct iap_error *err);

#endif
