/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions, READ COMMITTED: a read that decides a write says FOR UPDATE. */
#ifndef IAP_DB_TX_H
#define IAP_DB_TX_H

#include "base/error.h"
#include "db/db.h"

struct iap_tx;

/* Begins one; the caller commits or ends it (IAP_CLEANUP(iap_tx_end)). */
IAP_MUST_CHECK enum iap_status iap_tx_begin(struct iap_db *db, struct iap_tx **out,
    struct iap_error *err);

/* Makes everything since the beginning lasting, and sets *tx to NULL. */
IAP_MUST_CHECK enum iap_status iap_tx_commit(struct iap_tx **tx, struct iap_error *err);

/* Rolls back what was not committed, and sets *tx to NULL; NULL in it is allowed. */
void iap_tx_end(struct iap_tx **tx);

/* Work that is all done or not at all; it must be repeatable from its `context`. */
typedef enum iap_status iap_tx_work(struct iap_db *db, void *context, struct iap_error *err);

/*
 * Runs `work` in a transaction and commits; repeats it when another
 * transaction was in its way (errors 1213, 1205, 1020, 1412), at most ten times.
 */
IAP_MUST_CHECK enum iap_status iap_tx_retry(struct iap_db *db, iap_tx_work *work, void *context,
    struct iap_error *err);

#endif
