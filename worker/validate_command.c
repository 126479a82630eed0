/* SPDX-License-Identifier: Apache-2.0 */
/* iap-worker validate: judges media outside of a pass. */
#include <inttypes.h>
#include <stdio.h>

#include "worker/command.h"

static const char help[] =
    "usage: iap-worker validate [--source NAME] [--recheck-failed] [--json]\n"
    "\n"
    "Judges the media that were not judged yet: is there a file, can it be read, is\n"
    "anything in it, is there a key. Every pass of process-server does so too.\n"
    "\n"
    "  --source NAME     this source only\n"
    "  --recheck-failed  also those that were found failed\n"
    "  --json            one array on standard output, with one object a source\n"
    "\n"
    "Exit codes: 0 done, 1 failed, 2 usage.\n"
    "Example: iap-worker validate --recheck-failed\n";

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

enum iap_worker_exit
iap_validate_command(struct iap_worker *worker, struct iap_arguments *arguments,
    struct iap_options_common *common)
{
	struct iap_command_wish wish = { .work = IAP_WORK_VALIDATE, .write = write_pass,
		.print = print_pass };
	bool recheck = false, deep = false;
	const struct iap_option table[] = {
		{ "source", IAP_OPTION_TEXT, { .text = &wish.source } },
		{ "recheck-failed", IAP_OPTION_FLAG, { .flag = &recheck } },
		{ "deep", IAP_OPTION_FLAG, { .flag = &deep } },
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
	if (deep)
		return iap_command_usage(help, "this version cannot look into media (--deep): it judges"
		    " them by file, size, header and key");
	if (!iap_worker_connect(worker, common))
		return IAP_WORKER_FAILED;
	if (recheck)
		wish.work = IAP_WORK_RECHECK;
	return iap_command_run(worker, &wish);
}
