/* SPDX-License-Identifier: Apache-2.0 */
/* A private MariaDB for a test program, and a database in it that is the test's own. */
#ifndef IAP_TESTS_SUPPORT_DATABASE_H
#define IAP_TESTS_SUPPORT_DATABASE_H

#include "db/db.h"

/*
 * First thing in main(): starts the program anew below with-mariadb unless
 * there is a server already (IAP_TEST_DB_SOCKET). Does not come back when
 * there is no MariaDB: the test is skipped, loudly.
 */
void test_database_begin(char **argv);

/* A connection as root to a new, empty database named after the process and `name`. */
struct iap_db *test_database_open(const char *name);

/* What test_database_open() connects with; for second connections. */
struct iap_db_conf test_database_conf(const char *database);

/* The name of the database that test_database_open(name) made; static memory. */
const char *test_database_name(const char *name);

#endif
