/* SPDX-License-Identifier: Apache-2.0 */
/* How far it is, on standard error: a bar on a terminal, a line every few seconds otherwise. */
#ifndef IAP_WORKER_PROGRESS_H
#define IAP_WORKER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct iap_progress {
	const char *source;
	const char *phase;  /* "reading", "pairing", "checking" */
	uint64_t total;     /* expected; 0: not known */
	int64_t begun_ms;
	int64_t shown_ms;
	bool terminal;
	bool shown;
};

/* Begins to tell of a source. */
void iap_progress_open(struct iap_progress *progress, const char *source);

/* Another phase begins, of about `total` things (0: not known). */
void iap_progress_phase(struct iap_progress *progress, const char *phase, uint64_t total);

/* `done` things of the phase are behind us; `detail` is a few words, or NULL. Cheap. */
void iap_progress_update(struct iap_progress *progress, uint64_t done, const char *detail);

/* Clears the bar, so that other lines can follow. */
void iap_progress_close(struct iap_progress *progress);

#endif
