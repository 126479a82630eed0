/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/schema_folder.h"

#include <string.h>
#include <unistd.h>

enum { PATH_LIMIT = 4096 };

const char *
iap_schema_folder_find(struct iap_arena *arena)
{
	char program[PATH_LIMIT];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
	const char *beside;

	if (length <= 0)
		return IAP_SCHEMA_DIR;
	program[length] = '\0';
	for (int level = 0; level < 2; level++) {
		char *slash = strrchr(program, '/');

		if (slash == NULL)
			return IAP_SCHEMA_DIR;
		*slash = '\0';
	}
	beside = iap_arena_format(arena, "%s/schema", program);
	return access(iap_arena_format(arena, "%s/grants.sql", beside), R_OK) == 0 ? beside :
	    IAP_SCHEMA_DIR;
}
