/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Storages of sources, by name, for programs that come back to them again and
 * again. Those of object stores stay open from use to use, with their
 * connections and credentials; a file of sources.d that changed is noticed at
 * once. Folders are opened anew each time: a share may have been mounted
 * again. Threads may use one shelf together.
 */
#ifndef IAP_STORAGE_SHELF_H
#define IAP_STORAGE_SHELF_H

#include "storage/storage.h"

struct iap_storage_shelf;

/* Of the folder sources.d; `patience_s` as in struct iap_storage_conf. */
struct iap_storage_shelf *iap_storage_shelf_new(const char *folder, unsigned int patience_s);

/* Ends *shelf and sets it to NULL; NULL in it is allowed. What was found stays usable. */
void iap_storage_shelf_free(struct iap_storage_shelf **shelf);

/*
 * The storage of the source `name`; the caller closes it. Statuses as those of
 * iap_source_conf_load() and iap_storage_open().
 */
IAP_MUST_CHECK enum iap_status iap_storage_shelf_find(struct iap_storage_shelf *shelf,
    struct iap_arena *arena, const char *name, struct iap_storage **out, struct iap_error *err);

#endif
