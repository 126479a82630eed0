/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages of calls. By time they are looked for in windows that grow (2 months,
 * then 6, then 24 at a time), so that the newest are found without opening
 * every partition, and a search that matches almost nothing ends at a budget
 * and says how far it came. No page costs more for being deep.
 */
#ifndef IAP_MODEL_INTERACTION_LIST_H
#define IAP_MODEL_INTERACTION_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "model/interaction.h"
#include "model/interaction_filter.h"

enum iap_interaction_sort {
	IAP_SORT_NEWEST, /* "-started" */
	IAP_SORT_OLDEST,
	IAP_SORT_SHORTEST,
	IAP_SORT_LONGEST,
	IAP_SORT_COUNT
};

/* A total above this is said to be more than this. */
enum { IAP_INTERACTION_TOTAL_MAX = 1000 };

/* The last call of a page; the next page goes on behind it. */
struct iap_interaction_cursor {
	bool set;
	uint64_t id;
	struct iap_maybe_i64 duration_ms; /* used when sorting by it */
};

struct iap_interaction_search {
	struct iap_interaction_filter filter;
	enum iap_interaction_sort sort;
	size_t limit;
	struct iap_interaction_cursor after;
	int64_t budget_ms; /* no new window is begun after so long */
};

struct iap_interaction_page {
	struct iap_interaction *items;
	size_t count;
	struct iap_interaction_cursor next; /* not set: this is the last page */
	uint64_t total;
	bool total_exact;
	struct iap_maybe_i64 searched_back_ms; /* set when the budget ended the search */
	bool archive_empty; /* there is no call at all, for anybody */
};

/* The words of `sort=`: "-started", "started", "duration", "-duration". */
const char *iap_interaction_sort_name(enum iap_interaction_sort sort);

IAP_MUST_CHECK enum iap_status iap_interaction_list(struct iap_db *db, struct iap_arena *arena,
    const struct iap_viewer *viewer, const struct iap_interaction_search *search,
    struct iap_interaction_page *out, struct iap_error *err);

/* How many failed calls have each state. */
struct iap_failed_cause {
	const char *state;
	uint64_t count;
};

/*
 * The states of the failed calls that `filter` leaves but for its own state,
 * the most frequent first: struct iap_failed_cause. Empty when counting takes
 * longer than a second.
 */
IAP_MUST_CHECK enum iap_status iap_failed_causes_list(struct iap_db *db,
    struct iap_arena *arena, const struct iap_viewer *viewer,
    const struct iap_interaction_filter *filter, struct iap_rows *out, struct iap_error *err);

#endif
