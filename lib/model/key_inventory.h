/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which keys there are and which are wanted: certificates whose private keys
 * were imported, beside the recipients that recordings were encrypted to.
 */
#ifndef IAP_MODEL_KEY_INVENTORY_H
#define IAP_MODEL_KEY_INVENTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "db/stmt.h"

/* A certificate whose private key was imported. */
struct iap_key_import {
	struct iap_bytes fingerprint;        /* of issuer and serial, SHA-256 */
	struct iap_bytes key_id_fingerprint; /* of the key identifier; zero without one */
	const char *subject;
	const char *issuer;
	const char *serial; /* decimal */
	int64_t not_before_ms;
	int64_t not_after_ms;
	int64_t imported_ms;
};

/* A certificate, or a recipient without one. */
struct iap_key_row {
	bool present;        /* its private key was imported */
	const char *subject; /* "" when missing */
	const char *issuer;  /* "" for a recipient named by its key identifier */
	const char *serial;  /* decimal; of such a one the identifier in hexadecimal */
	struct iap_maybe_i64 not_before_ms; /* unset when missing */
	struct iap_maybe_i64 not_after_ms;
	struct iap_maybe_i64 imported_ms;
	uint64_t recordings; /* interactions with a medium encrypted to it */
	uint64_t shut;       /* those of them with a medium that no key opens */
};

/* Stores a certificate; one that is known is replaced. */
IAP_MUST_CHECK enum iap_status iap_key_inventory_save(struct iap_db *db,
    const struct iap_key_import *key, struct iap_error *err);

/*
 * All certificates, then all recipients without one, each with the recordings
 * it concerns: struct iap_key_row. Reads every row of media_recipient.
 */
IAP_MUST_CHECK enum iap_status iap_key_inventory_list(struct iap_db *db, struct iap_arena *arena,
    struct iap_rows *out, struct iap_error *err);

#endif
