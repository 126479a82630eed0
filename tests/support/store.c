/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

void
test_store_begin(const char *kind, char **argv)
{
	const char *srcdir = getenv("srcdir"), *now = getenv("IAP_TEST_STORE");
	char script[4096];

	if (now != NULL && strcmp(now, kind) == 0)
		return;
	snprintf(script, sizeof script, "%s/tests/support/with-store",
	    srcdir != NULL ? srcdir : IAP_TEST_SRCDIR);
	execl("/bin/sh", "sh", script, kind, argv[0], (char *)NULL);
	iap_log_die("%s cannot be run", script);
}

char *
test_store_file(struct iap_arena *arena, const char *name)
{
	return iap_arena_format(arena, "%s/%s", getenv("IAP_TEST_STORE_FILES"), name);
}

struct iap_storage_conf
test_store_conf(struct iap_arena *arena)
{
	const char *kind = getenv("IAP_TEST_STORE");
	struct iap_storage_conf conf = { .name = "store", .kind = kind };

	if (strcmp(kind, "local") == 0) {
		conf.root = getenv("IAP_TEST_STORE_ENDPOINT");
		return conf;
	}
	conf.endpoint = getenv("IAP_TEST_STORE_ENDPOINT");
	conf.bucket = "recordings";
	conf.prefix = "archive one";
	conf.credentials = test_store_file(arena, "right");
	return conf;
}

struct iap_storage *
test_store_open(const struct iap_storage_conf *conf)
{
	struct iap_storage *storage = NULL;
	struct iap_error err = { 0 };

	if (iap_storage_open(conf, &storage, &err) != IAP_OK)
		iap_log_die("%s", err.detail);
	return storage;
}
