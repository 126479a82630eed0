/* SPDX-License-Identifier: Apache-2.0 */
/* Which calls somebody looks for, as conditions of a query. */
#ifndef IAP_MODEL_INTERACTION_FILTER_H
#define IAP_MODEL_INTERACTION_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/query.h"
#include "model/viewer.h"

struct iap_attribute_filter {
	const char *name;
	const char *value; /* exactly */
};

/* A member that is NULL or not set narrows nothing. */
struct iap_interaction_filter {
	struct iap_maybe_i64 from_ms;  /* started at or after */
	struct iap_maybe_i64 until_ms; /* started before */

	/*
	 * Anything one remembers: a recording id, a number, a part of an agent's
	 * name, a value of the attached data.
	 */
	const char *words;

	/*
	 * An agent's user name exactly; when there is no agent of that name, an
	 * agent's shown name, case aside. With * at its end: the beginning of either.
	 */
	const char *agent;

	/*
	 * A number by its digits, however it is punctuated; anything else
	 * ("anonymous") as written. With * at its end: the beginning.
	 */
	const char *caller;
	const char *dialed;

	const char *call_type;
	const char *state;
	const char *source;   /* name */
	const char *region;
	const char *division; /* and all below it */
	struct iap_maybe_i64 encrypted; /* 0 or 1 */
	struct iap_maybe_i64 duration_min_ms;
	struct iap_maybe_i64 duration_max_ms;
	const struct iap_attribute_filter *attributes;
	size_t attribute_count;
	bool failed; /* reviewed and not valid only */
};

/* Ids from `low` on and below `high`. */
struct iap_interaction_span {
	uint64_t low, high;
};

/* The ids that calls between from_ms and until_ms have. */
struct iap_interaction_span iap_interaction_filter_span(
    const struct iap_interaction_filter *filter);

/* Whether anything but time narrows. */
bool iap_interaction_filter_check_empty(const struct iap_interaction_filter *filter);

/* Whether `agent` is some agent's user name: then it is not looked for among shown names. */
IAP_MUST_CHECK enum iap_status iap_agent_check(struct iap_db *db, struct iap_arena *arena,
    const char *agent, bool *out, struct iap_error *err);

/*
 * Adds the conditions to a query whose table interaction is called i, that of
 * the viewer and `span` first. It goes on after "WHERE ". `agent_is_user` is
 * what iap_agent_check() said.
 */
void iap_interaction_filter_add(const struct iap_interaction_filter *filter,
    const struct iap_viewer *viewer, struct iap_interaction_span span, bool agent_is_user,
    struct iap_query *query);

#endif
