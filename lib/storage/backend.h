/* SPDX-License-Identifier: Apache-2.0 */
/* The contract a kind of storage fulfils; for lib/storage only. */
#ifndef IAP_STORAGE_BACKEND_H
#define IAP_STORAGE_BACKEND_H

#include <stdatomic.h>

#include "storage/storage.h"
#include "storage/zips.h"

/* Every operation is required; the keys they get have been checked. */
struct iap_storage_ops {
	const char *name; /* as written in sources.d */
	bool kept;        /* worth keeping open between uses: see storage/shelf.h */

	enum iap_status (*open)(const struct iap_storage_conf *conf, struct iap_storage **out,
	    struct iap_error *err);
	void (*close)(struct iap_storage *storage);

	enum iap_status (*stat)(struct iap_storage *storage, struct iap_arena *arena,
	    const char *key, struct iap_object *out, struct iap_error *err);
	enum iap_status (*list)(struct iap_storage *storage, struct iap_arena *arena,
	    const char *dir, struct iap_storage_page *out, struct iap_error *err);
	enum iap_status (*read)(struct iap_storage *storage, const char *key,
	    struct iap_reader **out, struct iap_error *err);
	/* Where `wanted` is not 0 `bytes` has room for them; `err` is for each load of its own. */
	void (*load)(struct iap_storage *storage, struct iap_storage_load *loads,
	    struct iap_error *errs, size_t count, size_t in_flight);
};

/* The first member of every kind's own struct. */
struct iap_storage {
	const struct iap_storage_ops *ops;
	atomic_llong skew_ms; /* see iap_storage_skew_ms() */
	atomic_uint users; /* iap_storage_open() begins with one; the last to close ends it */
	struct iap_zips *zips; /* lists of the entries of its zips */
	uint64_t zips_owner; /* tells its own lists from those of others that share them */
};

/* `load` of kinds whose reads block: several threads share the objects. load.c. */
void iap_storage_load_by_threads(struct iap_storage *storage, struct iap_storage_load *loads,
    struct iap_error *errs, size_t count, size_t in_flight);

/* Files below one root directory: local.c. */
extern const struct iap_storage_ops iap_storage_local;

/* Objects in a bucket: s3.c. */
extern const struct iap_storage_ops iap_storage_s3;

/* Blobs in a container: azure.c. */
extern const struct iap_storage_ops iap_storage_azure;

#endif
