/* SPDX-License-Identifier: Apache-2.0 */
/* iapctl: the administrator's hands. Finds the command and runs it. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "conf/suggest.h"

enum { MEMORY_LIMIT = 256 << 20 };

struct group {
	const struct iap_command *commands;
	size_t count;
};

static const struct group groups[] = {
	{ iap_cli_config_commands, IAP_LENGTH(iap_cli_config_commands) },
	{ iap_cli_db_commands, IAP_LENGTH(iap_cli_db_commands) },
	{ iap_cli_source_commands, IAP_LENGTH(iap_cli_source_commands) },
	{ iap_cli_key_commands, IAP_LENGTH(iap_cli_key_commands) },
	{ iap_cli_user_commands, IAP_LENGTH(iap_cli_user_commands) },
	{ iap_cli_doctor_commands, IAP_LENGTH(iap_cli_doctor_commands) },
};

static enum iap_exit
print_overview(FILE *out)
{
	fputs("usage: iapctl [--config FILE] NOUN VERB ...\n\n", out);
	for (size_t i = 0; i < IAP_LENGTH(groups); i++)
		for (size_t k = 0; k < groups[i].count; k++) {
			const struct iap_command *command = &groups[i].commands[k];
			const char *verb = command->verb == NULL ? "" : command->verb;

			fprintf(out, "  %-8s %-9s %s\n", command->noun, verb, command->brief);
		}
	fprintf(out, "\n`iapctl NOUN VERB --help` tells each with examples."
	    " The settings are %s unless --config names others.\n"
	    "Exit codes: 0 done, 1 failed, 2 usage, 3 done with faults, 4 not allowed.\n",
	    IAP_CONFIG_FILE);
	return out == stdout ? IAP_EXIT_DONE : IAP_EXIT_USAGE;
}

static const struct group *
find_group(const char *noun)
{
	struct iap_suggest suggest;

	iap_suggest_open(&suggest, noun);
	for (size_t i = 0; i < IAP_LENGTH(groups); i++) {
		if (strcmp(groups[i].commands[0].noun, noun) == 0)
			return &groups[i];
		iap_suggest_add(&suggest, groups[i].commands[0].noun);
	}
	fprintf(stderr, "iapctl: unknown command %s", noun);
	if (suggest.best != NULL)
		fprintf(stderr, "; did you mean %s?", suggest.best);
	fputs("\nsee iapctl --help\n", stderr);
	return NULL;
}

static const struct iap_command *
find_verb(const struct group *group, const char *verb)
{
	struct iap_suggest suggest;

	iap_suggest_open(&suggest, verb);
	for (size_t i = 0; i < group->count; i++) {
		if (strcmp(group->commands[i].verb, verb) == 0)
			return &group->commands[i];
		iap_suggest_add(&suggest, group->commands[i].verb);
	}
	fprintf(stderr, "iapctl: %s has no command %s", group->commands[0].noun, verb);
	if (suggest.best != NULL)
		fprintf(stderr, "; did you mean %s?", suggest.best);
	fputc('\n', stderr);
	return NULL;
}

static enum iap_exit
print_group(const struct group *group, FILE *out)
{
	for (size_t i = 0; i < group->count; i++) {
		const char *help = group->commands[i].help;

		fprintf(out, "%.*s\n", (int)strcspn(help, "\n"), help);
	}
	return out == stdout ? IAP_EXIT_DONE : IAP_EXIT_USAGE;
}

/* The command that the words name; NULL, with *code set, when there is none to run. */
static const struct iap_command *
find_command(struct iap_cli *cli, struct iap_arguments *arguments, enum iap_exit *code)
{
	const struct group *group;
	struct iap_error err = { 0 };
	struct iap_option_list words;

	*code = IAP_EXIT_USAGE;
	if (arguments->count == 0) {
		*code = print_overview(cli->common.help ? stdout : stderr);
		return NULL;
	}
	group = find_group(arguments->items[0]);
	if (group == NULL)
		return NULL;
	arguments->items++;
	arguments->count--;
	if (group->commands[0].verb == NULL)
		return &group->commands[0];
	if (arguments->count == 0 || arguments->items[0][0] == '-') {
		/* What stands here can only be a common option; --help is the likely one. */
		if (iap_options_parse(cli->arena, arguments, NULL, 0, &cli->common, &words,
		    &err) != IAP_OK)
			fprintf(stderr, "iapctl: %s\n", err.detail);
		*code = print_group(group, cli->common.help ? stdout : stderr);
		return NULL;
	}
	arguments->count--;
	return find_verb(group, *arguments->items++);
}

int
main(int argc, char **argv)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(MEMORY_LIMIT);
	struct iap_arguments arguments = iap_arguments_open(argc, argv);
	struct iap_cli cli = { .arena = arena };
	struct iap_error err = { 0 };
	enum iap_exit code;

	if (iap_options_begin(&arguments, &cli.common, &err) != IAP_OK) {
		fprintf(stderr, "iapctl: %s\nsee iapctl --help\n", err.detail);
		return IAP_EXIT_USAGE;
	}
	if (cli.common.version) {
		puts("iapctl " PACKAGE_VERSION);
		return IAP_EXIT_DONE;
	}
	cli.command = find_command(&cli, &arguments, &code);
	if (cli.command != NULL)
		code = cli.command->run(&cli, &arguments);
	iap_db_close(&cli.db);
	return (int)code;
}
