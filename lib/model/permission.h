/* SPDX-License-Identifier: Apache-2.0 */
/* What a role may allow, in the words of the interface; a set of them is an unsigned int. */
#ifndef IAP_MODEL_PERMISSION_H
#define IAP_MODEL_PERMISSION_H

#include <stddef.h>

#include "base/arena.h"

enum iap_permission {
	IAP_PERM_UNSET = 0, /* a route that says nothing is shut for everybody */
	IAP_PERM_SEARCH = 1u << 0,
	IAP_PERM_PLAY = 1u << 1,
	IAP_PERM_PLAY_OWN = 1u << 2, /* of calls in one's scope, those one took oneself */
	IAP_PERM_DOWNLOAD = 1u << 3,
	IAP_PERM_METADATA = 1u << 4,
	IAP_PERM_METADATA_RAW = 1u << 5,
	IAP_PERM_FAILED = 1u << 6,
	IAP_PERM_EXPORT = 1u << 7,
	IAP_PERM_HOLD = 1u << 8,
	IAP_PERM_RETENTION = 1u << 9,
	IAP_PERM_USERS = 1u << 10,
	IAP_PERM_SOURCES = 1u << 11,
	IAP_PERM_KEYS = 1u << 12,
	IAP_PERM_AUDIT = 1u << 13,
	IAP_PERM_COUNT = 14, /* how many bits there are */

	/* What a route may ask for instead of a permission. */
	IAP_PERM_PUBLIC = 1u << 30,    /* nothing at all */
	IAP_PERM_SIGNED_IN = 1u << 29, /* any session */
};

/* The word of one bit: "play_own". */
const char *iap_permission_name(unsigned int bit);

/* The set behind words with single spaces between; words that IAP does not know are left out. */
unsigned int iap_permissions_parse(const char *words);

#endif
