/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates that recordings were encrypted to. One is named in either of two
 * ways, by issuer and serial or by its key identifier; the fingerprint is the
 * SHA-256 of that (crypto/certificate.h).
 */
#ifndef IAP_MODEL_RECIPIENT_H
#define IAP_MODEL_RECIPIENT_H

#include <stdint.h>

#include "base/error.h"
#include "db/db.h"

enum { IAP_FINGERPRINT_SIZE = 32, IAP_ISSUER_MAX = 512, IAP_SERIAL_MAX = 128 };

/*
 * The id of a recipient; it is made when there is none. `issuer` is readable,
 * "" for a key identifier, whose hexadecimal form is then the `serial`. Outside of
 * transactions, as iap_scope_save().
 */
IAP_MUST_CHECK enum iap_status iap_recipient_save(struct iap_db *db,
    const unsigned char fingerprint[IAP_FINGERPRINT_SIZE], const char *issuer,
    const char *serial, uint64_t *id_out, struct iap_error *err);

#endif
