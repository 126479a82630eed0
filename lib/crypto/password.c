/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/password.h"

#include <sodium.h>
#include <string.h>

#include "base/log.h"

const struct iap_password_cost iap_password_cost = { .memory = 64u << 20, .passes = 3 };

/* sodium_init() may be called again and from any thread; it picks the fastest code. */
static void
begin(void)
{
	if (sodium_init() < 0)
		iap_log_die("libsodium does not start");
}

enum iap_status
iap_password_format(struct iap_arena *arena, const char *password,
    const struct iap_password_cost *cost, const char **text_out, struct iap_error *err)
{
	size_t length = strlen(password);
	char text[crypto_pwhash_STRBYTES];

	begin();
	if (length == 0)
		return iap_error_set(err, IAP_INVALID, "a password may not be empty");
	if (length > IAP_PASSWORD_MAX)
		return iap_error_set(err, IAP_INVALID, "a password has at most %d bytes",
		    IAP_PASSWORD_MAX);
	if (crypto_pwhash_str_alg(text, password, length, cost->passes, (size_t)cost->memory,
	    crypto_pwhash_ALG_ARGON2ID13) != 0)
		return iap_error_set(err, IAP_UNAVAILABLE, "no memory to hash a password");
	*text_out = iap_arena_copy(arena, text);
	return IAP_OK;
}

bool
iap_password_check(const char *password, const char *text)
{
	size_t length = strlen(password);

	begin();
	if (length == 0 || length > IAP_PASSWORD_MAX ||
	    strncmp(text, crypto_pwhash_argon2id_STRPREFIX,
	    sizeof crypto_pwhash_argon2id_STRPREFIX - 1) != 0)
		return false;
	return crypto_pwhash_str_verify(text, password, length) == 0;
}

bool
iap_password_is_stale(const char *text, const struct iap_password_cost *cost)
{
	begin();
	return crypto_pwhash_str_needs_rehash(text, cost->passes, (size_t)cost->memory) != 0;
}
