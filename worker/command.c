/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "worker/report.h"

#define ARENA_LIMIT ((size_t)64 << 20)

struct run {
	struct iap_worker *worker;
	const struct iap_command_wish *wish;
	struct iap_arena *arena;
	struct iap_json_writer writer;
	enum iap_worker_exit exit;
};

enum iap_worker_exit
iap_command_usage(const char *usage, const char *format, ...)
{
	va_list values;

	fputs("iap-worker: ", stderr);
	va_start(values, format);
	vfprintf(stderr, format, values);
	va_end(values);
	fprintf(stderr, "\n%.*s\n", (int)strcspn(usage, "\n"), usage);
	return IAP_WORKER_USAGE;
}

static enum iap_worker_exit
fail(const struct iap_error *err)
{
	fprintf(stderr, "iap-worker: %s\n", err->detail);
	return IAP_WORKER_FAILED;
}

/* A failed source outweighs faults, faults outweigh nothing. */
static void
note_outcome(struct run *run, const struct iap_source_pass *pass)
{
	static const char *const said[] = {
		[IAP_SOURCE_DONE] = NULL,
		[IAP_SOURCE_SKIPPED] = "skipped",
		[IAP_SOURCE_STOPPED] = "stopped",
		[IAP_SOURCE_FAILED] = "failed",
		[IAP_SOURCE_INTERRUPTED] = "interrupted",
	};

	if (said[pass->outcome] != NULL)
		fprintf(stderr, "iap-worker: %s: %s: %s\n", pass->source->name, said[pass->outcome],
		    pass->message);
	if (pass->outcome > IAP_SOURCE_SKIPPED)
		run->exit = IAP_WORKER_FAILED;
	else if (pass->counts.faults != 0 && run->exit == IAP_WORKER_DONE)
		run->exit = IAP_WORKER_FAULTS;
}

static enum iap_status
run_source(struct run *run, const struct iap_source *source, struct iap_error *err)
{
	struct iap_source_pass pass;
	int64_t begun = iap_clock_ticks_ms();
	enum iap_status status = iap_source_pass_run(run->worker, source, run->wish->work, &pass, err);
	double seconds;

	if (status == IAP_OK && run->wish->deep != NULL && pass.outcome <= IAP_SOURCE_SKIPPED)
		status = iap_deep_run(&pass, run->wish->deep, err);
	seconds = (double)(iap_clock_ticks_ms() - begun) / 1000;
	note_outcome(run, &pass);
	if (run->wish->json)
		run->wish->write(&run->writer, &pass, seconds);
	else if (pass.outcome != IAP_SOURCE_SKIPPED)
		run->wish->print(&pass, seconds);
	return status;
}

static enum iap_status
run_sources(struct run *run, struct iap_error *err)
{
	struct iap_source one;
	struct iap_rows rows = { &one, 1 };

	if (iap_report_read(run->worker, err) != IAP_OK)
		return err->status;
	if (run->wish->source != NULL) {
		if (iap_source_find(run->worker->db, run->arena, run->wish->source, &one, err) != IAP_OK)
			return err->status;
	} else if (iap_source_list(run->worker->db, run->arena, &rows, err) != IAP_OK) {
		return err->status;
	}
	if (rows.count == 0)
		fputs("iap-worker: there is no source yet: see iapctl source add --help\n", stderr);
	for (size_t i = 0; i < rows.count && !iap_worker_stopping(); i++)
		if (run_source(run, &((const struct iap_source *)rows.items)[i], err) != IAP_OK)
			return err->status;
	return IAP_OK;
}

enum iap_worker_exit
iap_command_run(struct iap_worker *worker, const struct iap_command_wish *wish)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	struct run run = { .worker = worker, .wish = wish, .arena = arena };
	struct iap_error err = { 0 };
	struct iap_buf text;

	iap_buf_open(&text, arena);
	iap_json_write_open(&run.writer, &text);
	iap_json_write_array_begin(&run.writer, NULL);
	if (iap_db_ensure(worker->db, &err) != IAP_OK || run_sources(&run, &err) != IAP_OK)
		run.exit = fail(&err);
	iap_json_write_array_end(&run.writer);
	if (wish->json && (fprintf(stdout, "%s\n", text.bytes) < 0 || fflush(stdout) != 0)) {
		perror("iap-worker: standard output");
		return IAP_WORKER_FAILED;
	}
	return run.exit;
}
