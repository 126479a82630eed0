/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder in which ended sessions are named by empty files, so that
 * iap-media, which has no database, stops delivering to them within seconds.
 */
#ifndef IAP_AUTH_ENDED_H
#define IAP_AUTH_ENDED_H

#include "base/error.h"
#include "model/session.h"

/* Names the session in `folder`; one that is named already is no failure. */
IAP_MUST_CHECK enum iap_status iap_ended_save(const char *folder,
    const unsigned char token_hash[IAP_SESSION_HASH_SIZE], struct iap_error *err);

/* Names each of the sessions that iap_session_delete_of() or iap_user_disable() gave back. */
IAP_MUST_CHECK enum iap_status iap_ended_save_all(const char *folder,
    const struct iap_rows *ended, struct iap_error *err);

#endif
