/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zips of sources that were read: an unchanged one is not opened again, and
 * what it holds counts as seen.
 */
#ifndef IAP_MODEL_ZIP_H
#define IAP_MODEL_ZIP_H

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "db/stmt.h"

struct iap_zip_row {
	uint64_t source_id;
	struct iap_bytes key_hash; /* iap_key_hash128() of its key */
	uint64_t size;             /* as it was read, bytes */
	int64_t modified_ns;
	uint64_t entries;          /* that are catalogued */
	uint64_t documents;        /* of them: good and damaged documents */
	uint64_t faults;
};

/* The row of a zip; IAP_NOT_FOUND when it was never read to its end. */
IAP_MUST_CHECK enum iap_status iap_zip_row_find(struct iap_db *db, struct iap_arena *arena,
    uint64_t source_id, const char *key, struct iap_zip_row *out, struct iap_error *err);

/* Stores it, new or changed. */
IAP_MUST_CHECK enum iap_status iap_zip_row_save(struct iap_db *db,
    const struct iap_zip_row *row, struct iap_error *err);

#endif
