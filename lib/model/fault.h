/* SPDX-License-Identifier: Apache-2.0 */
/* Documents and objects that could not be read, each with its cause. */
#ifndef IAP_MODEL_FAULT_H
#define IAP_MODEL_FAULT_H

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "db/stmt.h"

/* A fault as a pass found it. */
struct iap_fault_draft {
	uint64_t source_id;
	struct iap_bytes key_hash; /* iap_key_hash128() of object_key */
	const char *object_key;
	const char *cause;         /* one word: damaged, too_large, unreadable */
	const char *detail;        /* a sentence */
	int64_t at_ms;
	uint64_t pass_id;
};

/* A key whose faults of a source are over. */
struct iap_fault_end {
	int64_t at_ms;
	uint64_t source_id;
	struct iap_bytes key_hash;
};

/* Stores faults; one that is known is seen again, and open again. */
IAP_MUST_CHECK enum iap_status iap_fault_save(struct iap_db *db,
    const struct iap_fault_draft *faults, size_t count, struct iap_error *err);

/* Marks all open faults of these objects as resolved. */
IAP_MUST_CHECK enum iap_status iap_fault_resolve(struct iap_db *db,
    const struct iap_fault_end *ends, size_t count, struct iap_error *err);

#endif
