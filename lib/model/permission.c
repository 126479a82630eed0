/* SPDX-License-Identifier: Apache-2.0 */
#include "model/permission.h"

#include <string.h>

static const struct { unsigned int bit; const char *name; } names[] = {
	{ IAP_PERM_SEARCH, "search" },
	{ IAP_PERM_PLAY, "play" },
	{ IAP_PERM_PLAY_OWN, "play_own" },
	{ IAP_PERM_DOWNLOAD, "download" },
	{ IAP_PERM_METADATA, "metadata" },
	{ IAP_PERM_METADATA_RAW, "metadata_raw" },
	{ IAP_PERM_FAILED, "failed" },
	{ IAP_PERM_EXPORT, "export" },
	{ IAP_PERM_HOLD, "hold" },
	{ IAP_PERM_RETENTION, "retention" },
	{ IAP_PERM_USERS, "users" },
	{ IAP_PERM_SOURCES, "sources" },
	{ IAP_PERM_KEYS, "keys" },
	{ IAP_PERM_AUDIT, "audit" },
	{ IAP_PERM_PUBLIC, "public" },
	{ IAP_PERM_SIGNED_IN, "signed_in" },
};
_Static_assert(IAP_LENGTH(names) == IAP_PERM_COUNT + 2, "every permission has a name");

const char *
iap_permission_name(unsigned int bit)
{
	for (size_t i = 0; i < IAP_LENGTH(names); i++)
		if (names[i].bit == bit)
			return names[i].name;
	return "unset";
}

unsigned int
iap_permissions_parse(const char *words)
{
	unsigned int set = 0;

	while (words != NULL && *words != '\0') {
		size_t length = strcspn(words, " ");

		for (size_t i = 0; i < IAP_PERM_COUNT; i++)
			if (strlen(names[i].name) == length &&
			    strncmp(names[i].name, words, length) == 0)
				set |= names[i].bit;
		words += length;
		words += strspn(words, " ");
	}
	return set;
}
