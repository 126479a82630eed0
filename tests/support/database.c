/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/database.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"

void
test_database_begin(char **argv)
{
	const char *srcdir = getenv("srcdir");
	char script[4096];

	if (getenv("IAP_TEST_DB_SOCKET") != NULL)
		return;
	snprintf(script, sizeof script, "%s/tests/support/with-mariadb",
	    srcdir != NULL ? srcdir : IAP_TEST_SRCDIR);
	execl("/bin/sh", "sh", script, argv[0], (char *)NULL);
	iap_log_die("%s cannot be run", script);
}

const char *
test_database_name(const char *name)
{
	static char full[64];

	snprintf(full, sizeof full, "t%d_%s", (int)getpid(), name);
	return full;
}

struct iap_db_conf
test_database_conf(const char *database)
{
	return (struct iap_db_conf){
		.socket = getenv("IAP_TEST_DB_SOCKET"), .user = "root", .name = database,
	};
}

struct iap_db *
test_database_open(const char *name)
{
	struct iap_db_conf conf = test_database_conf(NULL);
	struct iap_error err = { 0 };
	struct iap_db *db = NULL;
	char sql[200];

	if (iap_db_open(&conf, &db, &err) != IAP_OK)
		iap_log_die("%s", err.detail);
	snprintf(sql, sizeof sql, "CREATE OR REPLACE DATABASE %s CHARACTER SET utf8mb4",
	    test_database_name(name));
	if (iap_db_script(db, sql, &err) != IAP_OK)
		iap_log_die("%s", err.detail);
	snprintf(sql, sizeof sql, "USE %s", test_database_name(name));
	if (iap_db_script(db, sql, &err) != IAP_OK)
		iap_log_die("%s", err.detail);
	return db;
}
