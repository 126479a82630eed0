/* SPDX-License-Identifier: Apache-2.0 */
/* iapctl user: local accounts and the sessions of everybody. */
#include <stdio.h>
#include <string.h>

#include "auth/ended.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/audit.h"
#include "cli/command.h"
#include "cli/listing.h"
#include "cli/owner.h"
#include "crypto/password.h"
#include "db/tx.h"
#include "json/write.h"
#include "model/session.h"
#include "model/user.h"

/* With fewer characters a password is used, but warned about. */
enum { PASSWORD_ADVISED = 8 };

/* The first line of standard input. */
static enum iap_status
read_line(struct iap_cli *cli, char **out, struct iap_error *err)
{
	char *line = iap_arena_alloc(cli->arena, IAP_PASSWORD_MAX + 2);

	if (fgets(line, IAP_PASSWORD_MAX + 2, stdin) == NULL)
		return iap_error_set(err, IAP_INVALID, "standard input holds no password");
	line[strcspn(line, "\n")] = '\0';
	*out = line;
	return IAP_OK;
}

/* Makes the hash of a password in a file; "-" is standard input. */
static enum iap_status
load_hash(struct iap_cli *cli, const char *file, const char **hash, struct iap_error *err)
{
	enum iap_status status;
	char *password;

	if (strcmp(file, "-") == 0)
		status = read_line(cli, &password, err);
	else
		status = iap_file_load_secret(cli->arena, file, &password, err);
	if (status != IAP_OK)
		return status;
	if (strlen(password) < PASSWORD_ADVISED)
		iap_log_warning("password is shorter than advised file=%s characters=%d", file,
		    PASSWORD_ADVISED);
	status = iap_password_format(cli->arena, password, &iap_password_cost, hash, err);
	explicit_bzero(password, strlen(password));
	return status;
}

static enum iap_exit
add(struct iap_cli *cli, struct iap_arguments *arguments)
{
	const char *file = NULL;
	struct iap_user_new user = { .created_ms = iap_clock_now_ms() };
	struct iap_option_list regions = { 0 }, divisions = { 0 }, words;
	const struct iap_option table[] = {
		{ "role", IAP_OPTION_TEXT, { .text = &user.role } },
		{ "region", IAP_OPTION_LIST, { .list = &regions } },
		{ "all-regions", IAP_OPTION_FLAG, { .flag = &user.all_regions } },
		{ "division", IAP_OPTION_LIST, { .list = &divisions } },
		{ "all-divisions", IAP_OPTION_FLAG, { .flag = &user.all_divisions } },
		{ "mail", IAP_OPTION_TEXT, { .text = &user.mail } },
		{ "password-file", IAP_OPTION_TEXT, { .text = &file } },
	};
	struct iap_error err = { 0 };

	if (!iap_cli_parse(cli, arguments, table, IAP_LENGTH(table), (struct iap_word_count){ 1, 1 },
	    &words))
		return cli->exit;
	if (user.role == NULL || file == NULL)
		return iap_cli_usage(cli, "--role and --password-file are needed");
	user.name = words.items[0];
	user.regions = regions.items;
	user.region_count = regions.count;
	user.divisions = divisions.items;
	user.division_count = divisions.count;
	if (load_hash(cli, file, &user.password_hash, &err) != IAP_OK)
		return iap_cli_fail(cli, &err);
	if (!iap_cli_connect(cli))
		return cli->exit;
	if (iap_user_insert(cli->db, cli->arena, &user, &err) != IAP_OK ||
	    iap_cli_audit(cli, "user_add", "user", user.name, &err) != IAP_OK)
		return iap_cli_fail(cli, &err);
	if (!user.all_regions && regions.count == 0)
		fputs("note: without a region this user sees nothing; see --region, --all-regions\n", stderr);
	if (!user.all_divisions && divisions.count == 0)
		fputs("note: without a division this user sees nothing; see --division, --all-divisions\n",
		    stderr);
	fprintf(stderr, "user %s may sign in as %s\n", user.name, user.role);
	return IAP_EXIT_DONE;
}

/* Lines of text as an array of JSON, or "all". */
static void
write_lines(struct iap_json_writer *writer, struct iap_arena *arena, const char *key, bool all,
    const char *lines)
{
	char *rest = iap_arena_copy(arena, lines), *line;

	if (all) {
		iap_json_write_text(writer, key, "all");
		return;
	}
	iap_json_write_array_begin(writer, key);
	while (rest != NULL && (line = strsep(&rest, "\n")) != NULL)
		iap_json_write_text(writer, NULL, line);
	iap_json_write_array_end(writer);
}

static void
write_users(struct iap_cli *cli, struct iap_json_writer *writer, const struct iap_rows *rows)
{
	const struct iap_user *users = rows->items;

	for (size_t i = 0; i < rows->count; i++) {
		const struct iap_user *user = &users[i];

		iap_json_write_object_begin(writer, NULL);
		iap_json_write_text(writer, "name", user->name);
		iap_json_write_text(writer, "issuer", user->issuer);
		iap_json_write_text(writer, "role", user->role);
		write_lines(writer, cli->arena, "regions", user->all_regions, user->regions);
		write_lines(writer, cli->arena, "divisions", user->all_divisions, user->divisions);
		iap_json_write_time(writer, "created_at", user->created_ms);
		iap_listing_write_time(writer, "disabled_at", user->disabled_ms);
		iap_listing_write_time(writer, "last_signin_at", user->last_signin_ms);
		iap_json_write_object_end(writer);
	}
}

/* Lines of text on one line. */
static const char *
on_one_line(struct iap_arena *arena, bool all, const char *lines)
{
	char *text = iap_arena_copy(arena, all ? "all" : lines == NULL ? "none" : lines);

	for (char *c = text; *c != '\0'; c++)
		if (*c == '\n')
			*c = ',';
	return text;
}

static void
print_users(struct iap_cli *cli, struct iap_buf *text, const struct iap_rows *rows)
{
	const struct iap_user *users = rows->items;

	iap_buf_format(text, "%-20s %-12s %-10s %-20s %-20s %s\n", "NAME", "ROLE", "ISSUER", "REGIONS",
	    "DIVISIONS", "LAST SIGN-IN");
	for (size_t i = 0; i < rows->count; i++) {
		const struct iap_user *user = &users[i];

		iap_buf_format(text, "%-20s %-12s %-10s %-20s %-20s %s%s\n", user->name, user->role,
		    user->issuer, on_one_line(cli->arena, user->all_regions, user->regions),
		    on_one_line(cli->arena, user->all_divisions, user->divisions),
		    user->last_signin_ms.set ?
		    iap_clock_format(cli->arena, user->last_signin_ms.value) : "never",
		    user->disabled_ms.set ? " (disabled)" : "");
	}
}

static enum iap_exit
list(struct iap_cli *cli, struct iap_arguments *arguments)
{
	static const struct iap_listing listing = { iap_user_list, print_users, write_users };

	return iap_listing_run(cli, arguments, &listing);
}

/* Tells iap-media of sessions that are over. */
static enum iap_status
name_ended(struct iap_cli *cli, const struct iap_rows *ended, struct iap_error *err)
{
	IAP_CLEANUP(iap_owner_end) struct iap_owner owner =
	    iap_owner_begin(cli->settings.media_ended);

	return iap_ended_save_all(cli->settings.media_ended, ended, err);
}

static enum iap_exit
disable(struct iap_cli *cli, struct iap_arguments *arguments)
{
	struct iap_option_list words;
	struct iap_rows ended;
	struct iap_error err = { 0 };

	if (!iap_cli_parse(cli, arguments, NULL, 0, (struct iap_word_count){ 1, 1 }, &words) ||
	    !iap_cli_connect(cli))
		return cli->exit;
	if (iap_user_disable(cli->db, cli->arena, words.items[0], iap_clock_now_ms(), &ended,
	    &err) != IAP_OK ||
	    name_ended(cli, &ended, &err) != IAP_OK ||
	    iap_cli_audit(cli, "user_disable", "user", words.items[0], &err) != IAP_OK)
		return iap_cli_fail(cli, &err);
	fprintf(stderr, "user %s may no longer sign in; %zu sessions were ended\n", words.items[0],
	    ended.count);
	return IAP_EXIT_DONE;
}

static enum iap_status
find_user(struct iap_cli *cli, const char *name, struct iap_user_secret *out,
    struct iap_error *err)
{
	enum iap_status status = iap_user_secret_find(cli->db, cli->arena, name, out, err);

	return status == IAP_NOT_FOUND ?
	    iap_error_set(err, IAP_NOT_FOUND, "there is no local user %s", name) : status;
}

static enum iap_exit
password(struct iap_cli *cli, struct iap_arguments *arguments)
{
	const char *file = NULL, *hash;
	const struct iap_option table[] = { { "password-file", IAP_OPTION_TEXT, { .text = &file } } };
	struct iap_option_list words;
	struct iap_user_secret user;
	struct iap_rows ended;
	struct iap_error err = { 0 };
	IAP_CLEANUP(iap_tx_end) struct iap_tx *tx = NULL;

	if (!iap_cli_parse(cli, arguments, table, IAP_LENGTH(table), (struct iap_word_count){ 1, 1 },
	    &words))
		return cli->exit;
	if (file == NULL)
		return iap_cli_usage(cli, "--password-file is needed");
	if (load_hash(cli, file, &hash, &err) != IAP_OK)
		return iap_cli_fail(cli, &err);
	if (!iap_cli_connect(cli))
		return cli->exit;
	if (iap_tx_begin(cli->db, &tx, &err) != IAP_OK ||
	    find_user(cli, words.items[0], &user, &err) != IAP_OK ||
	    iap_user_update_password(cli->db, user.id, hash, &err) != IAP_OK ||
	    iap_session_delete_of(cli->db, cli->arena, user.id, &ended, &err) != IAP_OK ||
	    iap_cli_audit(cli, "user_password", "user", words.items[0], &err) != IAP_OK ||
	    iap_tx_commit(&tx, &err) != IAP_OK ||
	    name_ended(cli, &ended, &err) != IAP_OK)
		return iap_cli_fail(cli, &err);
	fprintf(stderr, "user %s has a new password; %zu sessions were ended\n", words.items[0],
	    ended.count);
	return IAP_EXIT_DONE;
}

static void
write_sessions(struct iap_buf *text, const struct iap_rows *rows)
{
	const struct iap_session_row *sessions = rows->items;
	struct iap_json_writer writer;

	iap_json_write_open(&writer, text);
	iap_json_write_array_begin(&writer, NULL);
	for (size_t i = 0; i < rows->count; i++) {
		iap_json_write_object_begin(&writer, NULL);
		iap_json_write_text(&writer, "user", sessions[i].user);
		iap_json_write_time(&writer, "created_at", sessions[i].created_ms);
		iap_json_write_time(&writer, "seen_at", sessions[i].seen_ms);
		iap_json_write_text(&writer, "address", sessions[i].address);
		iap_json_write_text(&writer, "agent", sessions[i].agent);
		iap_json_write_object_end(&writer);
	}
	iap_json_write_array_end(&writer);
	iap_buf_char(text, '\n');
}

static void
print_sessions(struct iap_buf *text, const struct iap_rows *rows)
{
	const struct iap_session_row *sessions = rows->items;

	iap_buf_format(text, "%-20s %-24s %-24s %-15s %s\n", "USER", "SINCE", "LAST USED", "ADDRESS",
	    "BROWSER");
	for (size_t i = 0; i < rows->count; i++)
		iap_buf_format(text, "%-20s %-24s %-24s %-15s %s\n", sessions[i].user,
		    iap_clock_format(text->arena, sessions[i].created_ms),
		    iap_clock_format(text->arena, sessions[i].seen_ms), sessions[i].address,
		    sessions[i].agent);
}

static enum iap_exit
end_sessions(struct iap_cli *cli, const char *name)
{
	struct iap_user_secret user;
	struct iap_rows ended;
	struct iap_error err = { 0 };
	IAP_CLEANUP(iap_tx_end) struct iap_tx *tx = NULL;

	if (iap_tx_begin(cli->db, &tx, &err) != IAP_OK ||
	    find_user(cli, name, &user, &err) != IAP_OK ||
	    iap_session_delete_of(cli->db, cli->arena, user.id, &ended, &err) != IAP_OK ||
	    iap_cli_audit(cli, "sessions_end", "user", name, &err) != IAP_OK ||
	    iap_tx_commit(&tx, &err) != IAP_OK ||
	    name_ended(cli, &ended, &err) != IAP_OK)
		return iap_cli_fail(cli, &err);
	fprintf(stderr, "%zu sessions of %s were ended\n", ended.count, name);
	return IAP_EXIT_DONE;
}

static enum iap_exit
sessions(struct iap_cli *cli, struct iap_arguments *arguments)
{
	bool json = false, end = false;
	const struct iap_option table[] = {
		{ "json", IAP_OPTION_FLAG, { .flag = &json } },
		{ "end", IAP_OPTION_FLAG, { .flag = &end } },
	};
	struct iap_option_list words;
	struct iap_rows rows;
	struct iap_error err = { 0 };
	struct iap_buf text;

	if (!iap_cli_parse(cli, arguments, table, IAP_LENGTH(table), (struct iap_word_count){ 0, 1 },
	    &words))
		return cli->exit;
	if (end && words.count == 0)
		return iap_cli_usage(cli, "whose sessions are to be ended?");
	if (!iap_cli_connect(cli))
		return cli->exit;
	if (end)
		return end_sessions(cli, words.items[0]);
	if (iap_session_list(cli->db, cli->arena, words.count > 0 ? words.items[0] : NULL, &rows,
	    &err) != IAP_OK)
		return iap_cli_fail(cli, &err);
	iap_buf_open(&text, cli->arena);
	(json ? write_sessions : print_sessions)(&text, &rows);
	return iap_cli_print(&text);
}

const struct iap_command iap_cli_user_commands[] = {
	{ "user", "add", "make a local account",
	  "usage: iapctl user add NAME --role ROLE [--region R]... [--all-regions]"
	  " [--division D]... [--all-divisions] [--mail ADDRESS] --password-file F\n\n"
	  "Roles: admin compliance supervisor analyst auditor. A user sees calls of the given\n"
	  "regions and divisions only; a division /US covers /US/East. F of - is standard input.\n\n"
	  "  iapctl user add anna --role supervisor --region EMEA --division /Sales --password-file pw\n"
	  "  pwgen 16 1 | iapctl user add root --role admin --all-regions --all-divisions"
	  " --password-file -\n", add },
	{ "user", "list", "who may sign in",
	  "usage: iapctl user list [--json]\n\n"
	  "  iapctl user list\n"
	  "  iapctl user list --json | jq -r '.[] | select(.disabled_at == null) | .name'\n", list },
	{ "user", "disable", "forbid somebody to sign in, at once",
	  "usage: iapctl user disable NAME\n\n"
	  "Also ends the user's sessions; what is playing stops within seconds.\n\n"
	  "  iapctl user disable anna\n", disable },
	{ "user", "password", "give a local account another password",
	  "usage: iapctl user password NAME --password-file F\n\n"
	  "Also ends the user's sessions. F of - is standard input.\n\n"
	  "  iapctl user password anna --password-file pw\n", password },
	{ "user", "sessions", "who is signed in; end their sessions",
	  "usage: iapctl user sessions [NAME] [--json]\n"
	  "       iapctl user sessions NAME --end\n\n"
	  "  iapctl user sessions\n"
	  "  iapctl user sessions anna --end\n", sessions },
};
