/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every command of iapctl shares: its place in the table, its settings
 * and connection, and how it speaks. Results go to standard output, all else
 * to standard error; with --json there is one JSON document on standard output
 * and nothing else.
 */
#ifndef IAP_CLI_COMMAND_H
#define IAP_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "conf/options.h"
#include "conf/settings.h"
#include "db/db.h"

/* Exit codes of all IAP's programs. */
enum iap_exit {
	IAP_EXIT_DONE = 0,
	IAP_EXIT_FAILED = 1,
	IAP_EXIT_USAGE = 2,
	IAP_EXIT_FAULTS = 3,      /* done, but something is not as it should be */
	IAP_EXIT_NOT_ALLOWED = 4,
};

struct iap_command;

/* One run of iapctl. */
struct iap_cli {
	struct iap_arena *arena;
	const struct iap_command *command;
	struct iap_options_common common;
	struct iap_settings settings; /* after iap_cli_parse() */
	struct iap_db *db;            /* after iap_cli_connect() */
	enum iap_exit exit;           /* when one of the functions below was not content */
};

struct iap_command {
	const char *noun;
	const char *verb;  /* NULL when the noun stands alone */
	const char *brief; /* one line for the list of commands */
	const char *help;  /* usage, meaning and examples */
	enum iap_exit (*run)(struct iap_cli *cli, struct iap_arguments *arguments);
};

/* How many words a command takes beside its options. */
struct iap_word_count {
	size_t least;
	size_t most;
};

/*
 * Reads the rest of the command line and the settings. False when the command
 * is to return cli->exit at once: help was asked for and given, or something is
 * wrong and was said.
 */
IAP_MUST_CHECK bool iap_cli_parse(struct iap_cli *cli, struct iap_arguments *arguments,
    const struct iap_option *table, size_t count, struct iap_word_count wanted,
    struct iap_option_list *words);

/*
 * Connects to the database as the administrator into cli->db; main() closes it.
 * False, when that fails, after saying why and setting cli->exit.
 */
IAP_MUST_CHECK bool iap_cli_connect(struct iap_cli *cli);

/* The database account of the administrator, its password read from its file. */
IAP_MUST_CHECK enum iap_status iap_cli_account(struct iap_cli *cli, struct iap_db_conf *out,
    struct iap_error *err);

/* Says what failed; the result is what to return, and cli->exit. */
enum iap_exit iap_cli_fail(struct iap_cli *cli, const struct iap_error *err);

/* Says what is wrong with the command line and its usage; IAP_EXIT_USAGE, cli->exit too. */
enum iap_exit iap_cli_usage(struct iap_cli *cli, const char *format, ...) IAP_PRINTF(2, 3);

/* Writes to standard output; IAP_EXIT_FAILED when that cannot be done. */
enum iap_exit iap_cli_print(const struct iap_buf *text);

/* The commands, one table a file. */
extern const struct iap_command iap_cli_config_commands[2];
extern const struct iap_command iap_cli_db_commands[1];
extern const struct iap_command iap_cli_source_commands[4];
extern const struct iap_command iap_cli_key_commands[2];
extern const struct iap_command iap_cli_user_commands[5];
extern const struct iap_command iap_cli_doctor_commands[1];

#endif
