/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a medium; the same words in the database, in answers and in reports. */
#ifndef IAP_MEDIA_STATE_H
#define IAP_MEDIA_STATE_H

#include <stdbool.h>

enum iap_media_state {
	IAP_STATE_UNCHECKED = 0,
	IAP_STATE_OK,
	IAP_STATE_EMPTY,      /* no audio is left after decryption */
	IAP_STATE_MISSING,    /* no such object */
	IAP_STATE_UNREADABLE, /* the storage refuses it */
	IAP_STATE_NO_KEY,     /* no private key for any recipient */
	IAP_STATE_WRONG_KEY,  /* the key for its recipient does not open it */
	IAP_STATE_DAMAGED,    /* torn, or not what it says it is */
	IAP_STATE_COUNT
};

/* "ok", "wrong_key" ... */
const char *iap_state_name(enum iap_media_state state);

/* The state of that name; false when there is none. */
bool iap_state_parse(const char *name, enum iap_media_state *out);

#endif
