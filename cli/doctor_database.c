/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/doctor.h"
#include "model/schema.h"
#include "model/server.h"

/* What the programs were tried with: MariaDB 10.11. */
enum { MAJOR_LEAST = 10, MINOR_LEAST = 11, CLOCK_MS = 5000 };

#define PACKET_LEAST ((uint64_t)16 << 20)
#define POOL_ADVISED ((uint64_t)128 << 20)

static void
check_version(struct iap_doctor *doctor, const struct iap_server *server)
{
	char *rest;
	unsigned long major = strtoul(server->version, &rest, 10);
	unsigned long minor = *rest == '.' ? strtoul(rest + 1, NULL, 10) : 0;

	if (strstr(server->version, "MariaDB") == NULL || major < MAJOR_LEAST ||
	    (major == MAJOR_LEAST && minor < MINOR_LEAST))
		iap_doctor_add(doctor, "database version", IAP_FINDING_FAILED,
		    "use MariaDB 10.11 or newer", "it is %s", server->version);
	else
		iap_doctor_add(doctor, "database version", IAP_FINDING_OK, "", "it is %s",
		    server->version);
}

/* One setting of the server: `good`, or what to set. */
static void
check_setting(struct iap_doctor *doctor, const char *check, bool good,
    enum iap_finding_kind otherwise, const char *remedy)
{
	iap_doctor_add(doctor, check, good ? IAP_FINDING_OK : otherwise, remedy, "%s",
	    good ? "is set as IAP needs it" : "is not set as IAP needs it");
}

static void
check_server(struct iap_doctor *doctor)
{
	struct iap_server server;
	struct iap_error err = { 0 };
	int64_t apart;

	if (iap_server_find(doctor->cli->db, doctor->cli->arena, &server, &err) != IAP_OK) {
		iap_doctor_add(doctor, "database version", IAP_FINDING_FAILED,
		    "give the administrator's account the right to read settings", "%s", err.detail);
		return;
	}
	apart = llabs(server.now_ms - iap_clock_now_ms());
	check_version(doctor, &server);
	check_setting(doctor, "sql_mode", server.strict, IAP_FINDING_FAILED,
	    "add STRICT_TRANS_TABLES to sql_mode: values must not be cut in silence");
	check_setting(doctor, "read_only", !server.read_only, IAP_FINDING_FAILED,
	    "name the server that takes writes in [database]");
	check_setting(doctor, "local_infile", !server.local_infile, IAP_FINDING_WARNING,
	    "set local_infile=OFF: nothing of IAP needs it");
	check_setting(doctor, "flush at commit", server.flush_at_commit == 1, IAP_FINDING_WARNING,
	    "set innodb_flush_log_at_trx_commit=1, or a loss of power may lose audit rows");
	check_setting(doctor, "doublewrite", server.doublewrite != 0, IAP_FINDING_WARNING,
	    "set innodb_doublewrite=ON, or a loss of power may tear pages");
	check_setting(doctor, "max packet", server.max_packet >= PACKET_LEAST, IAP_FINDING_WARNING,
	    "set max_allowed_packet=16M or more: documents are stored in batches");
	check_setting(doctor, "buffer pool", server.buffer_pool >= POOL_ADVISED, IAP_FINDING_WARNING,
	    "set innodb_buffer_pool_size to some 7 % of the data, 128M at least");
	check_setting(doctor, "character set", strcmp(server.charset, "utf8mb4") == 0,
	    IAP_FINDING_FAILED, "ALTER DATABASE ... CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
	iap_doctor_add(doctor, "clocks", apart > CLOCK_MS ? IAP_FINDING_WARNING : IAP_FINDING_OK,
	    "let both machines use NTP", "the database's clock is %" PRId64 " ms away from ours", apart);
}

/* The account of one program: lets it in, and does not let it change the schema. */
static void
check_account(struct iap_doctor *doctor, const char *check, const char *user, const char *file)
{
	IAP_CLEANUP(iap_db_close) struct iap_db *db = NULL;
	struct iap_db_conf conf;
	struct iap_error err = { 0 };
	const char *grants = "";
	char *password = NULL;

	if (iap_cli_account(doctor->cli, &conf, &err) != IAP_OK ||
	    (file != NULL && iap_file_load_secret(doctor->cli->arena, file, &password, &err) != IAP_OK))
		return;
	conf.user = user;
	conf.password = password;
	if (iap_db_open(&conf, &db, &err) != IAP_OK ||
	    iap_server_grants_find(db, doctor->cli->arena, &grants, &err) != IAP_OK) {
		iap_doctor_add(doctor, check, IAP_FINDING_FAILED,
		    "run iapctl db migrate: it makes the accounts and their rights", "%s: %s", user,
		    err.detail);
		return;
	}
	if (strstr(grants, "DROP") != NULL || strstr(grants, "ALTER") != NULL)
		iap_doctor_add(doctor, check, IAP_FINDING_WARNING,
		    "revoke what schema/grants.sql does not give", "%s may do too much: %s", user, grants);
	else
		iap_doctor_add(doctor, check, IAP_FINDING_OK, "", "%s is let in, and may not change the schema",
		    user);
}

void
iap_doctor_check_database(struct iap_doctor *doctor)
{
	const struct iap_settings *settings = &doctor->cli->settings;
	struct iap_db_conf conf;
	struct iap_error err = { 0 };

	if (iap_cli_account(doctor->cli, &conf, &err) != IAP_OK ||
	    iap_db_open(&conf, &doctor->cli->db, &err) != IAP_OK) {
		iap_doctor_add(doctor, "database", IAP_FINDING_FAILED,
		    "start MariaDB; correct [database]; if the database does not exist, iapctl db migrate",
		    "%s", err.detail);
		return;
	}
	iap_doctor_add(doctor, "database", IAP_FINDING_OK, "", "%s lets %s in",
	    settings->db_host != NULL ? settings->db_host : settings->db_socket,
	    settings->db_admin_user);
	check_server(doctor);
	if (iap_schema_check(doctor->cli->db, &err) != IAP_OK)
		iap_doctor_add(doctor, "schema", IAP_FINDING_FAILED, "iapctl db migrate", "%s", err.detail);
	else
		iap_doctor_add(doctor, "schema", IAP_FINDING_OK, "", "version %d, as the programs need it",
		    IAP_SCHEMA_VERSION);
	check_account(doctor, "web's account", settings->db_web_user, settings->db_web_password_file);
	check_account(doctor, "worker's account", settings->db_worker_user,
	    settings->db_worker_password_file);
}
