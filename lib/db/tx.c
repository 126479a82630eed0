/* SPDX-License-Identifier: Apache-2.0 */
#include "db/tx.h"

#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "crypto/hash.h"

enum { ATTEMPTS = 10, PAUSE_MS = 20 };

struct iap_tx {
	struct iap_db *db;
};

enum iap_status
iap_tx_begin(struct iap_db *db, struct iap_tx **out, struct iap_error *err)
{
	struct iap_tx *tx;

	if (iap_db_script(db, "START TRANSACTION", err) != IAP_OK)
		return err->status;
	tx = calloc(1, sizeof *tx);
	if (tx == NULL)
		iap_log_die("out of memory");
	tx->db = db;
	*out = tx;
	return IAP_OK;
}

enum iap_status
iap_tx_commit(struct iap_tx **tx, struct iap_error *err)
{
	if (iap_db_script((*tx)->db, "COMMIT", err) != IAP_OK)
		return err->status;
	free(*tx);
	*tx = NULL;
	return IAP_OK;
}

void
iap_tx_end(struct iap_tx **tx)
{
	struct iap_error ignored = { 0 };

	if (*tx == NULL)
		return;
	/* A connection that cannot roll back is gone, and the server rolls back for it. */
	if (iap_db_script((*tx)->db, "ROLLBACK", &ignored) != IAP_OK)
		iap_log_warning("transaction not rolled back detail=%s", ignored.detail);
	free(*tx);
	*tx = NULL;
}

/* Waits longer each time, and never as long as another that waits too. */
static void
pause_before(unsigned int attempt)
{
	unsigned char random;
	struct timespec span = { 0 };

	iap_random_fill(&random, sizeof random);
	span.tv_nsec = (long)attempt * PAUSE_MS * 1000000L / 256 * (128 + random / 2);
	span.tv_sec = span.tv_nsec / 1000000000L;
	span.tv_nsec %= 1000000000L;
	nanosleep(&span, NULL);
}

static enum iap_status
attempt_once(struct iap_db *db, iap_tx_work *work, void *context, bool *again,
    struct iap_error *err)
{
	IAP_CLEANUP(iap_tx_end) struct iap_tx *tx = NULL;

	*again = false;
	if (iap_tx_begin(db, &tx, err) != IAP_OK)
		return err->status;
	if (work(db, context, err) != IAP_OK || iap_tx_commit(&tx, err) != IAP_OK) {
		/* Asked now: rolling back forgets what went wrong. */
		*again = err->status == IAP_CONFLICT && iap_db_retryable(db);
		return err->status;
	}
	return IAP_OK;
}

enum iap_status
iap_tx_retry(struct iap_db *db, iap_tx_work *work, void *context, struct iap_error *err)
{
	bool again = true;

	for (unsigned int attempt = 1; again && attempt <= ATTEMPTS; attempt++) {
		if (attempt_once(db, work, context, &again, err) == IAP_OK)
			return IAP_OK;
		if (again)
			pause_before(attempt);
	}
	return again ? err->status = IAP_UNAVAILABLE : err->status;
}
