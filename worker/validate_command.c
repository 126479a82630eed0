/* SPDX-License-Identifier: Apache-2.0 */
/* iap-worker validate: judges media outside of a pass. */
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "worker/command.h"

static const char help[] =
    "usage: iap-worker validate [--deep [--limit N]] [--source NAME] [--recheck-failed] [--json]\n"
    "\n"
    "Judges the media that were not judged yet: is there a file, can it be read, is\n"
    "anything in it, is there a key. Every pass of process-server does so too.\n"
    "\n"
    "  --deep            has iap-media decrypt and read each good one whole, once: does the\n"
    "                    key open it, is it torn, is anything to be heard; keeps its SHA-256.\n"
    "                    May be ended at any time and goes on from there.\n"
    "  --limit N         with --deep: at most N media of each source, first what was never\n"
    "                    read, the newest first, then again what was read longest ago:\n"
    "                    bytes that have changed are damaged. A share for each night.\n"
    "  --source NAME     this source only\n"
    "  --recheck-failed  also those that were found failed\n"
    "  --json            one array on standard output, with one object a source\n"
    "\n"
    "Exit codes: 0 done, 1 failed, 2 usage.\n"
    "Examples: iap-worker validate --recheck-failed\n"
    "          iap-worker validate --deep --limit 20000\n";

static void
write_pass(struct iap_json_writer *writer, const struct iap_source_pass *pass, double seconds)
{
	iap_json_write_object_begin(writer, NULL);
	iap_json_write_text(writer, "source", pass->source->name);
	iap_json_write_u64(writer, "media", pass->counts.media);
	iap_json_write_u64(writer, "valid", pass->counts.valid);
	iap_json_write_u64(writer, "failed", pass->counts.failed);
	iap_json_write_decimal(writer, "seconds", seconds);
	if (pass->message[0] != '\0')
		iap_json_write_text(writer, "message", pass->message);
	iap_json_write_object_end(writer);
}

static void
print_pass(const struct iap_source_pass *pass, double seconds)
{
	printf("%s: %" PRIu64 " media checked: %" PRIu64 " interactions good, %" PRIu64
	    " failed; %.1f s\n", pass->source->name, pass->counts.media, pass->counts.valid,
	    pass->counts.failed, seconds);
}

static void
write_deep(struct iap_json_writer *writer, const struct iap_source_pass *pass, double seconds)
{
	const struct iap_deep_counts *deep = &pass->deep;

	iap_json_write_object_begin(writer, NULL);
	iap_json_write_text(writer, "source", pass->source->name);
	iap_json_write_u64(writer, "media", deep->media);
	iap_json_write_u64(writer, "valid", deep->valid);
	iap_json_write_u64(writer, "failed", deep->failed);
	iap_json_write_object_begin(writer, "states");
	for (enum iap_media_state state = IAP_STATE_OK; state < IAP_STATE_COUNT; state++)
		iap_json_write_u64(writer, iap_state_name(state), deep->states[state]);
	iap_json_write_object_end(writer);
	iap_json_write_u64(writer, "bytes", deep->bytes);
	iap_json_write_u64(writer, "duration_differs", deep->duration_differs);
	iap_json_write_u64(writer, "unanswered", deep->unanswered);
	iap_json_write_decimal(writer, "seconds", seconds);
	if (pass->message[0] != '\0')
		iap_json_write_text(writer, "message", pass->message);
	iap_json_write_object_end(writer);
}

static void
print_deep(const struct iap_source_pass *pass, double seconds)
{
	printf("%s: %" PRIu64 " media read whole: %" PRIu64 " interactions good, %" PRIu64
	    " failed; %.1f s\n", pass->source->name, pass->deep.media, pass->deep.valid,
	    pass->deep.failed, seconds);
}

/* As iap_command_run(), with the way to iap-media open. */
static enum iap_worker_exit
run_deep(struct iap_worker *worker, struct iap_command_wish *wish, struct iap_deep_wish *deep)
{
	IAP_CLEANUP(iap_media_pool_close) struct iap_media_pool *pool = NULL;
	struct iap_error err = { 0 };

	if (iap_media_pool_open(&worker->settings, &pool, &err) != IAP_OK) {
		fprintf(stderr, "iap-worker: %s\n", err.detail);
		return IAP_WORKER_FAILED;
	}
	deep->pool = pool;
	wish->deep = deep;
	wish->write = write_deep;
	wish->print = print_deep;
	return iap_command_run(worker, wish);
}

enum iap_worker_exit
iap_validate_command(struct iap_worker *worker, struct iap_arguments *arguments,
    struct iap_options_common *common)
{
	struct iap_command_wish wish = { .work = IAP_WORK_VALIDATE, .write = write_pass,
		.print = print_pass };
	struct iap_deep_wish wanted = { 0 };
	bool recheck = false, deep = false;
	const char *limit = NULL;
	int64_t number = 0;
	const struct iap_option table[] = {
		{ "source", IAP_OPTION_TEXT, { .text = &wish.source } },
		{ "recheck-failed", IAP_OPTION_FLAG, { .flag = &recheck } },
		{ "deep", IAP_OPTION_FLAG, { .flag = &deep } },
		{ "limit", IAP_OPTION_TEXT, { .text = &limit } },
		{ "json", IAP_OPTION_FLAG, { .flag = &wish.json } },
	};
	struct iap_option_list words = { 0 };
	struct iap_error err = { 0 };

	if (iap_options_parse(worker->arena, arguments, table, IAP_LENGTH(table), common, &words,
	    &err) != IAP_OK)
		return iap_command_usage(help, "%s", err.detail);
	if (common->help) {
		fputs(help, stdout);
		return IAP_WORKER_DONE;
	}
	if (words.count != 0)
		return iap_command_usage(help, "unexpected word %s", words.items[0]);
	if (limit != NULL && !deep)
		return iap_command_usage(help, "--limit goes with --deep");
	if (limit != NULL && (!iap_text_parse_i64(limit, &number) || number < 1))
		return iap_command_usage(help, "--limit %s: not a number of media", limit);
	if (!iap_worker_connect(worker, common))
		return IAP_WORKER_FAILED;
	if (recheck)
		wish.work = IAP_WORK_RECHECK;
	wanted.recheck = recheck;
	wanted.limit = (uint64_t)number;
	if (deep)
		return run_deep(worker, &wish, &wanted);
	return iap_command_run(worker, &wish);
}
