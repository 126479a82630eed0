/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries of zips as objects of a storage, under keys such as
 * "tasks/a.zip//calls/1.json". Lists of entries that were read lately are kept,
 * so that the next range of a player reads that range and little else.
 */
#ifndef IAP_STORAGE_ZIPS_H
#define IAP_STORAGE_ZIPS_H

#include "storage/storage.h"
#include "storage/zip.h"

/* Lists of entries; at most a few, and not more than IAP_ZIPS_WEIGHT bytes beside the last. */
struct iap_zips;

enum { IAP_ZIPS_WEIGHT = 24 * 1024 * 1024 };

struct iap_zips *iap_zips_new(void);

/* One more user of it; the last iap_zips_close() frees it. Threads may share it. */
struct iap_zips *iap_zips_share(struct iap_zips *zips);
void iap_zips_close(struct iap_zips **zips);

/* The operations of a storage for keys that iap_zips_is_inside() holds for. */
bool iap_zips_is_inside(const char *key);
IAP_MUST_CHECK enum iap_status iap_zips_stat(struct iap_storage *storage,
    struct iap_arena *arena, const char *key, struct iap_object *out, struct iap_error *err);
IAP_MUST_CHECK enum iap_status iap_zips_list(struct iap_storage *storage,
    struct iap_arena *arena, const char *dir, struct iap_storage_page *out,
    struct iap_error *err);
IAP_MUST_CHECK enum iap_status iap_zips_read(struct iap_storage *storage, const char *key,
    struct iap_reader **out, struct iap_error *err);

/* As the operation `load`; each zip is opened once for all entries of it that stand together. */
void iap_zips_load(struct iap_storage *storage, struct iap_storage_load *loads,
    struct iap_error *errs, size_t count);

/*
 * The list of the zip `key`, which is an object of the storage; the caller
 * closes *out. Statuses as those of iap_storage_read() and iap_zip_open().
 */
IAP_MUST_CHECK enum iap_status iap_zips_open(struct iap_storage *storage, const char *key,
    struct iap_zip **out, struct iap_error *err);

#endif
