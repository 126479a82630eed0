/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords of local accounts, kept as Argon2id (RFC 9106) texts. */
#ifndef IAP_CRYPTO_PASSWORD_H
#define IAP_CRYPTO_PASSWORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

/* Longer passwords are refused, so that nobody buys hashing time by length. */
enum { IAP_PASSWORD_MAX = 1024 };

/* What one guess costs. */
struct iap_password_cost {
	uint64_t memory;     /* bytes */
	unsigned int passes;
};

/* 64 MiB and 3 passes, RFC 9106's second choice with one lane. */
extern const struct iap_password_cost iap_password_cost;

/*
 * The text "$argon2id$v=19$m=...,t=...,p=1$salt$hash" of a password, at most
 * 127 characters. IAP_INVALID when it is empty or too long, IAP_UNAVAILABLE
 * when there is no memory for it.
 */
IAP_MUST_CHECK enum iap_status iap_password_format(struct iap_arena *arena,
    const char *password, const struct iap_password_cost *cost, const char **text_out,
    struct iap_error *err);

/* Whether `password` is the one behind `text`; false for a text that is not Argon2id. */
bool iap_password_check(const char *password, const char *text);

/* Whether `text` was made at another cost and should be made anew at the next sign-in. */
bool iap_password_is_stale(const char *text, const struct iap_password_cost *cost);

#endif
