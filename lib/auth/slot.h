/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A few slots for the whole machine: hashing a password takes 64 MiB and a
 * core for a tenth of a second, and a stranger may ask for it at any rate.
 */
#ifndef IAP_AUTH_SLOT_H
#define IAP_AUTH_SLOT_H

#include "base/error.h"

/*
 * Takes one of `count` slots, which are locks on files in `folder`. *fd_out
 * holds it until iap_file_close(). IAP_TOO_MANY at once when all are taken.
 */
IAP_MUST_CHECK enum iap_status iap_slot_open(const char *folder, unsigned int count,
    int *fd_out, struct iap_error *err);

#endif
