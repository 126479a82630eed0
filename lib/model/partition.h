/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables that grow with the archive are partitioned by quarters of a year.
 * A quarter's partition is split off when the first call of it comes.
 */
#ifndef IAP_MODEL_PARTITION_H
#define IAP_MODEL_PARTITION_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "db/db.h"

/* How many quarters ids can tell of. */
enum { IAP_PARTITION_QUARTERS = (2110 - 1970) * 4 };

/* The quarter of an id, counted from 1970. */
unsigned int iap_partition_quarter(uint64_t id);

/* The tables, each by the id of the interaction; NULL at the end. */
extern const char *const iap_partitioned_tables[];

/*
 * Sees that each of these interaction ids falls into a partition of its own
 * quarter, in every table. Ids without a time need none. Not inside a
 * transaction: changing a table ends it. Another worker may do the same.
 */
IAP_MUST_CHECK enum iap_status iap_partition_ensure(struct iap_db *db, const uint64_t *ids,
    size_t count, struct iap_error *err);

#endif
