/* SPDX-License-Identifier: Apache-2.0 */
/* iap-worker: the scheduled program. Finds the subcommand and runs it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "crypto/hash.h"
#include "model/lease.h"
#include "model/schema.h"
#include "worker/command.h"
#include "worker/worker.h"

/* Changing the partitions of a large table takes its time. */
enum { MEMORY_LIMIT = 64 << 20, READ_TIMEOUT_S = 600 };

static const char help[] =
    "usage: iap-worker [--config FILE] COMMAND ...\n"
    "\n"
    "  process-server  read what is new in the sources into the database\n"
    "  validate        judge media outside of a pass\n"
    "\n"
    "`iap-worker COMMAND --help` tells each with examples.\n";

static volatile sig_atomic_t stopping;

static void
stop(int number)
{
	(void)number;
	stopping = 1;
}

bool
iap_worker_stopping(void)
{
	return stopping != 0;
}

static const struct {
	const char *name;
	enum iap_worker_exit (*run)(struct iap_worker *worker, struct iap_arguments *arguments,
	    struct iap_options_common *common);
} commands[] = {
	{ "process-server", iap_process_server },
	{ "validate", iap_validate_command },
};

static enum iap_status
open_database(struct iap_worker *worker, struct iap_error *err)
{
	const struct iap_settings *settings = &worker->settings;
	char *password = NULL;

	if (settings->db_worker_password_file != NULL &&
	    iap_file_load_secret(worker->arena, settings->db_worker_password_file, &password,
	    err) != IAP_OK)
		return err->status;
	{
		const struct iap_db_conf conf = {
			.socket = settings->db_host == NULL ? settings->db_socket : NULL,
			.host = settings->db_host,
			.port = (unsigned int)settings->db_port,
			.tls_ca = settings->db_tls_ca,
			.name = settings->db_name,
			.user = settings->db_worker_user,
			.password = password,
			.read_timeout_s = READ_TIMEOUT_S,
		};
		enum iap_status status = iap_db_open(&conf, &worker->db, err);

		if (password != NULL)
			iap_secret_wipe(password, strlen(password));
		return status;
	}
}

bool
iap_worker_connect(struct iap_worker *worker, const struct iap_options_common *common)
{
	struct iap_error err = { 0 };

	if (iap_settings_load(worker->arena, common->config, &worker->settings, &err) == IAP_OK &&
	    open_database(worker, &err) == IAP_OK && iap_schema_check(worker->db, &err) == IAP_OK) {
		worker->owner = iap_lease_owner(worker->arena);
		return true;
	}
	fprintf(stderr, "iap-worker: %s\n", err.detail);
	return false;
}

static enum iap_worker_exit
run(struct iap_worker *worker, struct iap_arguments *arguments)
{
	struct iap_options_common common = { 0 };
	struct iap_error err = { 0 };

	if (iap_options_begin(arguments, &common, &err) != IAP_OK)
		return iap_command_usage(help, "%s", err.detail);
	if (common.version) {
		puts("iap-worker " PACKAGE_VERSION);
		return IAP_WORKER_DONE;
	}
	if (arguments->count == 0) {
		fputs(help, common.help ? stdout : stderr);
		return common.help ? IAP_WORKER_DONE : IAP_WORKER_USAGE;
	}
	for (size_t i = 0; i < IAP_LENGTH(commands); i++)
		if (strcmp(arguments->items[0], commands[i].name) == 0) {
			arguments->items++;
			arguments->count--;
			return commands[i].run(worker, arguments, &common);
		}
	return iap_command_usage(help, "unknown command %s: process-server or validate",
	    arguments->items[0]);
}

int
main(int argc, char **argv)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(MEMORY_LIMIT);
	struct iap_arguments arguments = iap_arguments_open(argc, argv);
	struct iap_worker *worker = iap_arena_alloc(arena, sizeof *worker);
	struct sigaction action = { .sa_handler = stop };
	enum iap_worker_exit code;

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	worker->arena = arena;
	code = run(worker, &arguments);
	iap_db_close(&worker->db);
	return code;
}
