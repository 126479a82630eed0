/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

static bool
end_with(struct iap_cli *cli, enum iap_exit code)
{
	cli->exit = code;
	return false;
}

bool
iap_cli_parse(struct iap_cli *cli, struct iap_arguments *arguments,
    const struct iap_option *table, size_t count, struct iap_word_count wanted,
    struct iap_option_list *words)
{
	struct iap_error err = { 0 };

	if (iap_options_parse(cli->arena, arguments, table, count, &cli->common, words,
	    &err) != IAP_OK)
		return end_with(cli, iap_cli_usage(cli, "%s", err.detail));
	if (cli->common.help) {
		struct iap_buf text;

		iap_buf_open(&text, cli->arena);
		iap_buf_text(&text, cli->command->help);
		return end_with(cli, iap_cli_print(&text));
	}
	if (words->count < wanted.least)
		return end_with(cli, iap_cli_usage(cli, "something is missing"));
	if (words->count > wanted.most)
		return end_with(cli, iap_cli_usage(cli, "too many words: %s",
		    words->items[wanted.most]));
	if (iap_settings_load(cli->arena, cli->common.config, &cli->settings, &err) != IAP_OK)
		return end_with(cli, iap_cli_fail(cli, &err));
	return true;
}

enum iap_status
iap_cli_account(struct iap_cli *cli, struct iap_db_conf *out, struct iap_error *err)
{
	const struct iap_settings *settings = &cli->settings;
	char *password = NULL;

	if (settings->db_admin_password_file != NULL &&
	    iap_file_load_secret(cli->arena, settings->db_admin_password_file, &password,
	    err) != IAP_OK)
		return err->status;
	*out = (struct iap_db_conf){
		.socket = settings->db_host == NULL ? settings->db_socket : NULL,
		.host = settings->db_host,
		.port = (unsigned int)settings->db_port,
		.tls_ca = settings->db_tls_ca,
		.name = settings->db_name,
		.user = settings->db_admin_user,
		.password = password,
	};
	return IAP_OK;
}

bool
iap_cli_connect(struct iap_cli *cli)
{
	struct iap_db_conf conf;
	struct iap_error err = { 0 };

	if (iap_cli_account(cli, &conf, &err) != IAP_OK ||
	    iap_db_open(&conf, &cli->db, &err) != IAP_OK)
		return end_with(cli, iap_cli_fail(cli, &err));
	return true;
}

enum iap_exit
iap_cli_fail(struct iap_cli *cli, const struct iap_error *err)
{
	fprintf(stderr, "iapctl: %s\n", err->detail);
	cli->exit = err->status == IAP_FORBIDDEN ? IAP_EXIT_NOT_ALLOWED : IAP_EXIT_FAILED;
	return cli->exit;
}

enum iap_exit
iap_cli_usage(struct iap_cli *cli, const char *format, ...)
{
	va_list values;
	size_t line = strcspn(cli->command->help, "\n");

	fputs("iapctl: ", stderr);
	va_start(values, format);
	vfprintf(stderr, format, values);
	va_end(values);
	fprintf(stderr, "\n%.*s\n", (int)line, cli->command->help);
	cli->exit = IAP_EXIT_USAGE;
	return cli->exit;
}

enum iap_exit
iap_cli_print(const struct iap_buf *text)
{
	if (fwrite(text->bytes, 1, text->length, stdout) != text->length || fflush(stdout) != 0) {
		perror("iapctl: standard output");
		return IAP_EXIT_FAILED;
	}
	return IAP_EXIT_DONE;
}
