/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The content of an encrypted message, decrypted by range from where it lies:
 * AES-CBC needs only the block before (NIST SP 800-38A 6.2). Plain text is
 * in memory only, and no longer than a reader is open.
 */
#ifndef IAP_MEDIA_DECRYPT_H
#define IAP_MEDIA_DECRYPT_H

#include <stdint.h>

#include "base/error.h"
#include "media/chunks.h"
#include "media/cms.h"
#include "media/keyring.h"
#include "media/state.h"
#include "storage/reader.h"

/* A message whose content key is known: where the content is, and its size. */
struct iap_envelope;

/*
 * Opens the message `cms`, whose content is in `object` (after its header, or
 * all of it when detached), with the first key of `keyring` that fits: its
 * first block must look like a medium or its padding be right. What comes of
 * it is in *state_out; when that is not IAP_STATE_OK (but NO_KEY, WRONG_KEY or
 * DAMAGED) the status is IAP_CONFLICT. Other statuses are of the storage. The
 * caller closes *out, which wipes the key.
 */
IAP_MUST_CHECK enum iap_status iap_envelope_open(struct iap_reader *object,
    const struct iap_cms *cms, struct iap_keyring *keyring, struct iap_envelope **out,
    enum iap_media_state *state_out, struct iap_error *err);
void iap_envelope_close(struct iap_envelope **envelope);

/* Bytes of the content, decrypted. */
uint64_t iap_envelope_size(const struct iap_envelope *envelope);

/*
 * The content as a stream. Takes over *object, which must be the one the
 * envelope was opened with (or the same, opened again), and sets it to NULL;
 * the envelope must stay open longer than the reader.
 */
struct iap_reader *iap_decrypt_open(struct iap_reader **object, struct iap_envelope *envelope);

#endif
