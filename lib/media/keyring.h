/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder of private keys and their certificates. iapctl puts pairs into
 * it; only iap-media reads it, again whenever it changes.
 */
#ifndef IAP_MEDIA_KEYRING_H
#define IAP_MEDIA_KEYRING_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "crypto/certificate.h"
#include "crypto/private_key.h"
#include "media/cms.h"

/* More pairs in one folder are not read; a warning says so. */
enum { IAP_KEYRING_MAX = 4096 };

/* A pair to be imported. */
struct iap_keyring_import {
	const char *dir;             /* the folder; made, mode 0700, when there is none */
	const char *certificate;     /* PEM or DER; of PEM only the first certificate is kept */
	size_t certificate_size;
	const char *key;             /* PEM or DER */
	size_t key_size;
	const char *passphrase;      /* of `key`, or NULL */
	const char *rest_passphrase; /* encrypts it in the folder, or NULL: stored in clear */
};

/*
 * Checks that the two are a pair and writes them, the key with mode 0600; a
 * pair that is already there is replaced. IAP_FORBIDDEN for a missing or wrong
 * passphrase, IAP_INVALID for what is no certificate, no RSA key or no pair.
 * *out (for the database's row) lives in `arena`.
 */
IAP_MUST_CHECK enum iap_status iap_keyring_import(struct iap_arena *arena,
    const struct iap_keyring_import *import, struct iap_certificate *out,
    struct iap_error *err);

struct iap_keyring;

/*
 * The keys in `dir`, read when they are first asked for; a folder that does
 * not exist yet has none. `passphrase` opens those encrypted at rest, NULL for
 * none. Both are copied. The caller closes it, which wipes everything.
 */
struct iap_keyring *iap_keyring_open(const char *dir, const char *passphrase);
void iap_keyring_close(struct iap_keyring **keyring);

/*
 * The keys of certificates that `recipient` names, at most `max` of them in
 * `out`; how many. They are good until the next call. A folder that has
 * changed is read again first. Not for two threads at once.
 */
size_t iap_keyring_find(struct iap_keyring *keyring, const struct iap_recipient *recipient,
    const struct iap_private_key **out, size_t max);

/* A number that is another whenever the folder's contents were read again. */
unsigned int iap_keyring_version(struct iap_keyring *keyring);

#endif
