/* SPDX-License-Identifier: Apache-2.0 */
/* A listed folder, and what pairing asks of it while it is read. */
#ifndef IAP_WORKER_FOLDER_H
#define IAP_WORKER_FOLDER_H

#include "archive/pairing.h"
#include "base/arena.h"
#include "storage/storage.h"

/* An object of the folder. */
struct iap_folder_object {
	const char *key;
	const char *folded; /* iap_pair_fold() of it */
	uint64_t size;
	int64_t mtime_ns;
};

struct iap_folder {
	struct iap_arena *arena; /* that it lives in */
	const char *key;    /* "" is the root */
	uint64_t hash;      /* iap_key_hash64() of it */
	struct iap_folder_object *objects; /* in order of their keys */
	size_t count;
	struct iap_folder_object **by_name; /* in order of `folded`; made when first asked for */
	struct iap_pair_folder survey;
};

/* Takes the objects of a listing; folders in it are left out, and names that begin with a dot. */
void iap_folder_open(struct iap_folder *folder, struct iap_arena *arena, const char *key,
    const struct iap_storage_page *page);

/*
 * Answers for this folder only, and says that not every document is known:
 * what it does not find is looked for when the walk is over.
 */
struct iap_pair_lookup iap_folder_lookup(struct iap_folder *folder);

/* The size of an object of this folder; for struct iap_draft_document. */
bool iap_folder_size_of(void *folder, const char *key, uint64_t *size_out);

#endif
