/* SPDX-License-Identifier: Apache-2.0 */
/* iapctl db: brings the database up to what the programs are built for. */
#include <stdio.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/schema_folder.h"
#include "model/schema.h"

/* A password from its file; NULL when none is configured. */
static enum iap_status
load_password(struct iap_cli *cli, const char *file, const char **out, struct iap_error *err)
{
	char *password = NULL;

	if (file != NULL && iap_file_load_secret(cli->arena, file, &password, err) != IAP_OK)
		return err->status;
	*out = password;
	return IAP_OK;
}

static enum iap_status
grant(struct iap_cli *cli, const char *folder, struct iap_error *err)
{
	const struct iap_settings *settings = &cli->settings;
	struct iap_schema_users users = {
		.database = settings->db_name,
		.host = settings->db_host == NULL ? "localhost" : "%",
		.web_user = settings->db_web_user,
		.worker_user = settings->db_worker_user,
	};

	if (load_password(cli, settings->db_web_password_file, &users.web_password, err) != IAP_OK ||
	    load_password(cli, settings->db_worker_password_file, &users.worker_password,
	    err) != IAP_OK)
		return err->status;
	return iap_schema_grant(cli->db, folder, &users, err);
}

static enum iap_exit
migrate(struct iap_cli *cli, struct iap_arguments *arguments)
{
	const char *folder = NULL;
	const struct iap_option table[] = {
		{ "schema", IAP_OPTION_TEXT, { .text = &folder } },
	};
	struct iap_option_list words;
	struct iap_db_conf conf;
	struct iap_schema_done done;
	struct iap_error err = { 0 };

	if (!iap_cli_parse(cli, arguments, table, IAP_LENGTH(table), (struct iap_word_count){ 0, 0 },
	    &words))
		return cli->exit;
	if (folder == NULL)
		folder = iap_schema_folder_find(cli->arena);
	if (iap_cli_account(cli, &conf, &err) != IAP_OK)
		return iap_cli_fail(cli, &err);
	conf.name = NULL; /* it may not exist yet */
	if (iap_db_open(&conf, &cli->db, &err) != IAP_OK ||
	    iap_schema_migrate(cli->db, folder, cli->settings.db_name, &done, &err) != IAP_OK ||
	    grant(cli, folder, &err) != IAP_OK)
		return iap_cli_fail(cli, &err);
	if (done.from == done.to)
		fprintf(stderr, "the schema of %s is version %u already\n", cli->settings.db_name, done.to);
	else
		fprintf(stderr, "the schema of %s went from version %u to %u\n", cli->settings.db_name,
		    done.from, done.to);
	return IAP_EXIT_DONE;
}

const struct iap_command iap_cli_db_commands[] = {
	{ "db", "migrate", "bring the database up to this version",
	  "usage: iapctl db migrate [--schema FOLDER] [--config FILE]\n\n"
	  "Makes the database when there is none, applies what it lacks of the schema, and\n"
	  "gives the database users of iap-web and iap-worker their passwords and rights.\n"
	  "Run it after each installation of a new version, before the programs start. It\n"
	  "goes forward only; back up first.\n\n"
	  "  iapctl db migrate\n"
	  "  iapctl db migrate --config /srv/iap/iap.conf\n", migrate },
};
