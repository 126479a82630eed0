/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Envelopes that were opened shortly before, so that the ranges of one player
 * cost one private key operation. In memory of this process only, few, and
 * wiped when they leave.
 */
#ifndef IAP_FCGI_MEDIA_OPENED_H
#define IAP_FCGI_MEDIA_OPENED_H

#include "crypto/hash.h"
#include "media/decrypt.h"

struct iap_opened;

struct iap_opened *iap_opened_new(void);
void iap_opened_free(struct iap_opened **opened);

/* The envelope kept under `id`, borrowed until the next insert; NULL when there is none. */
struct iap_envelope *iap_opened_find(struct iap_opened *opened,
    const unsigned char id[IAP_SHA256_SIZE]);

/* Keeps *envelope, taking it over; the one not used for longest goes. */
void iap_opened_insert(struct iap_opened *opened, const unsigned char id[IAP_SHA256_SIZE],
    struct iap_envelope **envelope);

#endif
