/* SPDX-License-Identifier: Apache-2.0 */
#include "http/cookie.h"

#include <string.h>

const char *
iap_cookie_find(struct iap_arena *arena, const char *header, const char *name)
{
	size_t name_length = strlen(name);
	const char *found = NULL;

	for (const char *pair = header; pair != NULL && *pair != '\0'; ) {
		size_t length = strcspn(pair, ";");

		if (length > name_length && pair[name_length] == '=' &&
		    strncmp(pair, name, name_length) == 0) {
			/* Which of two a stranger planted cannot be told: neither counts. */
			if (found != NULL)
				return NULL;
			found = iap_arena_copy_bytes(arena, pair + name_length + 1,
			    length - name_length - 1);
		}
		pair += length;
		pair += strspn(pair, "; \t");
	}
	return found;
}
