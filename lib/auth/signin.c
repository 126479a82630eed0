/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/signin.h"

#include <string.h>

#include "auth/ended.h"
#include "auth/slot.h"
#include "auth/token.h"
#include "base/clock.h"
#include "base/file.h"
#include "crypto/hash.h"
#include "crypto/password.h"
#include "db/tx.h"
#include "model/audit.h"
#include "model/signin_attempt.h"
#include "model/user.h"

/*
 * Hashed against when there is no account to hash against, at today's cost.
 * Nobody knows a password for it: the hash is of no input at all.
 */
static const char nobody[] = "$argon2id$v=19$m=65536,t=3,p=1$"
    "c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

static enum iap_status
save_audit(struct iap_db *db, const struct iap_signin *signin, const struct iap_user_secret *user,
    enum iap_audit_result result, const char *detail, const unsigned char *session,
    struct iap_error *err)
{
	const struct iap_audit row = {
		.at_ms = iap_clock_now_ms(),
		.user_id = user != NULL ? user->id : 0,
		.actor = signin->name,
		.session = session,
		.address = signin->address,
		.request_id = signin->request_id,
		.action = "signin",
		.object_type = "",
		.object_id = "",
		.result = result,
		.detail = detail,
	};

	return iap_audit_insert(db, &row, err);
}

/* Seconds until the oldest of the attempts that fill a window leaves it. */
static int64_t
seconds_left(int64_t oldest_ms, int64_t now_ms)
{
	int64_t left_ms = oldest_ms + IAP_SIGNIN_WINDOW_MS - now_ms;

	return left_ms > 1000 ? (left_ms + 999) / 1000 : 1;
}

static enum iap_status
check_limit(struct iap_db *db, struct iap_arena *arena, const struct iap_signin *signin,
    struct iap_signin_done *out, struct iap_error *err)
{
	int64_t now_ms = iap_clock_now_ms();
	struct iap_signin_attempts attempts;

	if (iap_signin_attempt_count(db, arena, signin->name, signin->address,
	    now_ms - IAP_SIGNIN_WINDOW_MS, &attempts, err) != IAP_OK)
		return err->status;
	if (attempts.of_pair >= IAP_SIGNIN_PAIR_MAX)
		out->retry_after_s = seconds_left(attempts.oldest_of_pair_ms, now_ms);
	else if (attempts.of_address >= IAP_SIGNIN_ADDRESS_MAX)
		out->retry_after_s = seconds_left(attempts.oldest_of_address_ms, now_ms);
	else
		return IAP_OK;
	return iap_error_set(err, IAP_TOO_MANY, "too many wrong passwords");
}

static enum iap_status
refuse(struct iap_db *db, const struct iap_signin *signin, const struct iap_user_secret *user,
    struct iap_error *err)
{
	int64_t now_ms = iap_clock_now_ms();

	if (iap_signin_attempt_insert(db, signin->name, signin->address, now_ms,
	    now_ms - IAP_SIGNIN_WINDOW_MS, err) != IAP_OK ||
	    save_audit(db, signin, user, IAP_AUDIT_DENIED, "{\"reason\":\"name or password\"}",
	    NULL, err) != IAP_OK)
		return err->status;
	return iap_error_set(err, IAP_UNAUTHENTICATED, "name or password is wrong");
}

/* An account's cost that is not today's is brought up to it while the password is at hand. */
static enum iap_status
renew_password(struct iap_db *db, struct iap_arena *arena, const struct iap_signin *signin,
    const struct iap_user_secret *user, struct iap_error *err)
{
	const char *text;

	if (!iap_password_is_stale(user->password_hash, &iap_password_cost))
		return IAP_OK;
	if (iap_password_format(arena, signin->password, &iap_password_cost, &text, err) != IAP_OK)
		return err->status;
	return iap_user_update_password(db, user->id, text, err);
}

static enum iap_status
begin_session(struct iap_db *db, struct iap_arena *arena, const struct iap_signin *signin,
    const struct iap_user_secret *user, struct iap_signin_done *out, struct iap_error *err)
{
	IAP_CLEANUP(iap_tx_end) struct iap_tx *tx = NULL;
	struct iap_session_new session = {
		.user_id = user->id,
		.created_ms = iap_clock_now_ms(),
		.address = signin->address,
		.agent = signin->agent,
	};

	out->token = iap_token_new(arena, session.token_hash);
	memcpy(out->token_hash, session.token_hash, sizeof out->token_hash);
	iap_random_fill(session.csrf, sizeof session.csrf);
	if (iap_session_delete_ended(db, signin->limits, session.created_ms, err) != IAP_OK ||
	    iap_tx_begin(db, &tx, err) != IAP_OK)
		return err->status;
	if (signin->replaces != NULL &&
	    iap_session_delete(db, signin->replaces, err) != IAP_OK)
		return err->status;
	if (iap_session_insert(db, &session, err) != IAP_OK ||
	    iap_user_update_signin(db, user->id, session.created_ms, err) != IAP_OK ||
	    iap_signin_attempt_delete(db, signin->name, signin->address, err) != IAP_OK ||
	    save_audit(db, signin, user, IAP_AUDIT_OK, "{}", session.token_hash, err) != IAP_OK)
		return err->status;
	return iap_tx_commit(&tx, err);
}

static enum iap_status
check_password(struct iap_db *db, struct iap_arena *arena, const struct iap_signin *signin,
    struct iap_signin_done *out, struct iap_error *err)
{
	struct iap_user_secret user = { 0 };
	bool known, right;

	if (iap_user_secret_find(db, arena, signin->name, &user, err) != IAP_OK &&
	    err->status != IAP_NOT_FOUND)
		return err->status;
	known = err->status == IAP_OK;
	*err = (struct iap_error){ 0 };
	right = iap_password_check(signin->password,
	    known && user.password_hash != NULL ? user.password_hash : nobody);
	if (!right || !known || user.disabled || user.password_hash == NULL)
		return refuse(db, signin, known ? &user : NULL, err);
	if (renew_password(db, arena, signin, &user, err) != IAP_OK)
		return err->status;
	return begin_session(db, arena, signin, &user, out, err);
}

enum iap_status
iap_signin_begin(struct iap_db *db, struct iap_arena *arena, const struct iap_signin *signin,
    struct iap_signin_done *out, struct iap_error *err)
{
	IAP_CLEANUP(iap_file_close) int slot = -1;

	*out = (struct iap_signin_done){ .retry_after_s = 1 };
	if (check_limit(db, arena, signin, out, err) != IAP_OK ||
	    iap_slot_open(signin->ended, IAP_SIGNIN_SLOTS, &slot, err) != IAP_OK) {
		struct iap_error late = { 0 };

		if (err->status == IAP_TOO_MANY && save_audit(db, signin, NULL, IAP_AUDIT_DENIED,
		    "{\"reason\":\"limited\"}", NULL, &late) != IAP_OK)
			*err = late;
		return err->status;
	}
	if (check_password(db, arena, signin, out, err) != IAP_OK)
		return err->status;
	/* Media of the session before end with it. */
	return signin->replaces != NULL ?
	    iap_ended_save(signin->ended, signin->replaces, err) : IAP_OK;
}
