/* SPDX-License-Identifier: Apache-2.0 */
/* The stores that tests/support/with-store starts and fills. */
#ifndef IAP_TEST_STORE_H
#define IAP_TEST_STORE_H

#include "base/arena.h"
#include "storage/storage.h"

/* Starts this program again below with-store, unless it already runs there. */
void test_store_begin(const char *kind, char **argv);

/* How to reach the store as the owner of its objects; texts live in `arena`. */
struct iap_storage_conf test_store_conf(struct iap_arena *arena);

/* The path of a file of the store's folder: manifest, right, wrong, ... */
char *test_store_file(struct iap_arena *arena, const char *name);

/* Opens what `conf` tells of; the test ends where it cannot. */
struct iap_storage *test_store_open(const struct iap_storage_conf *conf);

#endif
