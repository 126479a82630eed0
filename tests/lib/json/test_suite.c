/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSONTestSuite (Nicolas Seriot): every n_ file is refused, every y_ file is
 * accepted but where IAP is stricter on purpose, i_ files may go either way,
 * and none ends the process. The files are not part of IAP: IAP_CORPORA names
 * their folder, else ../shared/corpora beside the project is looked at.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "json/json.h"

enum { FILES = 318, ARENA = 64 * 1024 * 1024, FILE_LIMIT = 1024 * 1024 };

static const struct {
	const char *name;
	const char *reason;
} stricter[] = {
	{ "y_object_duplicated_key.json", "twice" },
	{ "y_object_duplicated_key_and_value.json", "twice" },
	{ "y_object_escaped_null_in_key.json", "NUL" },
	{ "y_string_null_escape.json", "NUL" },
};

/* The words that the refusal must hold, or NULL when the file must be accepted. */
static const char *
find_exception(const char *name)
{
	for (size_t i = 0; i < IAP_LENGTH(stricter); i++)
		if (strcmp(stricter[i].name, name) == 0)
			return stricter[i].reason;
	return NULL;
}

/* What is wrong with the answer to one file, or NULL. */
static const char *
judge(const char *folder, const char *name)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA);
	const char *exception = find_exception(name);
	struct iap_error err = { 0 };
	struct iap_json *json = NULL;
	enum iap_status status;
	char *bytes;
	size_t size;

	if (iap_file_load(arena, iap_arena_format(arena, "%s/%s", folder, name), FILE_LIMIT, &bytes,
	    &size, &err) != IAP_OK)
		return "cannot be read";
	status = iap_json_parse(arena, bytes, size, &json, &err);
	if (status != IAP_OK && (status != IAP_CORRUPT || err.detail[0] == '\0'))
		return "refused without a cause";
	if (status == IAP_OK && (json == NULL || json->begin > json->end || json->end > size))
		return "accepted without a value, or with one out of the file";
	if (name[0] == 'n')
		return status == IAP_OK ? "accepted" : NULL;
	if (name[0] != 'y')
		return NULL;
	if (exception == NULL)
		return status == IAP_OK ? NULL : "refused";
	return strstr(err.detail, exception) != NULL ? NULL : "not refused for the reason listed";
}

int
main(void)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	const char *corpora = getenv("IAP_CORPORA"), *srcdir = getenv("srcdir");
	const char *folder;
	unsigned int count = 0;
	struct dirent *entry;
	DIR *dir;

	if (corpora == NULL)
		corpora = iap_arena_format(arena, "%s/../shared/corpora",
		    srcdir == NULL ? "." : srcdir);
	folder = iap_arena_format(arena, "%s/json/test_parsing", corpora);
	dir = opendir(folder);
	if (dir == NULL) {
		printf("1..0 # SKIP no JSONTestSuite in %s (set IAP_CORPORA)\n", folder);
		return 0;
	}
	while ((entry = readdir(dir)) != NULL) {
		const char *fault;

		if (!iap_text_ends(entry->d_name, ".json"))
			continue;
		fault = judge(folder, entry->d_name);
		printf("%s %u - %s%s%s\n", fault == NULL ? "ok" : "not ok", ++count, entry->d_name,
		    fault == NULL ? "" : ": ", fault == NULL ? "" : fault);
	}
	closedir(dir);
	printf("%s %u - all %d files were there\n", count == FILES ? "ok" : "not ok", count + 1,
	    FILES);
	printf("1..%u\n", count + 1);
	return 0;
}
