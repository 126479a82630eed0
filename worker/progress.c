/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

enum { BAR_MS = 200, LINE_MS = 5000, BAR_WIDTH = 30 };

void
iap_progress_open(struct iap_progress *progress, const char *source)
{
	*progress = (struct iap_progress){
		.source = source,
		.phase = "reading",
		.begun_ms = iap_clock_ticks_ms(),
		.shown_ms = iap_clock_ticks_ms(),
		.terminal = isatty(STDERR_FILENO) == 1,
	};
}

void
iap_progress_phase(struct iap_progress *progress, const char *phase, uint64_t total)
{
	progress->phase = phase;
	progress->total = total;
	progress->begun_ms = iap_clock_ticks_ms();
}

static void
show_bar(const struct iap_progress *progress, uint64_t done)
{
	uint64_t filled = progress->total == 0 ? 0 : done * BAR_WIDTH / progress->total;

	fprintf(stderr, "\r\033[K%s %s ", progress->source, progress->phase);
	if (progress->total == 0)
		return;
	if (filled > BAR_WIDTH)
		filled = BAR_WIDTH;
	fputc('[', stderr);
	for (uint64_t i = 0; i < BAR_WIDTH; i++)
		fputc(i < filled ? '#' : '-', stderr);
	fputs("] ", stderr);
}

void
iap_progress_update(struct iap_progress *progress, uint64_t done, const char *detail)
{
	int64_t now = iap_clock_ticks_ms();
	int64_t span = now - progress->begun_ms;

	if (now - progress->shown_ms < (progress->terminal ? BAR_MS : LINE_MS))
		return;
	progress->shown_ms = now;
	progress->shown = true;
	if (progress->terminal)
		show_bar(progress, done);
	else
		fprintf(stderr, "%s: %s ", progress->source, progress->phase);
	fprintf(stderr, "%" PRIu64, done);
	if (progress->total != 0)
		fprintf(stderr, " of %" PRIu64, progress->total);
	if (span > 0)
		fprintf(stderr, ", %" PRIu64 "/s", done * 1000 / (uint64_t)span);
	if (detail != NULL)
		fprintf(stderr, ", %s", detail);
	if (!progress->terminal)
		fputc('\n', stderr);
	fflush(stderr);
}

void
iap_progress_close(struct iap_progress *progress)
{
	if (progress->terminal && progress->shown)
		fputs("\r\033[K", stderr);
	progress->shown = false;
}
