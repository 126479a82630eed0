/* SPDX-License-Identifier: Apache-2.0 */
/* iap-worker process-server: new documents into rows, once or at an interval. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "worker/command.h"

static const char help[] =
    "usage: iap-worker process-server [--once | --every 5m] [--source NAME] [--json]\n"
    "\n"
    "Reads what is new in the sources into the database, pairs recordings with their\n"
    "media, and judges them. Safe to run twice, to run on two machines, and to kill.\n"
    "\n"
    "  --once         one pass over each source, then end (so it is without --every)\n"
    "  --every SPAN   a pass every SPAN (30s, 5m, 1h), until a signal ends it\n"
    "  --source NAME  this source only\n"
    "  --json         one array on standard output, with one object a source\n"
    "\n"
    "Exit codes: 0 done, 1 failed, 2 usage, 3 done with faults (some documents are damaged).\n"
    "Example: iap-worker process-server --once --source rcs\n";

static void
write_pass(struct iap_json_writer *writer, const struct iap_source_pass *pass, double seconds)
{
	const struct iap_pass_counts *counts = &pass->counts;

	iap_json_write_object_begin(writer, NULL);
	iap_json_write_text(writer, "source", pass->source->name);
	iap_json_write_u64(writer, "seen", counts->seen);
	iap_json_write_u64(writer, "documents", counts->documents);
	iap_json_write_u64(writer, "unchanged", counts->unchanged);
	iap_json_write_u64(writer, "inserted", counts->inserted);
	iap_json_write_u64(writer, "updated", counts->updated);
	iap_json_write_u64(writer, "faults", counts->faults);
	iap_json_write_u64(writer, "media", counts->media);
	iap_json_write_u64(writer, "valid", counts->valid);
	iap_json_write_u64(writer, "failed", counts->failed);
	iap_json_write_decimal(writer, "seconds", seconds);
	if (pass->message[0] != '\0')
		iap_json_write_text(writer, "message", pass->message);
	iap_json_write_object_end(writer);
}

static void
print_pass(const struct iap_source_pass *pass, double seconds)
{
	const struct iap_pass_counts *c = &pass->counts;

	printf("%s: %" PRIu64 " objects seen, %" PRIu64 " documents read, %" PRIu64 " unchanged; %"
	    PRIu64 " interactions new, %" PRIu64 " updated; %" PRIu64 " damaged documents; %" PRIu64
	    " media checked: %" PRIu64 " interactions good, %" PRIu64 " failed; %.1f s\n",
	    pass->source->name, c->seen, c->documents, c->unchanged, c->inserted, c->updated,
	    c->faults, c->media, c->valid, c->failed, seconds);
	fflush(stdout);
}

/* Sleeps until `end`, by the ticking clock, or until the program is to stop. */
static void
sleep_until(int64_t end)
{
	while (iap_clock_ticks_ms() < end && !iap_worker_stopping()) {
		struct timespec span = { 0, 100 * 1000000L };

		nanosleep(&span, NULL);
	}
}

/* Passes until a signal comes; a database that is away is waited for. */
static enum iap_worker_exit
run_every(struct iap_worker *worker, const struct iap_command_wish *wish, int64_t every_ms)
{
	while (!iap_worker_stopping()) {
		int64_t begun = iap_clock_ticks_ms();

		iap_command_run(worker, wish);
		sleep_until(begun + every_ms);
	}
	return IAP_WORKER_DONE;
}

enum iap_worker_exit
iap_process_server(struct iap_worker *worker, struct iap_arguments *arguments,
    struct iap_options_common *common)
{
	struct iap_command_wish wish = { .work = IAP_WORK_PASS, .write = write_pass,
		.print = print_pass };
	const char *every = NULL;
	bool once = false;
	const struct iap_option table[] = {
		{ "once", IAP_OPTION_FLAG, { .flag = &once } },
		{ "every", IAP_OPTION_TEXT, { .text = &every } },
		{ "source", IAP_OPTION_TEXT, { .text = &wish.source } },
		{ "json", IAP_OPTION_FLAG, { .flag = &wish.json } },
	};
	struct iap_option_list words = { 0 };
	struct iap_error err = { 0 };
	int64_t every_ms = 0;

	if (iap_options_parse(worker->arena, arguments, table, IAP_LENGTH(table), common, &words,
	    &err) != IAP_OK)
		return iap_command_usage(help, "%s", err.detail);
	if (common->help) {
		fputs(help, stdout);
		return IAP_WORKER_DONE;
	}
	if (words.count != 0)
		return iap_command_usage(help, "unexpected word %s", words.items[0]);
	if (once && every != NULL)
		return iap_command_usage(help, "--once and --every exclude each other");
	if (every != NULL && (!iap_text_parse_span(every, &every_ms) || every_ms <= 0))
		return iap_command_usage(help, "--every %s: a span is a number and s, m, h or d", every);
	if (!iap_worker_connect(worker, common))
		return IAP_WORKER_FAILED;
	return every == NULL ? iap_command_run(worker, &wish) : run_every(worker, &wish, every_ms);
}
