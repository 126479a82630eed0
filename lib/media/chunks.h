/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cipher text of a CMS message as one stream, whatever pieces it was sent in.
 * Writers cut it into equal chunks and a short tail, so the place of any byte
 * is predicted and each header on the way is checked against the prediction;
 * where that does not hold all headers are read once and an index of bounded
 * size is kept.
 */
#ifndef IAP_MEDIA_CHUNKS_H
#define IAP_MEDIA_CHUNKS_H

#include <stdint.h>

#include "base/error.h"
#include "media/cms.h"
#include "storage/reader.h"

struct iap_chunks;

/*
 * Finds where the content of `cms` lies in `message`. IAP_CORRUPT when it is
 * cut off or malformed. The caller frees *out.
 */
IAP_MUST_CHECK enum iap_status iap_chunks_find(struct iap_reader *message,
    const struct iap_cms *cms, struct iap_chunks **out, struct iap_error *err);
void iap_chunks_free(struct iap_chunks **chunks);

/* Bytes of cipher text. */
uint64_t iap_chunks_size(const struct iap_chunks *chunks);

/* Reads cipher text as iap_reader_read_at() reads; `message` as it was found in. */
IAP_MUST_CHECK enum iap_status iap_chunks_read_at(struct iap_chunks *chunks,
    struct iap_reader *message, uint64_t offset, void *bytes, size_t size, size_t *got,
    struct iap_error *err);

#endif
