/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stream that hashes the bytes as they pass, so that a medium that is read
 * for its contents need not be fetched a second time for its SHA-256.
 */
#ifndef IAP_FCGI_MEDIA_HASHED_H
#define IAP_FCGI_MEDIA_HASHED_H

#include "base/error.h"
#include "crypto/hash.h"
#include "storage/reader.h"

struct iap_hashed;

/*
 * A stream over *object, which it takes over and sets to NULL. It may be read
 * in any order; what is skipped or passes again is no matter. The stream is
 * *stream_out; the result tells of its hash, and is closed with the stream.
 */
struct iap_hashed *iap_hashed_open(struct iap_reader **object, struct iap_reader **stream_out);

/*
 * SHA-256 of the whole object: reads what has not passed yet. Once only.
 * Refuses as the reader does; IAP_CORRUPT when the object has shrunk.
 */
IAP_MUST_CHECK enum iap_status iap_hashed_end(struct iap_hashed *hashed,
    unsigned char sha256[IAP_SHA256_SIZE], struct iap_error *err);

#endif
