/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogue of what listing found in a source. Its rows say which
 * documents need not be opened again, and media are paired by it.
 */
#ifndef IAP_MODEL_OBJECT_H
#define IAP_MODEL_OBJECT_H

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "db/stmt.h"

/* The words of object.role. */
#define IAP_OBJECT_OTHER "other"
#define IAP_OBJECT_DOCUMENT "document"
#define IAP_OBJECT_FAULTY "faulty"
#define IAP_OBJECT_MEDIA "media"

struct iap_catalogued {
	uint64_t source_id;
	uint64_t dir_hash;         /* iap_key_hash64() of its folder */
	struct iap_bytes key_hash; /* iap_key_hash128() of object_key */
	uint64_t name_hash;        /* iap_key_hash64() of its folded base name */
	const char *object_key;
	uint64_t size;
	int64_t modified_ns;
	const char *role;
	struct iap_bytes sha256;   /* of documents; else bytes NULL */
	uint64_t pass_id;
};

/* All objects of these folders, ordered by folder and key hash: struct iap_catalogued. */
IAP_MUST_CHECK enum iap_status iap_object_list_folders(struct iap_db *db, struct iap_arena *arena,
    uint64_t source_id, const uint64_t *dir_hashes, size_t count, struct iap_rows *out,
    struct iap_error *err);

/* At most `limit` objects with this folded base name: struct iap_catalogued, by key. */
IAP_MUST_CHECK enum iap_status iap_object_list_named(struct iap_db *db, struct iap_arena *arena,
    uint64_t source_id, uint64_t name_hash, size_t limit, struct iap_rows *out,
    struct iap_error *err);

/*
 * The next `limit` objects of a source behind `after` (NULL: from the first
 * on) in the order of the primary key: struct iap_catalogued.
 */
IAP_MUST_CHECK enum iap_status iap_object_list_next(struct iap_db *db, struct iap_arena *arena,
    uint64_t source_id, const struct iap_catalogued *after, size_t limit, struct iap_rows *out,
    struct iap_error *err);

/* One object; IAP_NOT_FOUND. */
IAP_MUST_CHECK enum iap_status iap_object_find(struct iap_db *db, struct iap_arena *arena,
    uint64_t source_id, const char *key, struct iap_catalogued *out, struct iap_error *err);

/* How many objects of the source are catalogued. */
IAP_MUST_CHECK enum iap_status iap_object_count(struct iap_db *db, uint64_t source_id,
    uint64_t *count_out, struct iap_error *err);

/* Stores what was found, new or changed. */
IAP_MUST_CHECK enum iap_status iap_object_save(struct iap_db *db,
    const struct iap_catalogued *objects, size_t count, struct iap_error *err);

/* Takes objects out that are no longer there. */
IAP_MUST_CHECK enum iap_status iap_object_delete(struct iap_db *db,
    const struct iap_catalogued *objects, size_t count, struct iap_error *err);

#endif
