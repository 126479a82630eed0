/* SPDX-License-Identifier: Apache-2.0 */
/* Where calls come from and how reading it went, as people see it: sources, passes, faults. */
#ifndef IAP_MODEL_SOURCE_LIST_H
#define IAP_MODEL_SOURCE_LIST_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "db/stmt.h"

struct iap_source_row {
	const char *name;
	const char *kind;
	const char *region;
	const char *division_rule;
	int64_t added_ms;
};

struct iap_pass_row {
	uint64_t id;
	const char *source;
	const char *worker;
	const char *state;
	const char *message;
	int64_t started_ms;
	struct iap_maybe_i64 ended_ms;
	uint64_t seen, documents, unchanged, inserted, updated, faults, media, valid, failed;
};

struct iap_fault_row {
	uint64_t id;
	const char *source;
	struct iap_bytes object_key;
	const char *cause;
	const char *detail;
	int64_t first_ms;
	int64_t last_ms;
	uint64_t pass_id;
};

struct iap_fault_cause {
	const char *cause;
	uint64_t count;
};

/* Which faults somebody looks for; NULL narrows nothing. Those that were resolved are not shown. */
struct iap_fault_search {
	const char *source;
	const char *cause;
	uint64_t limit;
	struct iap_maybe_i64 after_ms; /* last_ms and id of the last row of the page before */
	uint64_t after_id;
};

/* Names and rules of all sources that were not removed, by name: struct iap_source_row. */
IAP_MUST_CHECK enum iap_status iap_source_list_names(struct iap_db *db, struct iap_arena *arena,
    struct iap_rows *out, struct iap_error *err);

/* The passes before `before` (0: all), newest first: struct iap_pass_row. */
IAP_MUST_CHECK enum iap_status iap_pass_list(struct iap_db *db, struct iap_arena *arena,
    const char *source, uint64_t before, uint64_t limit, struct iap_rows *out,
    struct iap_error *err);

/* Faults, the last seen first: struct iap_fault_row. */
IAP_MUST_CHECK enum iap_status iap_fault_list(struct iap_db *db, struct iap_arena *arena,
    const struct iap_fault_search *search, struct iap_rows *out, struct iap_error *err);

/* How many there are of each cause, of one source or all: struct iap_fault_cause. */
IAP_MUST_CHECK enum iap_status iap_fault_causes_list(struct iap_db *db,
    struct iap_arena *arena, const char *source, struct iap_rows *out, struct iap_error *err);

/* A few figures of the whole archive, for monitoring. */
struct iap_figures {
	uint64_t interactions;     /* above 100,000: the storage engine's own estimate */
	uint64_t failed;           /* reviewed and not valid */
	uint64_t faults;           /* not resolved */
	uint64_t sources;
	uint64_t sessions;
	uint64_t passes_running;
	struct iap_maybe_i64 last_pass_ms; /* when the last one that went through ended */
};

IAP_MUST_CHECK enum iap_status iap_figures_find(struct iap_db *db, struct iap_arena *arena,
    struct iap_figures *out, struct iap_error *err);

#endif
