/* SPDX-License-Identifier: Apache-2.0 */
/* A stream over an object whose beginning is in memory already. */
#ifndef IAP_STORAGE_LOADED_H
#define IAP_STORAGE_LOADED_H

#include "storage/storage.h"

/*
 * Reads within what `load` holds ask nobody; the first beyond opens the object.
 * `load` is one of iap_storage_load_all() with status IAP_OK and some wanted
 * bytes; it and `storage` outlive the stream.
 */
struct iap_reader *iap_reader_open_loaded(struct iap_storage *storage,
    const struct iap_storage_load *load);

#endif
