/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stream of bytes that can be read anywhere: a file, an object, or the
 * decryption of either. A stream on a stream takes over the one below it.
 */
#ifndef IAP_STORAGE_READER_H
#define IAP_STORAGE_READER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct iap_reader;

/* What each kind of stream does; every operation is required. */
struct iap_reader_ops {
	/*
	 * Reads up to `size` bytes from `offset`, which is below the size of
	 * the stream; *got is 0 only at its end (it may have shrunk).
	 */
	enum iap_status (*read_at)(struct iap_reader *reader, uint64_t offset, void *bytes,
	    size_t size, size_t *got, struct iap_error *err);

	/* Frees the reader and what it took over. */
	void (*close)(struct iap_reader *reader);
};

/* The first member of each kind's own struct. */
struct iap_reader {
	const struct iap_reader_ops *ops;
	uint64_t size;     /* bytes, as known when it was opened */
	int64_t mtime_ns;  /* of the object below, ns since 1970; 0 when there is none */
	uint64_t fetched;  /* bytes read from it so far, for budgets and tests */
};

/*
 * Reads `size` bytes from `offset` on; *got is less only where the stream ends.
 * IAP_UNAVAILABLE or IAP_FORBIDDEN as the storage says, IAP_CORRUPT as a
 * decryption does.
 */
IAP_MUST_CHECK enum iap_status iap_reader_read_at(struct iap_reader *reader, uint64_t offset,
    void *bytes, size_t size, size_t *got, struct iap_error *err);

/* A stream over `size` bytes that the caller keeps alive until it is closed. */
struct iap_reader *iap_reader_open_bytes(const void *bytes, size_t size);

/* The stream `below`, which stays the caller's and must stay open longer. */
struct iap_reader *iap_reader_lend(struct iap_reader *below);

/* Closes *reader and sets it to NULL; NULL in it is allowed. */
void iap_reader_close(struct iap_reader **reader);

#endif
