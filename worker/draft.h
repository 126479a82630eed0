/* SPDX-License-Identifier: Apache-2.0 */
/* Out of what a document tells, the rows that IAP keeps of it. */
#ifndef IAP_WORKER_DRAFT_H
#define IAP_WORKER_DRAFT_H

#include "archive/metadata.h"
#include "archive/pairing.h"
#include "model/draft.h"
#include "worker/worker.h"

/* The document that is being made into drafts. */
struct iap_draft_document {
	const char *key;
	uint64_t size;        /* of the whole file */
	size_t media_count;   /* of all its recordings */
	const struct iap_pair_lookup *lookup;
	/* The size of the object of that key, from the listing; false when it does not know it. */
	bool (*size_of)(void *context, const char *key, uint64_t *size_out);
	void *context;
};

/*
 * Makes the draft of the recording number `element` of a document. IAP_INVALID
 * when it cannot be stored as it is (its id or a division is too long): a
 * fault of the document; other statuses are the database's or the storage's.
 */
IAP_MUST_CHECK enum iap_status iap_draft_make(struct iap_source_pass *pass,
    struct iap_arena *arena, const struct iap_draft_document *document,
    const struct iap_metadata *metadata, size_t element, struct iap_draft *out,
    struct iap_error *err);

#endif
