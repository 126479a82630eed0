/* SPDX-License-Identifier: Apache-2.0 */
/* iapctl config: what is set, and whether it can be read. */
#include <stdio.h>

#include "cli/command.h"

static enum iap_exit
check(struct iap_cli *cli, struct iap_arguments *arguments)
{
	struct iap_option_list words;

	if (!iap_cli_parse(cli, arguments, NULL, 0, (struct iap_word_count){ 0, 0 }, &words))
		return cli->exit;
	fprintf(stderr, "%s is well formed\n", cli->settings.path);
	return IAP_EXIT_DONE;
}

static enum iap_exit
show(struct iap_cli *cli, struct iap_arguments *arguments)
{
	struct iap_option_list words;
	struct iap_buf text;

	if (!iap_cli_parse(cli, arguments, NULL, 0, (struct iap_word_count){ 0, 0 }, &words))
		return cli->exit;
	iap_buf_open(&text, cli->arena);
	iap_settings_format(&cli->settings, &text);
	return iap_cli_print(&text);
}

const struct iap_command iap_cli_config_commands[] = {
	{ "config", "check", "is iap.conf well formed?",
	  "usage: iapctl config check [--config FILE]\n\n"
	  "Reads the settings and says file, line and remedy of what is wrong.\n\n"
	  "  iapctl config check --config /srv/iap/iap.conf\n", check },
	{ "config", "show", "every setting in force, with its meaning",
	  "usage: iapctl config show [--config FILE]\n\n"
	  "Prints every setting with its value in force, as an iap.conf. Passwords are\n"
	  "in files of their own and not shown.\n\n"
	  "  iapctl config show > iap.conf.new\n", show },
};
