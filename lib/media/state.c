/* SPDX-License-Identifier: Apache-2.0 */
#include "media/state.h"

#include <stddef.h>
#include <string.h>

#include "base/macros.h"

static const char *const names[] = {
	[IAP_STATE_UNCHECKED] = "unchecked",
	[IAP_STATE_OK] = "ok",
	[IAP_STATE_EMPTY] = "empty",
	[IAP_STATE_MISSING] = "missing",
	[IAP_STATE_UNREADABLE] = "unreadable",
	[IAP_STATE_NO_KEY] = "no_key",
	[IAP_STATE_WRONG_KEY] = "wrong_key",
	[IAP_STATE_DAMAGED] = "damaged",
};
_Static_assert(IAP_LENGTH(names) == IAP_STATE_COUNT, "every state has a name");

const char *
iap_state_name(enum iap_media_state state)
{
	return names[state];
}

bool
iap_state_parse(const char *name, enum iap_media_state *out)
{
	for (size_t i = 0; i < IAP_LENGTH(names); i++)
		if (strcmp(names[i], name) == 0) {
			*out = (enum iap_media_state)i;
			return true;
		}
	return false;
}
