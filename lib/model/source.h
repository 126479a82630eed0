/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where archives lie, as the database knows it: name and rules. What the
 * storage is stands in sources.d (conf/source.h).
 */
#ifndef IAP_MODEL_SOURCE_H
#define IAP_MODEL_SOURCE_H

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "db/stmt.h"

struct iap_source {
	uint64_t id;
	const char *name;
	const char *kind;
	const char *region;        /* "": none */
	const char *division_rule; /* as iap_division_rule_parse() takes it */
	int64_t added_ms;
	struct iap_maybe_i64 removed_ms;
	const char *lease_owner;   /* the worker that reads it now, or did last; "" for none */
	int64_t lease_until_ms;
	uint64_t interactions;     /* that it held first; counted by iap_source_list() only */
};

/*
 * Adds a source; one that was removed is taken up again with these rules.
 * IAP_CONFLICT when there is one of that name. id and times of `source` are not read.
 */
IAP_MUST_CHECK enum iap_status iap_source_insert(struct iap_db *db,
    const struct iap_source *source, struct iap_error *err);

/* Marks a source as no longer read; its calls stay. IAP_NOT_FOUND. */
IAP_MUST_CHECK enum iap_status iap_source_remove(struct iap_db *db, const char *name,
    struct iap_error *err);

/* All sources that are not removed, in the order they were added: struct iap_source. */
IAP_MUST_CHECK enum iap_status iap_source_list(struct iap_db *db, struct iap_arena *arena,
    struct iap_rows *out, struct iap_error *err);

/* One source that is not removed; IAP_NOT_FOUND. */
IAP_MUST_CHECK enum iap_status iap_source_find(struct iap_db *db, struct iap_arena *arena,
    const char *name, struct iap_source *out, struct iap_error *err);

#endif
