/* SPDX-License-Identifier: Apache-2.0 */
/* iapctl source: where archives lie. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/division.h"
#include "base/clock.h"
#include "cli/audit.h"
#include "cli/command.h"
#include "cli/listing.h"
#include "cli/owner.h"
#include "cli/probe.h"
#include "conf/source.h"
#include "json/write.h"
#include "model/source.h"
#include "storage/storage.h"

/* The options of `source add`. */
struct wanted {
	struct iap_source_conf conf;
	const char *container;
	bool requester_pays;
	const char *region;
	const char *rule;
};

/* The absolute form of a path, without links. */
static enum iap_status
resolve(struct iap_cli *cli, const char *what, const char **path, struct iap_error *err)
{
	char *absolute;

	if (*path == NULL)
		return IAP_OK;
	absolute = realpath(*path, NULL);
	if (absolute == NULL)
		return iap_error_set(err, IAP_NOT_FOUND, "%s: no such %s, or it cannot be entered", *path,
		    what);
	*path = iap_arena_copy(cli->arena, absolute);
	free(absolute);
	return IAP_OK;
}

/* Whether such a storage can be; of a folder also whether it can be entered now. */
static enum iap_status
check_storage(struct iap_cli *cli, struct iap_source_conf *source, struct iap_error *err)
{
	IAP_CLEANUP(iap_storage_close) struct iap_storage *storage = NULL;
	struct iap_storage_conf conf;

	if (resolve(cli, "folder", &source->root, err) != IAP_OK ||
	    resolve(cli, "file", &source->credentials, err) != IAP_OK ||
	    resolve(cli, "file", &source->ca_file, err) != IAP_OK)
		return err->status;
	conf = iap_storage_conf_of(source);
	return iap_storage_open(&conf, &storage, err);
}

static enum iap_status
add_source(struct iap_cli *cli, const struct wanted *wanted, struct iap_error *err)
{
	const struct iap_source row = {
		.name = wanted->conf.name,
		.kind = wanted->conf.kind,
		.region = wanted->region,
		.division_rule = wanted->rule,
	};
	const struct iap_source_conf *conf = &wanted->conf;
	struct iap_source known;
	struct iap_owner owner;
	enum iap_status status;

	/*
	 * The row first, the file last: a worker reads a source only when it has
	 * both, and an add that was cut short can be repeated.
	 */
	status = iap_source_find(cli->db, cli->arena, conf->name, &known, err);
	if (status == IAP_OK) {
		struct iap_source_conf written;

		if (iap_source_conf_load(cli->arena, cli->settings.media_sources, conf->name, &written,
		    err) != IAP_NOT_FOUND)
			return iap_error_set(err, IAP_CONFLICT, "there is a source %s already", conf->name);
		if (iap_source_remove(cli->db, conf->name, err) != IAP_OK)
			return err->status;
	} else if (status != IAP_NOT_FOUND) {
		return status;
	}
	if (iap_source_insert(cli->db, &row, err) != IAP_OK ||
	    iap_cli_audit(cli, "source_add", "source", conf->name, err) != IAP_OK)
		return err->status;
	owner = iap_owner_begin(cli->settings.media_sources);
	status = iap_source_conf_save(cli->arena, cli->settings.media_sources, conf, err);
	iap_owner_end(&owner);
	return status;
}

/* Which options belong to which kind; false after having said what is wrong. */
static bool
check_options(struct iap_cli *cli, struct wanted *wanted)
{
	struct iap_source_conf *conf = &wanted->conf;
	bool is_local, is_s3, is_azure;

	if (conf->kind == NULL)
		conf->kind = "";
	is_local = strcmp(conf->kind, "local") == 0;
	is_s3 = strcmp(conf->kind, "s3") == 0;
	is_azure = strcmp(conf->kind, "azure") == 0;
	if (!is_local && !is_s3 && !is_azure)
		iap_cli_usage(cli, "--kind is one of: %s", iap_storage_kinds());
	else if (is_local && conf->root == NULL)
		iap_cli_usage(cli, "--root is needed");
	else if (is_local && (conf->endpoint != NULL || conf->bucket != NULL || conf->prefix != NULL ||
	    wanted->container != NULL || conf->credentials != NULL || conf->ca_file != NULL))
		iap_cli_usage(cli, "a source of kind local has --root and no other place");
	else if (!is_local && conf->root != NULL)
		iap_cli_usage(cli, "--root is for sources of kind local");
	else if (!is_local && conf->endpoint == NULL)
		iap_cli_usage(cli, "--endpoint is needed");
	else if (is_s3 && (conf->bucket == NULL || wanted->container != NULL))
		iap_cli_usage(cli, "--bucket is needed, and no --container");
	else if (is_azure && (wanted->container == NULL || conf->bucket != NULL))
		iap_cli_usage(cli, "--container is needed, and no --bucket");
	else if (!is_s3 && (conf->aws_region != NULL || conf->addressing != NULL ||
	    wanted->requester_pays))
		iap_cli_usage(cli, "--aws-region, --addressing and --requester-pays are for s3");
	else if (!iap_source_conf_check_name(conf->name))
		iap_cli_usage(cli, "%s: a name is 1 to 64 of a-z A-Z 0-9 . _ -", conf->name);
	else
		return true;
	return false;
}

static enum iap_exit
add(struct iap_cli *cli, struct iap_arguments *arguments)
{
	struct wanted wanted = { 0 };
	const struct iap_option table[] = {
		{ "kind", IAP_OPTION_TEXT, { .text = &wanted.conf.kind } },
		{ "root", IAP_OPTION_TEXT, { .text = &wanted.conf.root } },
		{ "endpoint", IAP_OPTION_TEXT, { .text = &wanted.conf.endpoint } },
		{ "bucket", IAP_OPTION_TEXT, { .text = &wanted.conf.bucket } },
		{ "container", IAP_OPTION_TEXT, { .text = &wanted.container } },
		{ "prefix", IAP_OPTION_TEXT, { .text = &wanted.conf.prefix } },
		{ "aws-region", IAP_OPTION_TEXT, { .text = &wanted.conf.aws_region } },
		{ "credentials", IAP_OPTION_TEXT, { .text = &wanted.conf.credentials } },
		{ "addressing", IAP_OPTION_TEXT, { .text = &wanted.conf.addressing } },
		{ "requester-pays", IAP_OPTION_FLAG, { .flag = &wanted.requester_pays } },
		{ "ca-file", IAP_OPTION_TEXT, { .text = &wanted.conf.ca_file } },
		{ "region", IAP_OPTION_TEXT, { .text = &wanted.region } },
		{ "division-from", IAP_OPTION_TEXT, { .text = &wanted.rule } },
	};
	struct iap_option_list words;
	struct iap_division_rule *rule;
	struct iap_error err = { 0 };

	if (!iap_cli_parse(cli, arguments, table, IAP_LENGTH(table), (struct iap_word_count){ 1, 1 },
	    &words))
		return cli->exit;
	wanted.conf.name = words.items[0];
	if (!check_options(cli, &wanted))
		return cli->exit;
	if (wanted.container != NULL)
		wanted.conf.bucket = wanted.container;
	if (wanted.requester_pays)
		wanted.conf.requester_pays = "yes";
	if (wanted.region == NULL)
		wanted.region = "";
	if (wanted.rule == NULL)
		wanted.rule = IAP_DIVISION_RULE_DEFAULT;
	if (iap_division_rule_parse(cli->arena, wanted.rule, &rule, &err) != IAP_OK)
		return iap_cli_usage(cli, "--division-from: %s", err.detail);
	if (check_storage(cli, &wanted.conf, &err) != IAP_OK)
		return iap_cli_fail(cli, &err);
	if (!iap_cli_connect(cli))
		return cli->exit;
	if (add_source(cli, &wanted, &err) != IAP_OK)
		return iap_cli_fail(cli, &err);
	fprintf(stderr, "source %s is read from the next pass on\n", wanted.conf.name);
	return IAP_EXIT_DONE;
}

/* Where the source's file says it lies, or NULL. */
static const char *
place_of(struct iap_cli *cli, const char *name)
{
	struct iap_source_conf conf;
	struct iap_error ignored = { 0 };

	return iap_source_conf_load(cli->arena, cli->settings.media_sources, name, &conf,
	    &ignored) == IAP_OK ? iap_source_conf_format(cli->arena, &conf) : NULL;
}

static void
write_sources(struct iap_cli *cli, struct iap_json_writer *writer, const struct iap_rows *rows)
{
	const struct iap_source *sources = rows->items;

	for (size_t i = 0; i < rows->count; i++) {
		const char *place = place_of(cli, sources[i].name);

		iap_json_write_object_begin(writer, NULL);
		iap_json_write_text(writer, "name", sources[i].name);
		iap_json_write_text(writer, "kind", sources[i].kind);
		/* "root" is what places of kind local were called first. */
		if (place != NULL && strcmp(sources[i].kind, "local") == 0)
			iap_json_write_text(writer, "root", place);
		else
			iap_json_write_null(writer, "root");
		if (place != NULL)
			iap_json_write_text(writer, "place", place);
		else
			iap_json_write_null(writer, "place");
		iap_json_write_text(writer, "region", sources[i].region);
		iap_json_write_text(writer, "division_from", sources[i].division_rule);
		iap_json_write_time(writer, "added_at", sources[i].added_ms);
		iap_json_write_u64(writer, "interactions", sources[i].interactions);
		iap_json_write_object_end(writer);
	}
}

static void
print_sources(struct iap_cli *cli, struct iap_buf *text, const struct iap_rows *rows)
{
	const struct iap_source *sources = rows->items;

	iap_buf_format(text, "%-20s %-6s %12s %-10s %-26s %s\n", "NAME", "KIND", "INTERACTIONS",
	    "REGION", "DIVISIONS FROM", "PLACE");
	for (size_t i = 0; i < rows->count; i++) {
		const char *place = place_of(cli, sources[i].name);

		iap_buf_format(text, "%-20s %-6s %12" PRIu64 " %-10s %-26s %s\n", sources[i].name,
		    sources[i].kind, sources[i].interactions, sources[i].region,
		    sources[i].division_rule, place != NULL ? place : "(its file is missing or wrong)");
	}
}

static enum iap_exit
list(struct iap_cli *cli, struct iap_arguments *arguments)
{
	static const struct iap_listing listing = { iap_source_list, print_sources, write_sources };

	return iap_listing_run(cli, arguments, &listing);
}

static bool
is_wanted(const struct iap_option_list *words, const char *name)
{
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->items[i], name) == 0)
			return true;
	return words->count == 0;
}

/* Reads a little of each source that is wanted; the number of those that cannot be read. */
static size_t
check_sources(struct iap_cli *cli, const struct iap_rows *rows,
    const struct iap_option_list *words, struct iap_json_writer *writer, bool json)
{
	const struct iap_source *sources = rows->items;
	struct iap_buf *text = writer->buf;
	size_t bad = 0;

	for (size_t i = 0; i < rows->count; i++) {
		struct iap_probe probe;

		if (!is_wanted(words, sources[i].name))
			continue;
		iap_probe_source(cli, sources[i].name, &probe);
		bad += !probe.good;
		if (!json) {
			iap_buf_format(text, "%-20s %-7s %s\n", sources[i].name, probe.good ? "ok" : "FAILED",
			    probe.detail);
			continue;
		}
		iap_json_write_object_begin(writer, NULL);
		iap_json_write_text(writer, "name", sources[i].name);
		iap_json_write_bool(writer, "ok", probe.good);
		iap_json_write_text(writer, "detail", probe.detail);
		iap_json_write_object_end(writer);
	}
	return bad;
}

static enum iap_exit
check(struct iap_cli *cli, struct iap_arguments *arguments)
{
	bool json = false;
	const struct iap_option table[] = { { "json", IAP_OPTION_FLAG, { .flag = &json } } };
	struct iap_option_list words;
	struct iap_json_writer writer;
	struct iap_rows rows;
	struct iap_source known;
	struct iap_error err = { 0 };
	struct iap_buf text;
	enum iap_exit code;
	size_t bad;

	if (!iap_cli_parse(cli, arguments, table, IAP_LENGTH(table),
	    (struct iap_word_count){ 0, SIZE_MAX }, &words) || !iap_cli_connect(cli))
		return cli->exit;
	for (size_t i = 0; i < words.count; i++)
		if (iap_source_find(cli->db, cli->arena, words.items[i], &known, &err) != IAP_OK) {
			if (err.status == IAP_NOT_FOUND)
				iap_error_set(&err, IAP_NOT_FOUND, "there is no source %s", words.items[i]);
			return iap_cli_fail(cli, &err);
		}
	if (iap_source_list(cli->db, cli->arena, &rows, &err) != IAP_OK)
		return iap_cli_fail(cli, &err);
	iap_buf_open(&text, cli->arena);
	iap_json_write_open(&writer, &text);
	if (json)
		iap_json_write_array_begin(&writer, NULL);
	bad = check_sources(cli, &rows, &words, &writer, json);
	if (json) {
		iap_json_write_array_end(&writer);
		iap_buf_char(&text, '\n');
	}
	code = iap_cli_print(&text);
	return code != IAP_EXIT_DONE ? code : bad > 0 ? IAP_EXIT_FAULTS : IAP_EXIT_DONE;
}

static enum iap_exit
remove_source(struct iap_cli *cli, struct iap_arguments *arguments)
{
	struct iap_option_list words;
	struct iap_error err = { 0 };
	enum iap_status status;

	if (!iap_cli_parse(cli, arguments, NULL, 0, (struct iap_word_count){ 1, 1 }, &words) ||
	    !iap_cli_connect(cli))
		return cli->exit;
	status = iap_source_remove(cli->db, words.items[0], &err);
	if (status == IAP_NOT_FOUND)
		iap_error_set(&err, status, "there is no source %s", words.items[0]);
	if (status != IAP_OK)
		return iap_cli_fail(cli, &err);
	status = iap_source_conf_delete(cli->arena, cli->settings.media_sources, words.items[0], &err);
	if ((status != IAP_OK && status != IAP_NOT_FOUND) ||
	    iap_cli_audit(cli, "source_remove", "source", words.items[0], &err) != IAP_OK)
		return iap_cli_fail(cli, &err);
	fprintf(stderr, "source %s is read no more; its calls stay listed, but play no more\n",
	    words.items[0]);
	return IAP_EXIT_DONE;
}

const struct iap_command iap_cli_source_commands[] = {
	{ "source", "add", "read one more archive",
	  "usage: iapctl source add NAME --kind local --root PATH [--region R]"
	  " [--division-from RULE]\n"
	  "       iapctl source add NAME --kind s3 --endpoint URL --bucket B [--prefix P]\n"
	  "           [--aws-region R] [--credentials FILE] [--addressing path|virtual]\n"
	  "           [--requester-pays] [--ca-file FILE] ...\n"
	  "       iapctl source add NAME --kind azure --endpoint URL --container C [--prefix P]\n"
	  "           [--credentials FILE] [--ca-file FILE] ...\n\n"
	  "R of --region is the region of calls whose document names none. RULE lists, with commas\n"
	  "between, where divisions come from: partitions accessgroups tenant attr:KEY\n"
	  "fixed:NAME; without it partitions,accessgroups. Takes effect at once.\n\n"
	  "  iapctl source add emea --kind local --root /srv/archive/emea --region EMEA\n"
	  "  iapctl source add old --kind local --root /srv/rcs --division-from attr:Team,fixed:/Old\n"
	  "  iapctl source add aws --kind s3 --endpoint https://s3.eu-west-1.amazonaws.com\n"
	  "      --aws-region eu-west-1 --bucket calls --prefix mlm\n"
	  "  iapctl source add az --kind azure --endpoint https://ACCOUNT.blob.core.windows.net\n"
	  "      --container calls --credentials /etc/iap/secrets/azure\n\n"
	  "A credentials file of s3 has lines access_key_id = ..., secret_access_key = ... and\n"
	  "perhaps session_token = ...; of azure account_key = ... or sas = ... . Without one the\n"
	  "platform is asked: environment, web identity, profile, container, instance (version 2\n"
	  "only); workload or managed identity.\n",
	  add },
	{ "source", "list", "which archives are read",
	  "usage: iapctl source list [--json]\n\n"
	  "  iapctl source list\n", list },
	{ "source", "check", "can archives be read now?",
	  "usage: iapctl source check [NAME]... [--json]\n\n"
	  "Lists each source's root and reads the beginning of one object. Exit code 3 when\n"
	  "one cannot be read.\n\n"
	  "  iapctl source check\n"
	  "  iapctl source check emea old\n", check },
	{ "source", "remove", "read an archive no more",
	  "usage: iapctl source remove NAME\n\n"
	  "The calls stay in the database; nothing is deleted where the archive lies.\n\n"
	  "  iapctl source remove old\n", remove_source },
};
